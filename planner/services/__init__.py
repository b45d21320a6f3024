"""The use cases: (session, actor, plain values) -> result; the caller's unit of work commits."""

from planner.services import accounts, cycles, people, requests, users

__all__ = ["accounts", "cycles", "people", "requests", "users"]
