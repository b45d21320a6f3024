"""The problem with one request held back, forced, or worth something else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from solver.problem import REFUSED, Lock
from solver.validate import money

MOST_FREE = 12
"""Most requests that may change beside the one that is forced, in a first quick solve."""

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Level, Problem


def granted_level(plan: Plan, request_id: str) -> int:
    """The level `request_id` has in `plan`, -1 when refused."""
    return next((grant.level for grant in plan.granted if grant.request == request_id), REFUSED)


def held(problem: Problem, request_id: str, level: int) -> Problem:
    """`problem` with the request at most at `level`."""
    return replace(problem, locks=(*problem.locks, Lock("max_level", request=request_id, level=level)))


def forced(problem: Problem, request_id: str, level: int) -> Problem:
    """`problem` with the request at exactly `level`."""
    exactly = (
        Lock("min_level", request=request_id, level=level),
        Lock("max_level", request=request_id, level=level),
    )
    return replace(problem, locks=(*problem.locks, *exactly))


def nearby(problem: Problem, plan: Plan, request_id: str, level: int) -> Problem:
    """`problem` with all of `plan` fixed but the request and those it may most cheaply displace.

    The level is not forced but worth more than everything else, so `plan` itself stays possible. Small enough
    to be solved at once, so that a search of the whole problem begins with a sensible plan.
    """
    free = {request_id, *_cheapest_holders(problem, plan, request_id, level)}
    granted = {grant.request: grant.level for grant in plan.granted}
    fixed = [request.id for request in problem.requests if request.id not in free]
    locks = [Lock("max_level", request=name, level=granted.get(name, REFUSED)) for name in fixed]
    locks += [Lock("min_level", request=name, level=granted.get(name, REFUSED)) for name in fixed]
    locks += [
        Lock("frozen", line=row.line, specialist=row.specialist, week=row.week, hours=row.hours)
        for row in plan.hours
        if problem.request_of[row.line].id not in free
    ]
    most = 2 * sum(map(abs, money(problem))) + 1
    changed = revalued(held(problem, request_id, level), request_id, level, most)
    return replace(changed, locks=(*changed.locks, *locks))


def _cheapest_holders(problem: Problem, plan: Plan, request_id: str, level: int) -> list[str]:
    """Requests with hours where the request could be worked, least value per quarter-hour first."""
    names = {name for option in problem.request[request_id].options for name in option}
    lines = [problem.line[name] for name in names if problem.line[name].hours[level] > 0]
    windows = {
        (s, w) for x in lines for s in problem.eligible[x.id] for w in range(x.first_week, x.last_week + 1)
    }
    effort: Counter[str] = Counter()
    for row in plan.hours:
        effort[problem.request_of[row.line].id] += row.hours
    holders = {problem.request_of[r.line].id for r in plan.hours if (r.specialist, r.week) in windows}
    worth = {g.request: headline(problem.request[g.request].levels[g.level]) for g in plan.granted}
    return sorted(holders - {request_id}, key=lambda name: (worth[name] / effort[name], name))[:MOST_FREE]


def headline(level: Level) -> int:
    """What the level is worth when it is worked in time: its value, or the first of `value_by_end`."""
    return level.value_by_end[0][1] if level.value_by_end else level.value


def revalued(problem: Problem, request_id: str, level: int, value: int) -> Problem:
    """`problem` with the level worth `value`; all of its `value_by_end` is raised by the same amount."""
    request = problem.request[request_id]
    old = request.levels[level]
    rise = value - headline(old)
    steps = tuple((week, money + rise) for week, money in old.value_by_end)
    levels = list(request.levels)
    levels[level] = replace(old, value=old.value + rise, value_by_end=steps)
    changed = replace(request, levels=tuple(levels))
    return replace(problem, requests=tuple(changed if r.id == request_id else r for r in problem.requests))


def covered(problem: Problem, request_id: str) -> bool:
    """Whether a floor counts what the request brings."""
    request = problem.request[request_id]
    return any(floor.counts(request) for floor in problem.floors)
