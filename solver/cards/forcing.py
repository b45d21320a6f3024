"""The problem with one request held back, forced, or worth something else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.problem import REFUSED, Lock

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
