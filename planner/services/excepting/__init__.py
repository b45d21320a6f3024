"""Ways round a plan that cost something visible: swaps and overrides."""
