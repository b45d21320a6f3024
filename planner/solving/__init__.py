"""The only door to the engine: records become a problem, a plan becomes proposals."""
