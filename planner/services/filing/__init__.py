"""Requests: filing, changing and withdrawing them, promises, and what a request counts for."""
