"""First plans: a greedy one, and what can be kept of an older plan.

Both only need to be quick and to keep every rule; the search makes them good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver import referee
from solver.plan import Grant, Plan
from solver.problem import Hours
from solver.rules.reading import grants, rows
from solver.terms import worth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.plan import Violation
    from solver.problem import Line, Problem, Request


def salvage(problem: Problem, plan: Plan) -> Plan | None:
    """`plan` without the requests that break a rule, the cheapest ones dropped first.

    None when even that breaks a rule, as a plan without anything does when locks ask for something.
    """
    kept = _readable(problem, plan)
    while True:
        broken = referee.violations(problem, kept)
        if not broken:
            return kept
        money = worth.value(problem, kept)
        blamed = sorted(_blamed(problem, kept, broken[0]), key=lambda r: (money.get(r, 0), r))
        if not blamed:
            return None
        kept = _without(problem, kept, blamed[0])


def _readable(problem: Problem, plan: Plan) -> Plan:
    granted = grants(problem, plan)
    amounts = {(row.line, row.specialist, row.week): row for row in rows(problem, plan)}
    wanted = {line for g in granted.values() for line in problem.request[g.request].options[g.option]}
    return Plan(
        tuple(granted[request] for request in sorted(granted)),
        tuple(amounts[key] for key in sorted(amounts) if key[0] in wanted),
    )


def _without(problem: Problem, plan: Plan, request: str) -> Plan:
    return Plan(
        tuple(grant for grant in plan.granted if grant.request != request),
        tuple(row for row in plan.hours if problem.request_of[row.line].id != request),
    )


def _blamed(problem: Problem, plan: Plan, violation: Violation) -> set[str]:
    """Granted requests that have to do with `violation`."""
    where = violation.where
    if "request" in where:
        named = {str(where["request"])}
    elif "line" in where:
        named = {problem.request_of[str(where["line"])].id}
    else:
        department = where.get("department")
        named = {
            problem.request_of[row.line].id
            for row in plan.hours
            if where.get("specialist") in (None, row.specialist)
            and where.get("week") in (None, row.week)
            and department in (None, problem.specialist[row.specialist].department)
        }
    return named & {grant.request for grant in plan.granted}


def greedy(problem: Problem) -> Plan | None:
    """Requests in order of money per hour, each at the highest level that fits beside those before it.

    One person does each line, as early as possible. None when locks ask for more than this can do.
    """
    room = _Room(problem)
    wishes = [
        (level.value / max(1, _effort(problem, request, k)), request, k)
        for request in problem.requests
        for k, level in enumerate(request.levels)
        if level.value > 0
    ]
    wishes.sort(key=lambda wish: (-wish[0], wish[1].submitted, wish[1].id, -wish[2]))
    granted: dict[str, Grant] = {}
    hours: dict[str, list[Hours]] = {}
    for _, request, level in wishes:
        for option in range(len(request.options)):
            grant = Grant(request.id, level, option)
            work = None if request.id in granted else room.place(request, grant)
            if work is not None:
                granted[request.id], hours[request.id] = grant, work
    plan = Plan(
        tuple(granted[request] for request in sorted(granted)),
        tuple(
            sorted(
                (row for work in hours.values() for row in work), key=lambda r: (r.line, r.specialist, r.week)
            )
        ),
    )
    return salvage(problem, plan)


def _effort(problem: Problem, request: Request, level: int) -> int:
    return min(sum(problem.line[line].hours[level] for line in option) for option in request.options)


class _Room:
    """What is still free while requests are placed one after the other."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._free = {s.id: list(s.capacity) for s in problem.specialists}
        self._busy: dict[tuple[str, int], set[str]] = {}
        self._serves: dict[str, set[str]] = {s.id: set() for s in problem.specialists}
        self._forbidden = {(k.line, k.specialist) for k in problem.locks if k.kind == "forbid"}

    def place(self, request: Request, grant: Grant) -> list[Hours] | None:
        """Hours of the grant, taken from what is free; None when it does not fit."""
        work: list[Hours] = []
        for line_id in self._in_order(request.options[grant.option]):
            line = self._problem.line[line_id]
            if line.hours[grant.level] == 0:
                continue
            first = max([line.first_week, *(row.week for row in work if row.line in line.after)])
            fits = [
                self._fill(request, line, s, level=grant.level, first=first, taken=work)
                for s in self._problem.eligible[line_id]
            ]
            best = min(
                (f for f in fits if f),
                key=lambda f: (-line.bonus_of(f[0].specialist), f[-1].week),
                default=None,
            )
            if best is None:
                return None
            work += best
        end = max((row.week for row in work), default=-1)
        if request.levels[grant.level].value_at(end) is None:
            return None
        for row in work:
            self._free[row.specialist][row.week] -= row.hours
            self._busy.setdefault((row.specialist, row.week), set()).add(request.id)
            self._serves[row.specialist].add(request.account)
        return work

    def _in_order(self, lines: Iterable[str]) -> list[str]:
        """Lines with those they wait for before them."""
        left, done = sorted(lines), list[str]()
        while left:
            ready = [line for line in left if not set(self._problem.line[line].after).intersection(left)]
            done += ready
            left = [line for line in left if line not in ready]
        return done

    def _fill(
        self, request: Request, line: Line, specialist_id: str, *, level: int, first: int, taken: list[Hours]
    ) -> list[Hours] | None:
        """The whole line by one person from week `first` on, or None."""
        specialist = self._problem.specialist[specialist_id]
        others = self._serves[specialist_id] - {request.account}
        if (line.id, specialist_id) in self._forbidden or any(
            request.account in group and others.intersection(group) for group in self._problem.walls
        ):
            return None
        need = line.hours_of(specialist_id, level)
        chunk, left, work = min(specialist.min_chunk, need), need, list[Hours]()
        for week in range(first, line.last_week + 1):
            free = self._free[specialist_id][week] - sum(
                row.hours for row in taken if (row.specialist, row.week) == (specialist_id, week)
            )
            busy = self._busy.get((specialist_id, week), set()) | {request.id}
            if specialist.max_parallel is not None and len(busy) > specialist.max_parallel:
                continue
            amount = min(free, left, free if line.weekly_max is None else line.weekly_max)
            if 0 < left - amount < chunk:
                # The rest must be a useful amount too.
                amount = left - chunk
            if amount >= max(1, chunk):
                work.append(Hours(line.id, specialist_id, week, amount))
                left -= amount
        return work if left == 0 else None
