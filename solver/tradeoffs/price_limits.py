"""How much a change can cost or gain at most, told without a search from what can be dropped.

A request may always be dropped, so the best plan without a change is at most so much better than the best
with it as the requests are worth that would have to go. Only where nothing else hangs on them: promises,
floors, and decisions that ask for hours are stages or rules of their own.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from solver.parts import ASKS
from solver.terms import worth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.problem import Problem, Request
    from solver.tradeoffs.changes import Change


def most_it_moves(problem: Problem, change: Change) -> int | None:
    """By how much money the best values without and with `change` can differ; None when that is not told.

    To refuse a request, or to change who may work on it, costs no more than the request. Hours more or less
    in a week of a person cost or gain no more than the requests worth most that could have to make way.
    """
    if change.kind == "grant":
        return None
    if change.kind == "capacity":
        return _of_week(problem, change)
    name = change.request or problem.request_of[str(change.line)].id
    request = problem.request[name]
    return _worth(problem, request) if _may_go(problem, [request]) else None


def _of_week(problem: Problem, change: Change) -> int | None:
    """What those could be worth that would have to go for so many hours in a week of a person.

    Of P requests in a week of c hours, those with most hours in it are dropped: P x h / c of them, rounded
    up, hold h hours at least, or all that is worked beyond c - h. Where the week has expedite hours too, the
    same is done for the hours of all lines together.
    """
    person, week, hours = problem.specialist[str(change.specialist)], change.week or 0, change.hours or 0
    lines = [
        line
        for line in problem.lines
        if person.id in problem.eligible[line.id] and line.first_week <= week <= line.last_week
    ]
    requests = {problem.request_of[line.id].id: problem.request_of[line.id] for line in lines}
    if not _may_go(problem, requests.values()):
        return None
    together = min(len(requests), len(requests) if person.max_parallel is None else person.max_parallel)
    plain, extra = person.capacity[week] + max(0, hours), person.extra(week)  # noqa: S610 - no query, hours of a week
    wholes = [plain, plain + extra] if extra else [plain]
    most = sum(ceil(together * abs(hours) / whole) for whole in wholes if whole)
    return sum(sorted((_worth(problem, r) for r in requests.values()), reverse=True)[: min(together, most)])


def _may_go(problem: Problem, requests: Iterable[Request]) -> bool:
    """Whether dropping any of the requests touches nothing but value."""
    names = {request.id for request in requests}
    asked = {
        lock.request if lock.line is None else problem.request_of[lock.line].id
        for lock in problem.locks
        if lock.kind in ASKS
    }
    promised = {request.id for request in problem.requests if request.obligation is not None}
    return not problem.floors and not names & (asked | promised)


def _worth(problem: Problem, request: Request) -> int:
    """What the request is worth at most, with the churn of taking back all that is published of it."""
    published = problem.published
    rows = [] if published is None else published.hours
    hours = sum(row.hours for row in rows if problem.request_of[row.line].id == request.id)
    return max(0, worth.most(problem, request)) + (published.price * hours if published else 0)
