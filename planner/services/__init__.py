"""The use cases: (session, actor, plain values) -> result; the caller's unit of work commits."""

from planner.services import (
    accounts,
    board,
    cycles,
    decisions,
    explanations,
    loads,
    people,
    publishing,
    requests,
    runs,
    users,
)

__all__ = [
    "accounts",
    "board",
    "cycles",
    "decisions",
    "explanations",
    "loads",
    "people",
    "publishing",
    "requests",
    "runs",
    "users",
]
