"""Greedy plans, as tools that work down a list make them; own code, nothing of the engine's search."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from solver.plan import Grant, Plan
from solver.problem import Hours

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.problem import Line, Problem, Request

Key = tuple[float, int, str]


class CannotPlanError(Exception):
    """The problem has something that a walk down a list cannot obey."""


def by_filing(problem: Problem, request: Request) -> Key:
    """Who asked first is served first."""
    del problem
    return (0.0, request.submitted, request.id)


def by_value_per_hour(problem: Problem, request: Request) -> Key:
    """What pays most per hour is served first."""
    top = len(request.levels) - 1
    value = request.levels[top].value_at(-1) or 0
    hours = min(sum(problem.line[name].hours[top] for name in option) for option in request.options)
    return (-value / max(1, hours), request.submitted, request.id)


def greedy_plan(problem: Problem, key: Callable[[Problem, Request], Key]) -> Plan:
    """Requests in the order of `key`, each at the largest level that still fits, weeks filled early.

    Raises:
        CannotPlanError: The problem has decisions, department caps or weekly paces.
    """
    if problem.locks or problem.department_caps or any(line.weekly_min for line in problem.lines):
        raise CannotPlanError("decisions, department caps and weekly paces: a list knows none")
    desk = _Desk(problem)
    for request in sorted(problem.requests, key=lambda r: key(problem, r)):
        desk.grant(request)
    return desk.plan()


class _Desk:
    """What is free, who is busy with what, and the plan so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.free = {s.id: list(s.capacity) for s in problem.specialists}
        self.busy: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.serves: dict[str, set[str]] = defaultdict(set)
        self.rivals: dict[str, set[str]] = defaultdict(set)
        for group in problem.walls:
            for account in group:
                self.rivals[account] |= set(group) - {account}
        self.granted: list[Grant] = []
        self.hours: list[Hours] = []

    def plan(self) -> Plan:
        return Plan(
            tuple(sorted(self.granted, key=lambda g: g.request)),
            tuple(sorted(self.hours, key=lambda h: (h.line, h.specialist, h.week))),
        )

    def grant(self, request: Request) -> None:
        """Grant the request at the first level and option that fit, the largest level first."""
        for level in reversed(range(len(request.levels))):
            for option in range(len(request.options)):
                work = self._staffing(request, level, option)
                if work is not None and self._worth(request, level, option, work) > 0:
                    self._book(request, Grant(request.id, level, option), work)
                    return

    def _worth(self, request: Request, level: int, option: int, work: list[Hours]) -> int:
        value = request.levels[level].value_at(max((row.week for row in work), default=-1))
        if value is None:
            return 0
        bonuses = {(row.line, row.specialist) for row in work}
        return value + request.bonus(option) + sum(self.problem.line[name].bonus_of(p) for name, p in bonuses)

    def _book(self, request: Request, grant: Grant, work: list[Hours]) -> None:
        self.granted.append(grant)
        self.hours += work
        for row in work:
            self.free[row.specialist][row.week] -= row.hours
            self.busy[row.specialist, row.week].add(request.id)
            self.serves[row.specialist].add(request.account)

    def _staffing(self, request: Request, level: int, option: int) -> list[Hours] | None:
        """Hours for every line of the option, predecessors first; None when one cannot be staffed."""
        work: list[Hours] = []
        waiting = sorted(set(request.options[option]))
        while waiting:
            name = next(n for n in waiting if not set(self.problem.line[n].after) & set(waiting))
            waiting.remove(name)
            line = self.problem.line[name]
            if line.hours[level] == 0:
                continue
            first = max([line.first_week, *(row.week for row in work if row.line in line.after)])
            found = self._staff(request, line, level, first, work)
            if found is None:
                return None
            work += found
        return work

    def _staff(
        self, request: Request, line: Line, level: int, first: int, taken: list[Hours]
    ) -> list[Hours] | None:
        """The person alone who ends first, else the people with most room; None when it does not fit."""
        used: dict[tuple[str, int], int] = defaultdict(int)
        for row in taken:
            used[row.specialist, row.week] += row.hours
        alone, parts = [], []
        for person in self.problem.eligible[line.id]:
            if self.rivals[request.account] & self.serves[person]:
                continue
            need = line.hours_of(person, level)
            fill = self._fill(request, _Wish(line, need, need, first), person, used)
            done = sum(row.hours for row in fill)
            if done == need > 0:
                alone.append((fill[-1].week, person, fill))
            elif done and line.max_specialists > 1:
                parts.append((-done, person))
        if alone:
            return min(alone, key=lambda way: way[:2])[2]
        wish, work = _Wish(line, line.hours[level], line.hours[level], first), list[Hours]()
        for _, person in sorted(parts)[: line.max_specialists]:
            fill = self._fill(request, wish, person, used)
            work += fill
            wish.want -= sum(row.hours for row in fill)
            for row in fill:
                wish.planned[row.week] += row.hours
            if wish.want == 0:
                return work
        return None

    def _fill(
        self, request: Request, wish: _Wish, person: str, used: dict[tuple[str, int], int]
    ) -> list[Hours]:
        """Hours of the person for the wish, as early as possible."""
        specialist, line, want = self.problem.specialist[person], wish.line, wish.want
        chunk = max(1, min(specialist.min_chunk, wish.need))
        work: list[Hours] = []
        for week in range(wish.first, line.last_week + 1):
            others = self.busy[person, week] - {request.id}
            if specialist.max_parallel is not None and len(others) >= specialist.max_parallel:
                continue
            hours = min(want, self.free[person][week] - used[person, week])
            if line.weekly_max is not None:
                hours = min(hours, line.weekly_max - wish.planned[week])
            if 0 < want - hours < chunk:
                # The rest must be a useful amount too.
                hours = want - chunk
            if hours >= chunk:
                work.append(Hours(line.id, person, week, hours))
                want -= hours
        return work


@dataclass(slots=True)
class _Wish:
    """A line to be staffed: hours still wanted, the whole need, the first week, hours planned by week."""

    line: Line
    want: int
    need: int
    first: int
    planned: dict[int, int] = field(default_factory=lambda: defaultdict(int))
