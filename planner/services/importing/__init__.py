"""Importing files: hand in, look at what would happen, confirm."""
