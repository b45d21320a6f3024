"""Stage 3: value. Level values and bonuses of everything granted, less churn, in money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.terms import churn, worth

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

ID = "value"
LABEL = "Value of the plan"


def state(model: Model) -> Expr:
    """The value, at most the true one and equal to it in the best plan."""
    return sum(model.worth(request.id) for request in model.problem.requests) - churn.state(model)


def value(problem: Problem, plan: Plan) -> int:
    """The value in money; it may be negative when forced grants or churn cost more than the rest brings."""
    return sum(worth.value(problem, plan).values()) - churn.value(problem, plan)
