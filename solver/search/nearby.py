"""A plan changed only near one request: that request and its rivals are free, everybody else stands.

In a large problem no plan is proven best, and two searches of the whole differ everywhere, so that nothing
can be read from their difference. What can be told is what happens when all the rest of the plan stays: the
free requests make a small problem of their own in what the others leave, and that is solved to the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from solver.cards.forcing import granted_level, headline
from solver.plan import Plan
from solver.problem import Hours, Lock, Problem
from solver.referee import measure, violations
from solver.terms import worth

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from solver.cards.asking import Asking
    from solver.plan import Measures
    from solver.problem import DepartmentCap, Floor, Request, Specialist

MOST_HOLDERS = 8
"""Most rivals with hours that are free to change beside the request itself."""

MOST_WAITING = 4
"""Most rivals without all they ask for that are free too; freed hours may go to them instead."""

Cell = tuple[str, int]
"""Specialist and week."""

ALL_STAGES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Near:
    """The best plan found in which only the free requests changed.

    Attributes:
        plan: A plan of the whole problem.
        measures: What it is worth.
        proven: Whether no plan with these requests free is better.
    """

    plan: Plan
    measures: Measures
    proven: bool


def around(problem: Problem, plan: Plan, request: str, level: int) -> frozenset[str]:
    """The request and its nearest rivals, those who could work in the same weeks of the same people.

    Of those with hours there the ones worth least per quarter-hour, for they yield first; of those who lack
    something the ones worth most, for they come first when hours are free.
    """
    return _rivals(problem, plan, _cells(problem, problem.request[request], level), {request})


def around_person(problem: Problem, plan: Plan, person: str, week: int) -> frozenset[str]:
    """The same for one week of one person."""
    return _rivals(problem, plan, {(person, week)}, set())


def _rivals(problem: Problem, plan: Plan, cells: AbstractSet[Cell], own: AbstractSet[str]) -> frozenset[str]:
    effort: Counter[str] = Counter()
    for row in plan.hours:
        effort[problem.request_of[row.line].id] += row.hours
    money, granted = worth.value(problem, plan), {g.request: g.level for g in plan.granted}
    holders = {problem.request_of[r.line].id for r in plan.hours if (r.specialist, r.week) in cells}
    cheapest = sorted(holders - own, key=lambda name: (money.get(name, 0) / effort[name], name))
    waiting = []
    for other in problem.requests:
        top = len(other.levels) - 1
        if other.id not in holders | own and granted.get(other.id, -1) < top:
            hours = sum(problem.line[name].hours[top] for name in other.options[0])
            waiting.append((-headline(other.levels[top]) / max(1, hours), other.id))
    near = (name for _, name in sorted(waiting) if _cells(problem, problem.request[name]) & cells)
    return frozenset({*own, *cheapest[:MOST_HOLDERS], *islice(near, MOST_WAITING)})


def _cells(problem: Problem, request: Request, level: int = -1) -> set[Cell]:
    """Where the request could be worked at `level`, its top one when not given."""
    names = {name for option in request.options for name in option}
    lines = [problem.line[name] for name in names if problem.line[name].hours[level] > 0]
    return {
        (person, week)
        for line in lines
        for person in problem.eligible[line.id]
        for week in range(line.first_week, line.last_week + 1)
    }


def solve_near(
    problem: Problem, plan: Plan, free: AbstractSet[str], asking: Asking, share: float
) -> Near | None:
    """The best plan of `problem` in which all but the `free` requests stand as in `plan`.

    Args:
        problem: The whole problem, perhaps changed; the others' part of `plan` must still be possible.
        plan: The plan in hand.
        free: Requests that may change.
        asking: The limits.
        share: The part of them to use.

    Returns:
        None when no plan was found: the locks leave none, or there was no time.
    """
    found = _joined(problem, plan, free, asking, share, strict=False)
    if found is not None and violations(problem, found.plan):
        # The limit of parallel work differs from week to week then; the least of them is safe.
        found = _joined(problem, plan, free, asking, share, strict=True)
    return None if found is None or violations(problem, found.plan) else found


def _joined(
    problem: Problem, plan: Plan, free: AbstractSet[str], asking: Asking, share: float, *, strict: bool
) -> Near | None:
    small = beside(problem, plan, free, strict=strict)
    result = asking.solve(small, share, own_part(problem, plan, free))
    if result.plan is None:
        return None
    whole = joined(problem, plan, free, result.plan)
    return Near(whole, measure(problem, whole), result.proven_stages == ALL_STAGES)


def own_part(problem: Problem, plan: Plan, free: AbstractSet[str]) -> Plan:
    """What `plan` holds for the `free` requests."""
    return Plan(
        tuple(grant for grant in plan.granted if grant.request in free),
        tuple(row for row in plan.hours if problem.request_of[row.line].id in free),
    )


def joined(problem: Problem, plan: Plan, free: AbstractSet[str], part: Plan) -> Plan:
    """`plan` with `part` in the place of what it holds for the `free` requests."""
    granted = [*part.granted, *(g for g in plan.granted if g.request not in free)]
    hours = [*part.hours, *(r for r in plan.hours if problem.request_of[r.line].id not in free)]
    return Plan(
        tuple(sorted(granted, key=lambda grant: grant.request)),
        tuple(sorted(hours, key=lambda row: (row.line, row.specialist, row.week))),
    )


def beside(problem: Problem, plan: Plan, free: AbstractSet[str], *, strict: bool = False) -> Problem:
    """The `free` requests as a problem of their own, in what the others leave.

    Capacity, expedite hours, caps and floors are what is left of them; walls and full weeks are locks. The
    limit of parallel work is one number, what is left of it differs by week: the most of it, or the least
    when `strict`.
    """
    lines = {line.id for line in problem.lines if problem.request_of[line.id].id in free}
    others = tuple(row for row in plan.hours if row.line not in lines)
    rest = _Rest(problem, others)
    locks = [k for k in problem.locks if k.request in free or k.line in lines]
    published = problem.published
    fixed = Plan(tuple(g for g in plan.granted if g.request not in free), others)
    return Problem(
        name=problem.name,
        weeks=problem.weeks,
        currency=problem.currency,
        specialists=tuple(rest.person(s, strict=strict) for s in problem.specialists),
        requests=tuple(r for r in problem.requests if r.id in free),
        lines=tuple(line for line in problem.lines if line.id in lines),
        walls=problem.walls,
        department_caps=tuple(rest.cap(cap) for cap in problem.department_caps),
        locks=(*locks, *rest.forbidden(lines)),
        floors=_floors(problem, fixed),
        published=published
        and replace(published, hours=tuple(row for row in published.hours if row.line in lines)),
    )


class _Rest:
    """What the rows of the others leave."""

    def __init__(self, problem: Problem, others: tuple[Hours, ...]) -> None:
        self._problem = problem
        self._others = others
        self._plain: Counter[Cell] = Counter()
        self._total: Counter[Cell] = Counter()
        self._busy: dict[Cell, set[str]] = {}
        self._serves: dict[str, set[str]] = {}
        for row in others:
            cell, request = (row.specialist, row.week), problem.request_of[row.line]
            self._total[cell] += row.hours
            if not problem.line[row.line].expedite:
                self._plain[cell] += row.hours
            self._busy.setdefault(cell, set()).add(request.id)
            self._serves.setdefault(row.specialist, set()).add(request.account)

    def person(self, person: Specialist, *, strict: bool) -> Specialist:
        """The person with what is left of capacity, expedite hours and parallel work."""
        capacity, expedite = [], []
        for week, hours in enumerate(person.capacity):
            cell = (person.id, week)
            both = max(0, hours + person.extra(week) - self._total[cell])  # noqa: S610 - no query, hours of a week
            capacity.append(max(0, min(hours - self._plain[cell], both)))
            expedite.append(both - capacity[-1])
        limit = person.max_parallel
        if limit is not None:
            left = [limit - len(self._busy.get((person.id, w), ())) for w in range(len(capacity))]
            limit = max(1, min((n for n in left if n > 0), default=1) if strict else max(left))
        return replace(
            person,
            capacity=tuple(capacity),
            expedite=tuple(expedite) if any(expedite) else (),
            max_parallel=limit,
        )

    def cap(self, cap: DepartmentCap) -> DepartmentCap:
        """What is left of a cap."""
        used = sum(
            row.hours
            for row in self._others
            if self._problem.specialist[row.specialist].department == cap.department
            and cap.week in (None, row.week)
        )
        return replace(cap, hours=max(0, cap.hours - used))

    def forbidden(self, lines: AbstractSet[str]) -> list[Lock]:
        """Pairs a wall forbids, and weeks in which a person has as many requests as allowed."""
        found = []
        for name in sorted(lines):
            account = self._problem.request_of[name].account
            walled = {a for wall in self._problem.walls if account in wall for a in wall} - {account}
            for person in self._problem.eligible[name]:
                limit = self._problem.specialist[person].max_parallel
                if self._serves.get(person, set()) & walled:
                    found.append(Lock("forbid", line=name, specialist=person))
                elif limit is not None:
                    line = self._problem.line[name]
                    found += [
                        Lock("forbid", line=name, specialist=person, week=week)
                        for week in range(line.first_week, line.last_week + 1)
                        if len(self._busy.get((person, week), ())) >= limit
                    ]
        return found


def _floors(problem: Problem, fixed: Plan) -> tuple[Floor, ...]:
    """Floors less what those who stand attain; those already attained ask for nothing."""
    money = worth.value(problem, fixed)
    left = []
    for floor in problem.floors:
        attained = sum(money.get(r.id, 0) for r in problem.requests if floor.counts(r))
        left.append(replace(floor, value=max(0, floor.value - attained)))
    return tuple(left)


def has(near: Near | None, request: str, level: int) -> bool:
    """Whether a plan was found and grants the level."""
    return near is not None and granted_level(near.plan, request) >= level
