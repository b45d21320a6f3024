"""The rules every plan keeps: the table of contents.

`skill` and `window` come first because they open what the other rules then bind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from solver.rules import (
    after,
    capacity,
    chunk,
    decided,
    department_cap,
    level,
    max_parallel,
    skill,
    team_size,
    wall,
    weekly,
    window,
)

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan, Violation
    from solver.problem import Problem


class Rule(Protocol):
    """One hard rule: it can state itself to the engine and find where a finished plan breaks it."""

    ID: str
    LABEL: str

    def state(self, model: Model) -> None:
        """Add the rule to the model."""

    def violations(self, problem: Problem, plan: Plan) -> list[Violation]:
        """Where `plan` breaks the rule, in plain integers, without the engine."""


RULES: tuple[Rule, ...] = (
    skill,
    window,
    level,
    team_size,
    capacity,
    chunk,
    weekly,
    max_parallel,
    after,
    wall,
    department_cap,
    decided,
)
