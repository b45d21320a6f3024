"""The linear relaxation of a model: a price for every row, and what each choice loses at these prices.

What prices say of a plan holds for any prices. Those of the solver are put on a grid and all that follows
is counted in whole numbers, so the bound and the losses are exact, however rough the solver was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from ortools.math_opt.python.model import Model as LinearModel
from ortools.math_opt.python.parameters import SolveParameters, SolverType
from ortools.math_opt.python.solution import BasisStatus
from ortools.math_opt.python.solve import solve

from solver.exact.folds import Folds
from solver.exact.linear import Column, gains_of, linear_of, rows_of
from solver.exact.run import set_goal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from solver.exact.linear import Row
    from solver.exact.model import Model
    from solver.exact.run import Goal

GRID = 2**20
"""Steps of a price to one minor unit of money."""

FROM, MORE = 50, 1.5
"""Choices that are open first beside two for each in the basis, and how many times as many are open next."""

WORTH_WHILE = 0.7
"""Part of all choices beyond which leaving the others out would change too little."""


class Choice(NamedTuple):
    """Variables that are multiples of one whole number.

    Attributes:
        held: What they are where the number loses nothing.
        loss: How much less than the bound a plan is worth at most in which they are anything else, in steps.
    """

    held: Mapping[int, int]
    loss: int


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the relaxation of a model says.

    Attributes:
        choices: All choices, what loses least first.
        basic: How many of them are in the basis of the relaxation.
        steps: No plan is worth more, in steps of the grid.
    """

    choices: tuple[Choice, ...]
    basic: int
    steps: int

    @property
    def bound(self) -> int:
        """No plan is worth more, in money."""
        return self.steps // GRID

    def counts(self) -> Iterator[int]:
        """How many choices to leave open, at first and then, as long as enough are left out."""
        count = 2 * self.basic + FROM
        while count <= WORTH_WHILE * len(self.choices):
            yield count
            count = round(count * MORE)

    def likely(self, count: int, values: Sequence[int] | None) -> dict[int, int]:
        """Variables to be held, and at what, so that about `count` choices stay open: those that lose least.

        What a plan with these `values` of all variables chooses otherwise stays open too. Without one,
        perhaps no plan is left.
        """
        return _together(
            choice
            for choice in self.choices[count:]
            if values is None or all(values[variable] == value for variable, value in choice.held.items())
        )

    def decided(self, value: int) -> dict[int, int]:
        """What the variables are, as far as it is the same in all plans of at least this value."""
        most = self.steps - value * GRID
        return _together(choice for choice in self.choices if choice.loss > most)


def _together(choices: Iterable[Choice]) -> dict[int, int]:
    return {variable: value for choice in choices for variable, value in choice.held.items()}


def relax(model: Model, goal: Goal, seconds: float, stop: Callable[[], bool]) -> Relaxed | None:
    """The relaxation of the model.

    Args:
        model: Its objective becomes the goal.
        goal: What is maximised.
        seconds: How long the relaxation may take.
        stop: Asked from another thread while it is written.

    Returns:
        None when it was not solved in time.

    Raises:
        StoppedError: `stop` became true on the way.
    """
    set_goal(model.cp, goal)
    proto = model.cp.proto
    folds = Folds(len(proto.variables), rows_of(proto, stop))
    gains = folds.terms(gains_of(proto).items())
    limits = folds.limits([(v.domain[0], v.domain[len(v.domain) - 1]) for v in proto.variables])
    columns = [Column(low, high, whole=False) for low, high in limits]
    solved = _prices(columns, gains, folds.rows, seconds)
    if solved is None:
        return None
    prices, basic = solved
    steps = -round(proto.objective.offset) * GRID
    left = [gains.get(column, 0) * GRID for column in range(len(columns))]
    for row, price in zip(folds.rows, prices, strict=True):
        end = row.high if price > 0 else row.low
        # Rounding may leave a price on a side that has no limit: there it is nothing.
        if price and isfinite(end):
            steps += price * round(end)
            for column, coefficient in zip(row.variables, row.coefficients, strict=True):
                left[column] -= price * coefficient
    choices = []
    for column, gain in enumerate(left):
        side = columns[column].high if gain > 0 else columns[column].low
        steps += gain * side
        held = {variable: factor * side for variable, factor in folds.members[column]}
        choices.append(Choice(held, abs(gain)))
    # Sorting is stable, so choices that lose the same stay in the order of the model.
    choices.sort(key=lambda choice: choice.loss)
    return Relaxed(tuple(choices), basic, steps)


def _prices(
    columns: Sequence[Column], gains: Mapping[int, int], rows: Sequence[Row], seconds: float
) -> tuple[list[int], int] | None:
    """A price for each row in steps of the grid, and how many columns are in the basis."""
    linear = LinearModel.from_model_proto(linear_of(columns, gains, rows))
    parameters = SolveParameters(time_limit=dt.timedelta(seconds=seconds))
    found = solve(linear, SolverType.GLOP, params=parameters)
    if not found.has_dual_feasible_solution() or not found.has_basis():
        return None
    prices = {row.id: price for row, price in found.dual_values().items()}
    basic = sum(status == BasisStatus.BASIC for status in found.variable_status().values())
    return [round(prices[index] * GRID) for index in range(len(rows))], basic
