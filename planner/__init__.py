"""Records, rules of the business and use cases; no HTTP."""
