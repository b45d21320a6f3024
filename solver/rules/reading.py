"""Reading a finished plan that may be nonsense.

The finders of violations see only what can be read; whatever cannot be read is itself a violation of
the level rule (`solver.rules.level`), so nothing escapes by being unreadable.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from solver.plan import Grant, Plan
    from solver.problem import Hours, Problem

Key = TypeVar("Key")


def whole(number: object) -> bool:
    """Whether `number` is an integer and no boolean in disguise."""
    return type(number) is int


def readable_grant(problem: Problem, grant: Grant) -> bool:
    """Whether request, level and option of `grant` exist."""
    request = problem.request.get(grant.request)
    return (
        request is not None
        and whole(grant.level)
        and whole(grant.option)
        and 0 <= grant.level < len(request.levels)
        and 0 <= grant.option < len(request.options)
    )


def readable_row(problem: Problem, row: Hours) -> bool:
    """Whether line, specialist and week of `row` exist and its hours are a positive whole amount."""
    return (
        row.line in problem.request_of
        and row.line in problem.line
        and row.specialist in problem.specialist
        and whole(row.week)
        and 0 <= row.week < len(problem.weeks)
        and whole(row.hours)
        and row.hours > 0
    )


def grants(problem: Problem, plan: Plan) -> dict[str, Grant]:
    """The readable grants by request id; the first one counts when a request is granted twice."""
    found: dict[str, Grant] = {}
    for grant in plan.granted:
        if readable_grant(problem, grant):
            found.setdefault(grant.request, grant)
    return found


def rows(problem: Problem, plan: Plan) -> list[Hours]:
    """The readable rows of hours, in the order of the plan."""
    return [row for row in plan.hours if readable_row(problem, row)]


def totals(pairs: Iterable[tuple[Key, int]]) -> Mapping[Key, int]:
    """The amounts of `pairs` summed by key, keys in the order of their first appearance."""
    sums: dict[Key, int] = defaultdict(int)
    for key, amount in pairs:
        sums[key] += amount
    return sums
