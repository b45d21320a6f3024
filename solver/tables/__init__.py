"""A problem as integer tables for compiled code."""
