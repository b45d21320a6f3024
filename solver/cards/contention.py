"""Who holds the hours a request needs: the full specialist-weeks, and the requests in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Line, Problem, Specialist

Cell = tuple[str, int]
"""Specialist and week."""


@dataclass(slots=True)
class _Load:
    """What a plan uses of one specialist-week: quarter-hours by request, without and with expedite lines."""

    plain: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)


def contention(
    problem: Problem, plan: Plan, request_id: str, level: int, *, anyway: bool = False
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Where a level of a request meets what is full.

    Args:
        problem: The problem that was solved.
        plan: The plan it has now.
        request_id: The request that lacks the level.
        level: The level it lacks.
        anyway: Whether to look at all its lines when others leave each one by itself enough hours.

    Returns:
        The full specialist-weeks among the eligible people and the window of the lines others leave too few
        hours for; and the other requests that fill them. Both sorted.
    """
    loads = _loads(problem, plan)
    request = problem.request[request_id]
    names = sorted({name for option in request.options for name in option})
    lines = [problem.line[name] for name in names if problem.line[name].hours[level] > 0]
    failing = [line for line in lines if _room(problem, line, loads, request_id) < line.hours[level]]
    binding: set[Cell] = set()
    fillers: set[str] = set()
    for line in failing or (lines if anyway else []):
        for cell in _cells(problem, line):
            load = loads[cell]
            if load.total and _free(problem, line, cell, load) == 0:
                binding.add(cell)
                fillers |= _fillers(problem, line, cell, load)
    return tuple(sorted(binding)), tuple(sorted(fillers - {request_id}))


def _loads(problem: Problem, plan: Plan) -> dict[Cell, _Load]:
    loads: dict[Cell, _Load] = defaultdict(_Load)
    for row in plan.hours:
        load, owner = loads[row.specialist, row.week], problem.request_of[row.line].id
        load.total[owner] += row.hours
        if not problem.line[row.line].expedite:
            load.plain[owner] += row.hours
    return loads


def _cells(problem: Problem, line: Line) -> list[Cell]:
    weeks = range(line.first_week, line.last_week + 1)
    return [(person, week) for person in problem.eligible[line.id] for week in weeks]


def _room(problem: Problem, line: Line, loads: dict[Cell, _Load], request_id: str) -> int:
    """Quarter-hours others leave the line over all its people and weeks."""
    return sum(_free(problem, line, cell, _others(loads[cell], request_id)) for cell in _cells(problem, line))


def _others(load: _Load, request_id: str) -> _Load:
    plain = Counter({owner: hours for owner, hours in load.plain.items() if owner != request_id})
    return _Load(plain, Counter({owner: hours for owner, hours in load.total.items() if owner != request_id}))


def _free(problem: Problem, line: Line, cell: Cell, load: _Load) -> int:
    """Quarter-hours the line could have there beside `load`; 0 when less than is useful."""
    person: Specialist = problem.specialist[cell[0]]
    if person.max_parallel is not None and len(load.total) >= person.max_parallel:
        return 0
    both = _capacity(person, cell[1], expedite=True) - load.total.total()
    plain = _capacity(person, cell[1], expedite=False) - load.plain.total()
    free = both if line.expedite else min(both, plain)
    return free if free >= max(1, min(person.min_chunk, max(line.hours))) else 0


def _fillers(problem: Problem, line: Line, cell: Cell, load: _Load) -> set[str]:
    """Whose hours fill the specialist-week for this line; expedite hours fill only what is reserved."""
    plain = _capacity(problem.specialist[cell[0]], cell[1], expedite=False) - load.plain.total()
    return set(load.plain if plain <= 0 and not line.expedite else load.total)


def _capacity(person: Specialist, week: int, *, expedite: bool) -> int:
    reserve = person.expedite[week] if expedite and person.expedite else 0
    return person.capacity[week] + reserve
