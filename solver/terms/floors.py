"""Stage 2: floors. First the greatest smallest attained share, then the least total shortfall.

The share of a floor is the attained money in per mille of the floor, rounded down and at most 1,000; a floor
of 0 is attained. Level values and bonuses count, churn does not.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from solver.terms import worth

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.exact.view import View
    from solver.plan import Plan
    from solver.problem import Floor, Problem

ID = "floors"
LABEL = "Smallest attained share of a floor (per mille), and the total shortfall"

FULL = 1000
"""Per mille of a floor that is attained."""


def state(model: Model) -> tuple[Expr, Expr]:
    """Smallest share, at most the true one, and total shortfall, at least the true one."""
    problem = model.problem
    floors = [floor for floor in problem.floors if floor.value > 0]
    least = [sum(worth.least(problem, r) for r in problem.requests if f.counts(r)) for f in floors]
    lowest = min((FULL * money // f.value for f, money in zip(floors, least, strict=True)), default=FULL)
    share = model.number(min(lowest, FULL), FULL, lambda view: value(problem, view.plan)[0])
    missing: list[Expr] = []
    for floor, money in zip(floors, least, strict=True):
        attained = sum(model.worth(r.id) for r in problem.requests if floor.counts(r))
        short = model.number(0, floor.value - money, partial(_missing, floor))
        model.must(FULL * attained >= floor.value * share)
        model.must(short >= floor.value - attained)
        missing.append(short)
    return share, sum(missing)


def _missing(floor: Floor, view: View) -> int:
    return value(replace(view.problem, floors=(floor,)), view.plan)[1]


def value(problem: Problem, plan: Plan) -> tuple[int, int]:
    """Smallest share in per mille, 1,000 without floors, and total shortfall in money."""
    money = worth.value(problem, plan)
    shares, shortfall = [FULL], 0
    for floor in problem.floors:
        attained = sum(money.get(r.id, 0) for r in problem.requests if floor.counts(r))
        if floor.value > 0:
            shares.append(FULL * attained // floor.value)
            shortfall += max(0, floor.value - attained)
    return min(shares), shortfall
