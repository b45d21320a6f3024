"""Customers: who they are, what they are worth, what "key" means."""
