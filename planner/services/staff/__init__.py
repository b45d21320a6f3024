"""Specialists and people who sign in: rights, weeks, news, the audit log."""
