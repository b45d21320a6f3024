"""Stage 5: ties. Earlier requests go first where nothing else tells plans apart.

With n requests ranked 0 to n - 1 by filing order, then id, a granted request counts n - rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.rules.reading import grants

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

ID = "ties"
LABEL = "Earlier requests served"


def state(model: Model) -> Expr:
    """Sum of the points of the requests granted at any level."""
    points = _points(model.problem)
    return sum(
        points[request.id] * literal
        for request in model.problem.requests
        for _, _, literal in model.grants_of(request.id)
    )


def _points(problem: Problem) -> dict[str, int]:
    ranked = sorted(problem.requests, key=lambda request: (request.submitted, request.id))
    return {request.id: len(ranked) - rank for rank, request in enumerate(ranked)}


def value(problem: Problem, plan: Plan) -> int:
    """Sum of n - rank over the granted requests."""
    granted = grants(problem, plan)
    order = sorted((request.submitted, request.id) for request in problem.requests)
    return sum(len(order) - rank for rank, (_, request_id) in enumerate(order) if request_id in granted)
