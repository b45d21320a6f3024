"""Shapes of what comes in and goes out, shared by pages and API."""
