"""Where a fault is planted: a problem with its plan, and the list of all faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from solver.problem import Hours, Lock, Problem

if TYPE_CHECKING:
    from random import Random

    from solver.plan import Grant, Plan


@dataclass(frozen=True)
class Case:
    """A problem, a plan for it, and what the plan's file claims beyond what is measured."""

    problem: Problem
    plan: Plan
    claims: Mapping[str, Any] = field(default_factory=dict)

    def line(self, name: str, **changes: Any) -> Case:
        """The case with one line changed."""
        lines = tuple(replace(x, **changes) if x.id == name else x for x in self.problem.lines)
        return replace(self, problem=replace(self.problem, lines=lines))

    def person(self, name: str, **changes: Any) -> Case:
        """The case with one specialist changed."""
        people = tuple(replace(x, **changes) if x.id == name else x for x in self.problem.specialists)
        return replace(self, problem=replace(self.problem, specialists=people))

    def lock(self, **fields: Any) -> Case:
        """The case with one more lock."""
        locks = (*self.problem.locks, Lock(**fields))
        return replace(self, problem=replace(self.problem, locks=locks))

    def rows(self, old: Hours, *new: Hours) -> Case:
        """The case with one row of hours replaced."""
        hours = tuple(x for row in self.plan.hours for x in (new if row == old else (row,)))
        return replace(self, plan=replace(self.plan, hours=hours))

    def grants(self, old: Grant, *new: Grant) -> Case:
        """The case with one grant replaced."""
        granted = tuple(x for grant in self.plan.granted for x in (new if grant == old else (grant,)))
        return replace(self, plan=replace(self.plan, granted=granted))


Fault = Callable[[Case, "Random"], Case | None]
FAULTS: dict[str, tuple[str, Fault]] = {}
"""By name: the rule that must be told, and how it is planted."""


def breaks(rule: str) -> Callable[[Fault], Fault]:
    """Register a fault with the rule it breaks."""

    def note(fault: Fault) -> Fault:
        FAULTS[fault.__name__.strip("_")] = (rule, fault)
        return fault

    return note


def some_row(case: Case, dice: Random) -> Hours | None:
    """Any row of the plan."""
    return dice.choice(case.plan.hours) if case.plan.hours else None


def some_grant(case: Case, dice: Random) -> Grant | None:
    """Any grant of the plan."""
    return dice.choice(case.plan.granted) if case.plan.granted else None


def used_hours(case: Case) -> Counter[tuple[str, int]]:
    """Quarter-hours by specialist and week."""
    used: Counter[tuple[str, int]] = Counter()
    for row in case.plan.hours:
        used[row.specialist, row.week] += row.hours
    return used
