"""What the five stages are best at, each as the model states it and as a finished plan shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.terms import floors, handover, obligations, ties, value, worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Measures
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to be best at.

    Attributes:
        number: 1 to 5; stage 2 has two parts.
        doing: The stage in words.
        share: Part of the remaining time and work it may use.
        state: The expression in the model.
        read: The same from the measures of a plan.
        ideal: What no plan exceeds (or falls below), known without searching.
    """

    number: int
    doing: str
    maximise: bool
    share: float
    state: Callable[[Model], Expr]
    read: Callable[[Measures], int]
    ideal: int


def stages(problem: Problem) -> list[Stage]:
    """The stages in their order."""
    most = sum(worth.most(problem, request) for request in problem.requests)
    count = len(problem.requests)
    return [
        Stage(1, "obligations", False, 0.3, obligations.state, lambda m: len(m.broken_obligations), 0),
        Stage(2, "smallest share", True, 0.3, lambda x: x.floors()[0], lambda m: m.floor_share, floors.FULL),
        Stage(2, "shortfall", False, 0.3, lambda x: x.floors()[1], lambda m: m.floor_shortfall, 0),
        Stage(3, "value", True, 0.9, value.state, lambda m: m.value, most),
        Stage(4, "hand-overs", False, 0.6, handover.state, lambda m: m.handovers, 0),
        Stage(5, "ties", True, 1.0, ties.state, lambda m: m.tie, count * (count + 1) // 2),
    ]


def assigns(problem: Problem) -> bool:
    """Whether only grants and who does each line are to be decided, as in assignment and knapsack."""
    return not problem.walls and all(
        line.first_week == line.last_week and line.max_specialists == 1 for line in problem.lines
    )
