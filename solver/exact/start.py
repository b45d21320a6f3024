"""First plans: a greedy one, and what can be kept of an older plan.

Both only need to be quick and to keep every rule; the search makes them good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from solver import referee
from solver.plan import Grant, Plan
from solver.problem import Hours
from solver.rules.reading import grants, rows
from solver.terms import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

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
        dropped = set[str]()
        for violation in broken:
            blamed = _blamed(problem, kept, violation)
            # Checking a large plan takes a second, and what was dropped may have cured this one too.
            if blamed and not blamed & dropped:
                dropped.add(min(blamed, key=lambda r: (money.get(r, 0), r)))
        if not dropped:
            return None
        kept = _without(problem, kept, dropped)


def _readable(problem: Problem, plan: Plan) -> Plan:
    granted = grants(problem, plan)
    amounts = {(row.line, row.specialist, row.week): row for row in rows(problem, plan)}
    wanted = {line for g in granted.values() for line in problem.request[g.request].options[g.option]}
    return Plan(
        tuple(granted[request] for request in sorted(granted)),
        tuple(amounts[key] for key in sorted(amounts) if key[0] in wanted),
    )


def _without(problem: Problem, plan: Plan, requests: AbstractSet[str]) -> Plan:
    return Plan(
        tuple(grant for grant in plan.granted if grant.request not in requests),
        tuple(row for row in plan.hours if problem.request_of[row.line].id not in requests),
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


Order = Literal["request", "wish", "filing"]
"""Whose turn it is: the request that pays most per hour, the wish that does, or who asked first."""

ORDERS: tuple[Order, ...] = get_args(Order)


def greedy(
    problem: Problem, orders: Sequence[Order] = ORDERS, stopped: Callable[[], bool] = lambda: False
) -> Plan | None:
    """The best of plans that take requests one after the other, each at the first wish that fits.

    None when locks ask for more than this can do. Once `stopped` is true no more is granted.
    """
    best: tuple[tuple[int, ...], Plan] | None = None
    for order in orders:
        if best is not None and stopped():
            break
        plan = salvage(problem, _placed(problem, order, stopped))
        rank = () if plan is None else referee.rank(referee.measure(problem, plan))
        if plan is not None and (best is None or rank > best[0]):
            best = rank, plan
    return None if best is None else best[1]


def _placed(problem: Problem, order: Order, stopped: Callable[[], bool]) -> Plan:
    """What fits, taken in that order until told to stop."""
    room = Room(problem)
    granted: dict[str, Grant] = {}
    work: list[Hours] = []
    for grant in _wishes(problem, order):
        if stopped():
            break
        hours = None if grant.request in granted else room.place(grant)
        if hours is not None:
            granted[grant.request] = grant
            work += hours
    work.sort(key=lambda row: (row.line, row.specialist, row.week))
    return Plan(tuple(granted[request] for request in sorted(granted)), tuple(work))


def _wishes(problem: Problem, order: Order) -> list[Grant]:
    """Grants as they are tried: promised levels first, then in that order, the largest level first."""
    found = []
    forced = {lock.request: lock.level for lock in problem.locks if lock.kind == "min_level"}
    bonus = {
        line.id: max([0, *(line.bonus_of(s) for s in problem.eligible[line.id])])
        for line in problem.lines
        if line.preferred or line.candidates
    }
    for request in problem.requests:
        rows = []
        due = max(level for level in (request.obligation, forced.get(request.id), -1) if level is not None)
        for level, size in enumerate(request.levels):
            promised = level >= due >= 0
            for option, lines in enumerate(request.options):
                value = size.value + request.bonus(option) + sum(bonus.get(line, 0) for line in lines)
                density = value / max(1, sum(problem.line[line].hours[level] for line in lines))
                if value > 0 or promised:
                    rows.append((promised, density, Grant(request.id, level, option)))
        # A request pays what its largest level does, like in a list that knows but one.
        top = max(
            (density for _, density, grant in rows if grant.level == len(request.levels) - 1), default=0
        )
        for promised, density, grant in rows:
            pays = 0.0 if order == "filing" else top if order == "request" else density
            turn = (not promised, grant.level if promised else 0, -pays, request.submitted, request.id)
            found.append((turn, -grant.level, grant.option, grant))
    return [row[-1] for row in sorted(found, key=lambda row: row[:-1])]


class Room:
    """What is still free while grants are placed one after the other."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._free = {s.id: list(s.capacity) for s in problem.specialists}
        self._busy: dict[tuple[str, int], set[str]] = {}
        self._serves: dict[str, set[str]] = {s.id: set() for s in problem.specialists}
        self._forbidden = {(k.line, k.specialist) for k in problem.locks if k.kind == "forbid"}

    def place(self, grant: Grant) -> list[Hours] | None:
        """Hours of the grant, taken from what is free; None when it does not fit."""
        request = self._problem.request[grant.request]
        work: list[Hours] = []
        for line_id in _in_order(self._problem, request.options[grant.option]):
            line = self._problem.line[line_id]
            if line.hours[grant.level] > 0:
                first = max([line.first_week, *(row.week for row in work if row.line in line.after)])
                best = self._staff(request, _Task(line, grant.level, first), work)
                if best is None:
                    return None
                work += best
        if request.levels[grant.level].value_at(max((row.week for row in work), default=-1)) is None:
            return None
        for row in work:
            self._free[row.specialist][row.week] -= row.hours
            self._busy.setdefault((row.specialist, row.week), set()).add(request.id)
            self._serves[row.specialist].add(request.account)
        return work

    def _staff(self, request: Request, task: _Task, taken: list[Hours]) -> list[Hours] | None:
        """The whole task: by one person when one can, else by as few people as it takes."""
        line = task.line
        able = [s for s in self._problem.eligible[line.id] if self._may(request, line.id, s)]
        alone = []
        for person in able:
            need = line.hours_of(person, task.level)
            fill = self._fill(request, task, person, need, taken)
            if sum(row.hours for row in fill) == need > 0:
                alone.append((-line.bonus_of(person), fill[-1].week, person, fill))
        if alone:
            return min(alone, key=lambda way: way[:-1])[-1]
        if line.max_specialists == 1:
            return None
        need = line.hours[task.level]
        most = {s: sum(row.hours for row in self._fill(request, task, s, need, taken)) for s in able}
        team = sorted((s for s in able if most[s]), key=lambda s: (-most[s], s))
        work, left = list[Hours](), need
        for person in team[: line.max_specialists]:
            fill = self._fill(request, task, person, left, [*taken, *work]) if left else []
            work += fill
            left -= sum(row.hours for row in fill)
        return work if left == 0 else None

    def _may(self, request: Request, line: str, specialist: str) -> bool:
        others = self._serves[specialist] - {request.account}
        return (line, specialist) not in self._forbidden and not any(
            request.account in group and others.intersection(group) for group in self._problem.walls
        )

    def _fill(
        self, request: Request, task: _Task, specialist_id: str, want: int, taken: list[Hours]
    ) -> list[Hours]:
        """As much of `want` as the person can do from the task's first week on, as early as possible."""
        line, specialist = task.line, self._problem.specialist[specialist_id]
        chunk = max(1, min(specialist.min_chunk, line.hours_of(specialist_id, task.level)))
        work = list[Hours]()
        for week in range(task.first, line.last_week + 1):
            busy = self._busy.get((specialist_id, week), set()) | {request.id}
            if specialist.max_parallel is not None and len(busy) > specialist.max_parallel:
                continue
            mine = (row.hours for row in taken if (row.specialist, row.week) == (specialist_id, week))
            free = self._free[specialist_id][week] - sum(mine)
            amount = min(free, want)
            if line.weekly_max is not None:
                # The limit is one for the whole team.
                team = sum(row.hours for row in taken if (row.line, row.week) == (line.id, week))
                amount = min(amount, line.weekly_max - team)
            if 0 < want - amount < chunk:
                # The rest must be a useful amount too.
                amount = want - chunk
            if amount >= chunk:
                work.append(Hours(line.id, specialist_id, week, amount))
                want -= amount
        return work


@dataclass(frozen=True, slots=True)
class _Task:
    """A line at a level, to be worked from a week on."""

    line: Line
    level: int
    first: int


def _in_order(problem: Problem, lines: Iterable[str]) -> list[str]:
    """Lines with those they wait for before them."""
    left, done = sorted(lines), list[str]()
    while left:
        ready = [line for line in left if not set(problem.line[line].after).intersection(left)]
        done += ready
        left = [line for line in left if line not in ready]
    return done
