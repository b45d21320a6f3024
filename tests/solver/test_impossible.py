"""Nothing is called impossible that brute force finds possible: values, and every family of a card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import brute_force
import pytest
from random_problems import random_problem

from solver.cards.families import Asked, Name, applied
from solver.cards.families_hours import _open_cells
from solver.cards.families_people import MOST_PEOPLE, _persons
from solver.cards.families_request import LEAST_PART, MOST_WEEKS, _room
from solver.cards.forcing import granted_level, headline
from solver.explain import Card, card
from solver.plan import Plan
from solver.problem import Problem
from solver.settings import Settings
from solver.solve import solve
from solver.validate import ProblemErrors, money

LONG = Settings(wall_limit_s=1200)
"""Small problems are proven at once; a busy machine must not make that unproven."""

SEEDS = (*range(0, 84, 6), 84, 93)
"""In 84 a least amount of each week lets a request in with some hours less, but not with many."""


def values(asked: Asked) -> Iterator[Any]:
    """More than everything else together."""
    worth = headline(asked.request.levels[asked.level])
    yield 2 * sum(map(abs, money(asked.problem))) + 1 - worth


def hours(asked: Asked) -> Iterator[Any]:
    """A little more in every week of everybody who could work."""
    for more in (1, 2):
        cells = sorted(_open_cells(asked))
        yield {"cells": [{"specialist": who, "week": week, "hours": more} for who, week in cells]}


def windows(asked: Asked) -> Iterator[Any]:
    """One to four weeks on either side."""
    for weeks, side in product(range(1, MOST_WEEKS + 1), ("later", "earlier")):
        if _room(asked, weeks, side):
            yield {"weeks": weeks, "side": side}


def levels(asked: Asked) -> Iterator[Any]:
    """Every number of hours down to a tenth."""
    names = sorted({line for option in asked.request.options for line in option})
    full = {name: asked.problem.line[name].hours[asked.level] for name in names}
    whole = sum(full.values())
    for some in range(max(1, -(-whole // LEAST_PART)), whole):
        yield {"lines": [{"line": name, "hours": -(-most * some // whole)} for name, most in full.items()]}


def people(asked: Asked) -> Iterator[Any]:
    """The nearest people."""
    yield from _persons(asked)[:MOST_PEOPLE]


def others(asked: Asked) -> Iterator[Any]:
    """Each other request yields alone, and all of them."""
    names = [grant.request for grant in asked.plan.granted if grant.request != asked.name]
    for some in [*([name] for name in names), names]:
        yield {"requests": [{"request": name, "level": -1} for name in some]}


GRIDS: dict[Name, Callable[[Asked], Iterator[Any]]] = {
    "value": values,
    "hours": hours,
    "window": windows,
    "level": levels,
    "people": people,
    "yield": others,
}
"""Every change of a family, and more than its search tries where that costs nothing."""


def surely_granted(problem: Problem, request: str, level: int) -> bool:
    """Whether every best plan has the level; a plan as good without it would be a tie."""
    try:
        reached = brute_force.optimal_levels(problem, request)
    except brute_force.TooManyWaysError:
        return False
    return bool(reached) and min(reached) >= level


def missing(found: Card) -> Iterator[Name]:
    """What the card does not tell; a value is only missing when none is called enough."""
    names: tuple[Name, ...] = ("hours", "window", "level", "people", "yield")
    yield from (name for name in names if found.families.get(name) is None)
    if not found.worth.possible:
        yield "value"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_card_does_not_tell_is_not_possible(seed: int) -> None:
    """Every refused or cut request of a random problem; each change of the grid applied."""
    problem = random_problem(seed)
    result = solve(problem)
    plan = result.plan or Plan()
    short = [r for r in problem.requests if granted_level(plan, r.id) < len(r.levels) - 1]
    for request in short if result.plan is not None else ():
        found = card(problem, result, request.id, LONG)
        asked = Asked(problem, plan, request.id, found.level, sure=True)
        for name in missing(found):
            for change in GRIDS[name](asked):
                changed = applied(problem, request.id, found.level, name, change)
                try:
                    granted = surely_granted(changed, request.id, found.level)
                except ProblemErrors:
                    continue
                assert not granted, (seed, request.id, name, change)
