"""The referee: what a plan is worth and where it breaks a rule, recomputed without the engine.

No plan is shown before it has passed `check`; the tolerance is 0.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from solver.plan import Measures
from solver.rules import RULES
from solver.terms import churn, floors, handover, obligations, second, ties, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.plan import Plan, Violation
    from solver.problem import Problem


class RefereeError(Exception):
    """A plan that breaks rules, or is worth something else than claimed; it must not be shown.

    Attributes:
        found: Every disagreement in words, with both sides.
    """

    def __init__(self, found: tuple[str, ...]) -> None:
        self.found = found
        super().__init__("the referee refuses the plan: " + "; ".join(found))


def measure(problem: Problem, plan: Plan) -> Measures:
    """What `plan` is worth, from the plan alone; rows that cannot be read count nothing."""
    share, shortfall = floors.value(problem, plan)
    return Measures(
        broken_obligations=obligations.value(problem, plan),
        floor_share=share,
        floor_shortfall=shortfall,
        value=value.value(problem, plan),
        churn=churn.value(problem, plan),
        handovers=handover.value(problem, plan),
        tie=ties.value(problem, plan),
        second=second.value(problem, plan),
    )


def violations(problem: Problem, plan: Plan, between: Callable[[], None] = lambda: None) -> list[Violation]:
    """Where `plan` breaks a rule, in the order of the rules; empty when it keeps them all.

    `between` is called before each rule; what it raises ends the check.
    """
    found = []
    for rule in RULES:
        between()
        found += rule.violations(problem, plan)
    return found


def check(
    problem: Problem,
    plan: Plan,
    claimed: Measures | None = None,
    between: Callable[[], None] = lambda: None,
) -> Measures:
    """The measures of `plan`, which keeps every rule and is worth what is claimed.

    Raises:
        RefereeError: The plan breaks a rule, or a claimed measure is not the measured one.
    """
    found = [f"{v.rule} {dict(v.where)}: {v.message}" for v in violations(problem, plan, between)]
    measured = measure(problem, plan)
    if claimed is not None:
        for field in fields(Measures):
            said, seen = getattr(claimed, field.name), getattr(measured, field.name)
            if said != seen:
                found.append(f"{field.name} is {seen!r}, claimed was {said!r}")
    if found:
        raise RefereeError(tuple(found))
    return measured


def rank(measures: Measures) -> tuple[int, int, int, int, int, int]:
    """Stages 1 to 5 as one key; the greater key is the better plan."""
    return (
        -len(measures.broken_obligations),
        measures.floor_share,
        -measures.floor_shortfall,
        measures.value,
        -measures.handovers,
        measures.tie,
    )
