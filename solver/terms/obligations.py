"""Stage 1: promises kept. Fewest obligations broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.rules.reading import grants

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

ID = "obligations"
LABEL = "Obligations broken"


def state(model: Model) -> Expr:
    """Number of requests granted below what was promised."""
    broken: list[Expr] = []
    for request in model.problem.requests:
        promised = request.obligation
        if promised is not None and promised >= 0:
            kept = sum(literal for level, _, literal in model.grants_of(request.id) if level >= promised)
            broken.append(1 - kept)
    return sum(broken)


def value(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Ids of requests granted below what was promised, sorted."""
    levels = {request: grant.level for request, grant in grants(problem, plan).items()}
    return tuple(
        sorted(
            request.id
            for request in problem.requests
            if request.obligation is not None and levels.get(request.id, -1) < request.obligation
        )
    )
