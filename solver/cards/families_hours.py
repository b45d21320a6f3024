"""How many hours more of a skill it would take, whose and when.

First the fewest hours beyond capacity with which the request fits beside all others: as they stand
in the plan, or, in small problems, moved as they like but displaced nowhere. That names the people and weeks.
Then the same people and weeks are given a part of those hours, and the problem is solved again: the smallest
part with which the request is granted, and the smallest with which nobody is displaced.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from solver.cards.families import Answer, Trials
from solver.cards.without import SMALL, breadth
from solver.problem import Lock
from solver.search.nearby import beside
from solver.tradeoffs.compare import displaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.cards.asking import Asking
    from solver.cards.families import Asked, Family
    from solver.plan import Plan
    from solver.problem import Hours, Line, Problem, Specialist

MORE = 160
"""Most quarter-hours that are added to one person in one week: a second person of the same skills."""

STEP = 4
"""Hours are tried in whole hours, or coarser steps of them."""

STEPS = 20
"""Most steps into which the hours are divided."""

ONE_BY_ONE = 300
"""Most weeks x eligible people of a problem in which every step is tried, from the smallest."""

TIMES = (1.25, 1.5, 2.0, 3.0)
"""Multiples of the fewest hours that are tried when others would take some of them."""

PLACING = 0.2
"""Part of the limits for finding the people and weeks."""

Cell = tuple[str, int]
"""Specialist and week."""


def with_hours(problem: Problem, _request: str, _level: int, change: Any) -> Problem:
    """`problem` with the named people having so many quarter-hours more in the named weeks."""
    more = {(row["specialist"], row["week"]): row["hours"] for row in change["cells"]}
    return _raised(problem, more)


def _raised(problem: Problem, more: Mapping[Cell, int]) -> Problem:
    def raised(person: Specialist) -> Specialist:
        capacity = tuple(h + more.get((person.id, w), 0) for w, h in enumerate(person.capacity))
        return person if capacity == person.capacity else replace(person, capacity=capacity)

    return replace(problem, specialists=tuple(raised(s) for s in problem.specialists))


def hours_family(asked: Asked, asking: Asking) -> Family | None:
    """The fewest hours with which the request is granted, and those with which nobody is displaced."""
    cells = fewest_hours(asked, asking)
    if not cells:
        return None
    whole = sum(cells.values())
    step = STEP * max(1, -(-whole // (STEP * STEPS)))
    small = breadth(asked.problem) <= ONE_BY_ONE
    trials = Trials(asked, asking, STEPS + len(TIMES) if small else 10)

    def test(hours: int) -> Answer:
        return trials.grants(partial(_raised, asked.problem, _part(cells, whole, hours)), hours)

    most = MORE / max(cells.values())
    sizes = [whole, *(round(whole * times) for times in TIMES if times <= most)]
    high = next((hours for hours in sizes if test(hours).granted), None)
    if high is None:
        return None
    enough = _smallest(test, step, high, one_by_one=small)
    # Beside a search of the whole the smallest may be too few; then the next sizes may be enough.
    more = [hours for hours in sizes if hours > enough]
    found = trials.first([enough, *more], lambda hours: _raised(asked.problem, _part(cells, whole, hours)))
    enough = enough if found is None else found[0]
    before = enough - 1 - (enough - 1) % step
    refused = before > 0 and test(before).granted is False and test(before).proven
    free = next((hours for hours in sizes if hours >= enough and _alone(asked, test(hours))), None)
    return trials.family(
        _told(asked, cells, whole, enough, step),
        test(enough),
        _told(asked, cells, whole, before, step) if refused else None,
        key=enough,
        undisplaced=None if free is None else _told(asked, cells, whole, free, step),
    )


def _alone(asked: Asked, answer: Answer) -> bool:
    """Whether the request is granted and nobody has less."""
    return bool(answer.granted) and not displaced(asked.plan, answer.plan, asked.name)


def _smallest(test: Callable[[int], Answer], step: int, high: int, *, one_by_one: bool) -> int:
    """The smallest number of hours that is enough among whole steps below `high`, which is enough."""
    steps = list(range(step, high, step))
    if one_by_one:
        return next((hours for hours in steps if test(hours).granted), high)
    low, top = 0, len(steps)
    # More hours may also let somebody else in, so halving finds one border, not surely the lowest.
    while low < top:
        middle = (low + top) // 2
        low, top = (low, middle) if test(steps[middle]).granted else (middle + 1, top)
    return steps[low] if low < len(steps) else high


def _part(cells: Mapping[Cell, int], whole: int, hours: int) -> dict[Cell, int]:
    """`hours` given to the cells in the proportion of their whole, largest remainders rounded up."""
    exact = {cell: amount * hours / whole for cell, amount in cells.items()}
    part = {cell: int(amount) for cell, amount in exact.items()}
    by_rest = sorted(cells, key=lambda cell: (part[cell] - exact[cell], cell))
    for cell in by_rest[: hours - sum(part.values())]:
        part[cell] += 1
    return {cell: amount for cell, amount in sorted(part.items()) if amount}


def _told(asked: Asked, cells: Mapping[Cell, int], whole: int, hours: int, step: int) -> dict[str, Any]:
    people = {person for person, _ in cells}
    own = {name for option in asked.request.options for name in option}
    needs = [
        dict(asked.problem.line[name].needs)
        for name in sorted(own)
        if people.intersection(asked.problem.eligible[name]) and asked.problem.line[name].hours[asked.level]
    ]
    return {
        "hours": hours,
        "step": step,
        "cells": [
            {"specialist": person, "week": week, "hours": amount}
            for (person, week), amount in _part(cells, whole, hours).items()
        ],
        "needs": [need for place, need in enumerate(needs) if need not in needs[:place]],
    }


def fewest_hours(asked: Asked, asking: Asking) -> dict[Cell, int]:
    """The fewest quarter-hours beyond capacity with which the request fits beside all others, by cell.

    Empty when it fits without any, when even `MORE` in each week are not enough, or when no time is left.
    """
    from solver.exact.model import Model, StoppedError
    from solver.exact.run import Goal, run
    from solver.exact.watch import Watch

    cells = _open_cells(asked)
    if not cells or asking.stopped():
        return {}
    free = _residual(asked)
    settings = asking.part(PLACING)
    watch = Watch(free, settings.wall_limit_s, None, asking.cancel)
    roomy = _raised(free, dict.fromkeys(cells, MORE))
    try:
        model = Model(roomy, watch.stopped)
    except StoppedError:
        return {}
    parts = []
    for cell in sorted(cells):
        used = sum(hours for _, hours in model.by_week.get(cell, ()))
        if isinstance(used, int):
            continue
        capacity = free.specialist[cell[0]].capacity[cell[1]]
        over = model.number(0, MORE, lambda _: 0)
        touched = model.literal(lambda _: 0)
        model.must(over >= used - capacity)
        model.must(over <= MORE * touched)
        # Weeks in which the person works anyway come before weeks of leave, few cells before many.
        dear = 1 if asked.problem.specialist[cell[0]].capacity[cell[1]] else 3
        parts.append(4 * len(cells) * over + dear * touched)
    goal = Goal(sum(parts), maximise=False, stage=3, doing="extra hours", offers=False)
    work = settings.wall_limit_s if settings.work_limit is None else settings.work_limit
    outcome = run(model, goal, settings, watch, work=work)
    return {} if outcome.plan is None else _beyond(free, outcome.plan)


def _beyond(problem: Problem, plan: Plan) -> dict[Cell, int]:
    used = _used(plan.hours)
    return {
        cell: hours - problem.specialist[cell[0]].capacity[cell[1]]
        for cell, hours in sorted(used.items())
        if hours > problem.specialist[cell[0]].capacity[cell[1]]
    }


def _used(rows: tuple[Hours, ...]) -> Counter[Cell]:
    used: Counter[Cell] = Counter()
    for row in rows:
        used[row.specialist, row.week] += row.hours
    return used


def _lines(asked: Asked) -> list[Line]:
    names = sorted({name for option in asked.request.options for name in option})
    return [asked.problem.line[name] for name in names if asked.problem.line[name].hours[asked.level]]


def _open_cells(asked: Asked) -> set[Cell]:
    """Where the request could be worked."""
    return {
        (person, week)
        for line in _lines(asked)
        for person in asked.problem.eligible[line.id]
        for week in range(line.first_week, line.last_week + 1)
    }


def _residual(asked: Asked) -> Problem:
    """The problem in which the request has the level and nobody else has less than now.

    In a small problem the others may move; in a large one they stay as they are, and the request has what
    they leave.
    """
    problem, plan = asked.problem, asked.plan
    kept = tuple(
        lock
        for lock in problem.locks
        if not (lock.request == asked.name and lock.kind in ("min_level", "max_level"))
    )
    levels = {grant.request: grant.level for grant in plan.granted if grant.request != asked.name}
    forced = tuple(Lock(kind, request=asked.name, level=asked.level) for kind in ("min_level", "max_level"))
    if breadth(problem) <= SMALL:
        others = tuple(Lock("min_level", request=name, level=level) for name, level in levels.items())
        return replace(problem, locks=(*kept, *forced, *others), floors=())
    return beside(replace(problem, locks=(*kept, *forced)), plan, {asked.name})
