"""The second value of the granted levels, for trade-offs; it decides nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.rules.reading import grants

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

ID = "second"
LABEL = "Second value of the plan"


def state(model: Model) -> Expr:
    """Sum of the second values of the granted levels."""
    return sum(
        request.levels[level].second * literal
        for request in model.problem.requests
        for level, _, literal in model.grants_of(request.id)
    )


def value(problem: Problem, plan: Plan) -> int:
    """Sum of the second values of the granted levels, in their own unit."""
    granted = grants(problem, plan)
    return sum(problem.request[r].levels[grant.level].second for r, grant in granted.items())
