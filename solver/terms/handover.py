"""Stage 4: hand-overs. People per staffed line beyond one, summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

ID = "handover"
LABEL = "Hand-overs"


def state(model: Model) -> Expr:
    """People beyond the first one, over the lines that several may share."""
    return sum(
        sum(model.on[line.id, specialist] for specialist in model.team[line.id]) - model.staffed(line.id)
        for line in model.problem.lines
        if line.max_specialists > 1
    )


def value(problem: Problem, plan: Plan) -> int:
    """Number of people beyond the first one on each worked line."""
    pairs = {(row.line, row.specialist) for row in rows(problem, plan)}
    return len(pairs) - len({line for line, _ in pairs})
