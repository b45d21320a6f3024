"""The published plan: a promise that nobody can change, and the board's page of it."""
