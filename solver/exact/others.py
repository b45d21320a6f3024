"""Whether other grants reach the same value: when none do, who is granted what is known for good.

Hand-overs are then decided among far fewer plans, and ties, which depend on grants alone, not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.exact.run import Goal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.exact.model import Model
    from solver.exact.types import Var
    from solver.exact.view import View
    from solver.plan import Plan


def ask(model: Model, plan: Plan) -> Goal:
    """A goal that is 1 in plans with other grants than `plan`, else 0; `close` ends the question."""
    same = {(grant.request, grant.level, grant.option) for grant in plan.granted}

    def meaning(view: View) -> int:
        return int({(grant.request, grant.level, grant.option) for grant in view.plan.granted} != same)

    other = model.literal(meaning)
    differing = (~literal if held else literal for literal, held in _grants(model, plan))
    model.cp.add_bool_or([~other, *differing])
    return Goal(other, maximise=True, stage=4, doing="other grants")


def close(model: Model, goal: Goal, plan: Plan | None) -> None:
    """Let the question of `goal` rest; the grants of `plan` are held when that is given."""
    if goal.expression is not None:
        model.must(goal.expression == 0)
    for literal, held in _grants(model, plan) if plan is not None else ():
        model.must(literal == int(held))


def _grants(model: Model, plan: Plan) -> Iterator[tuple[Var, bool]]:
    """Every literal of a grant, and whether `plan` grants it."""
    same = {(grant.request, grant.level, grant.option) for grant in plan.granted}
    for request in model.problem.requests:
        for level, option, literal in model.grants_of(request.id):
            yield literal, (request.id, level, option) in same
