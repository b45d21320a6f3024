"""The exact engine's model as rows and columns, for solvers of linear programs."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from ortools.math_opt import model_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ortools.sat.python import cp_model


class Column(NamedTuple):
    """A variable from `low` to `high`, whole or not."""

    low: int
    high: int
    whole: bool


class Row(NamedTuple):
    """low <= sum of coefficients x variables <= high."""

    low: float
    high: float
    variables: Sequence[int]
    coefficients: Sequence[int]


def rows_of(proto: cp_model.CpModelProto, stop: Callable[[], bool]) -> Iterator[Row]:
    """The constraints of the model as rows; a literal -x - 1 is the negation of variable x.

    Raises:
        StoppedError: `stop` became true on the way.
    """
    for constraint in proto.constraints:
        go_on(stop)
        if constraint.has_linear():
            domain = constraint.linear.domain
            low, high = domain[0], domain[len(domain) - 1]
            yield Row(
                -inf if low < -(10**18) else low,
                inf if high > 10**18 else high,
                list(constraint.linear.vars),
                list(constraint.linear.coeffs),
            )
        elif constraint.has_bool_or():
            yield _clause(list(constraint.bool_or.literals), 1, inf)
        elif constraint.has_at_most_one():
            yield _clause(list(constraint.at_most_one.literals), -inf, 1)
        else:
            # The only other constraint of the model is an implication: its premise is off or its end is on.
            for literal in constraint.bool_and.literals:
                yield _clause([-constraint.enforcement_literal[0] - 1, literal], 1, inf)


def go_on(stop: Callable[[], bool]) -> None:
    """Raise StoppedError when `stop` says so."""
    if stop():
        # The process of the solver reads this file too, and has no use for the other engine.
        from solver.exact.model import StoppedError

        raise StoppedError


def _clause(literals: Sequence[int], low: float, high: float) -> Row:
    negated = sum(literal < 0 for literal in literals)
    variables = [literal if literal >= 0 else -literal - 1 for literal in literals]
    return Row(low - negated, high - negated, variables, [1 if literal >= 0 else -1 for literal in literals])


def gains_of(proto: cp_model.CpModelProto) -> dict[int, int]:
    """What the model maximises, by variable; it stores that negated, to be minimised."""
    gains: dict[int, int] = {}
    for variable, coefficient in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
        gains[variable] = gains.get(variable, 0) - coefficient
    return gains


def linear_of(
    columns: Sequence[Column],
    gains: Mapping[int, int],
    rows: Sequence[Row],
    look: Callable[[], None] = lambda: None,
) -> model_pb2.ModelProto:
    """A linear program that maximises the gains; `look` is called now and then while it is written."""
    linear = model_pb2.ModelProto()
    linear.variables.ids.extend(range(len(columns)))
    linear.variables.lower_bounds.extend(column.low for column in columns)
    linear.variables.upper_bounds.extend(column.high for column in columns)
    linear.variables.integers.extend(column.whole for column in columns)
    linear.objective.maximize = True
    used = sorted(gains)
    linear.objective.linear_coefficients.ids.extend(used)
    linear.objective.linear_coefficients.values.extend(float(gains[index]) for index in used)
    linear.linear_constraints.ids.extend(range(len(rows)))
    linear.linear_constraints.lower_bounds.extend(row.low for row in rows)
    linear.linear_constraints.upper_bounds.extend(row.high for row in rows)
    matrix = linear.linear_constraint_matrix
    for index, row in enumerate(rows):
        look()
        summed: dict[int, int] = {}
        for variable, coefficient in zip(row.variables, row.coefficients, strict=True):
            summed[variable] = summed.get(variable, 0) + coefficient
        for variable in sorted(summed):
            matrix.row_ids.append(index)
            matrix.column_ids.append(variable)
            matrix.coefficients.append(summed[variable])
    return linear
