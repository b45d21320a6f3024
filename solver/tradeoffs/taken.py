"""How much of what was published a plan takes back, and a limit of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from solver.terms import churn

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.plan import Plan
    from solver.problem import Problem

Kind = Literal["moves", "stability"]

Cell = tuple[str, str, int]
"""Line, specialist and week."""


def promised(problem: Problem) -> Counter[Cell]:
    """Published quarter-hours of weeks that are not free, by line, specialist and week."""
    found: Counter[Cell] = Counter()
    if problem.published is not None:
        for row in problem.published.hours:
            if row.week < problem.published.free_from_week:
                found[row.line, row.specialist, row.week] += row.hours
    return found


def cut(problem: Problem, plan: Plan) -> tuple[Cell, ...]:
    """The published line-person-weeks that are not free and have fewer hours in `plan`, sorted.

    Hours that are lost and hours that somebody else works count alike.
    """
    new: Counter[Cell] = Counter()
    for row in plan.hours:
        new[row.line, row.specialist, row.week] += row.hours
    return tuple(sorted(cell for cell, hours in promised(problem).items() if new[cell] < hours))


def moves(problem: Problem, plan: Plan) -> int:
    """How many published line-person-weeks that are not free have fewer hours in `plan`."""
    return len(cut(problem, plan))


def withdrawn(problem: Problem, plan: Plan) -> float:
    """Quarter-hours withdrawn, moved ones at half, of the weeks that are not free."""
    return _halves(problem, plan) / 2


def _halves(problem: Problem, plan: Plan) -> int:
    if problem.published is None:
        return 0
    return churn.value(replace(problem, published=replace(problem.published, price=2)), plan)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be taken back.

    Attributes:
        kind: "moves" counts published line-person-weeks that lose hours, "stability" quarter-hours withdrawn,
            those that another person works at half.
        most: So many at most, >= 0.
    """

    kind: Kind
    most: float

    def used(self, problem: Problem, plan: Plan) -> float:
        """What `plan` takes back."""
        return moves(problem, plan) if self.kind == "moves" else withdrawn(problem, plan)

    def over(self, problem: Problem, plan: Plan) -> float:
        """By how much `plan` goes beyond the limit, >= 0."""
        return max(0, self.used(problem, plan) - self.most)

    def counted(self, problem: Problem, plan: Plan) -> int:
        """What `plan` takes back as the model counts it: rows, or half quarter-hours."""
        return moves(problem, plan) if self.kind == "moves" else _halves(problem, plan)

    def beyond(self, problem: Problem, plan: Plan) -> int:
        """By how much of that `plan` goes beyond the limit, >= 0."""
        return max(0, self.counted(problem, plan) - self._whole())

    def state(self, model: Model) -> tuple[Expr, Expr]:
        """What is taken back, as the model counts it, and how much of that is beyond the limit."""
        problem = model.problem
        taken = _rows(model) if self.kind == "moves" else churn.taken(model)
        over = model.number(
            0, 2 * sum(promised(problem).values()), lambda view: self.beyond(problem, view.plan)
        )
        model.must(over >= taken - self._whole())
        return taken, over

    def less(self, others: float) -> Limit:
        """What is left of the limit when others take back so much."""
        return replace(self, most=max(0, self.most - others))

    def _whole(self) -> int:
        return int(self.most if self.kind == "moves" else 2 * self.most)


def _rows(model: Model) -> Expr:
    """How many published rows lose hours, at least."""
    found: list[Expr] = []
    for (line, person, week), hours in sorted(promised(model.problem).items()):
        now = model.line_week(line, week).get(person, 0)
        if isinstance(now, int):
            found.append(int(hours > 0))
            continue
        gone = model.literal(
            lambda view, line=line, person=person, week=week, hours=hours: int(  # type: ignore[misc]  # - the closure is typed by its use
                view.amount(line, week, person) < hours
            )
        )
        model.must(now + hours * gone >= hours)
        found.append(gone)
    return sum(found)


def largest(problem: Problem, limit: Limit) -> int:
    """The most half quarter-hours that a plan within `limit` can withdraw."""
    if limit.kind == "stability":
        return int(2 * limit.most)
    rows = sorted(promised(problem).values(), reverse=True)
    return 2 * sum(rows[: int(limit.most)])
