"""The linear relaxation: a bound for every plan, and a good idea of who should do what.

HiGHS solves the model without integrality. Its prices give the bound by weak duality in exact integers, so
no rounding of a float can make the bound too small, however bad the prices are. Its amounts tell which grants
and which pairs matter; on problems of this kind nearly all grants of the relaxation are whole.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from ortools.math_opt import model_pb2
from ortools.math_opt.python.model import Model as LinearModel
from ortools.math_opt.python.parameters import SolveParameters, SolverType
from ortools.math_opt.python.result import SolveResult, TerminationReason
from ortools.math_opt.python.solve import solve as solve_linear

from solver.exact_run import Goal, set_goal
from solver.exact_start import Guide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ortools.sat.python import cp_model

    from solver.exact import Model
    from solver.exact_watch import Watch

ITERATIONS = 20_000
"""Most simplex iterations; counted, so that the relaxation ends at the same point on every machine."""

MOST_VARIABLES = 20_000
"""Beyond this the relaxation would take longer than it is worth."""

SCALE = 2**20
"""Prices are rounded to this part of a money unit before they prove the bound."""

POLL_S = 0.1
"""Seconds between two questions whether to stop."""


@dataclass(frozen=True)
class Relaxation:
    """What the relaxation says.

    Attributes:
        bound: No plan has a greater objective.
        values: The value of every variable, in order.
        gains: What the objective would gain from one more of each variable, in order; negative for pairs that
            the prices make too dear.
    """

    bound: int
    values: Sequence[float]
    gains: Sequence[float]


class _Row(NamedTuple):
    """low <= sum of coefficients x variables <= high."""

    low: float
    high: float
    variables: Sequence[int]
    coefficients: Sequence[int]


def relax(model: Model, goal: Goal, watch: Watch, seconds: float) -> Relaxation | None:
    """The relaxation of `model` for a goal to be maximised; None when it would take too much work.

    Raises:
        TimeoutError: `seconds` were over first, or the caller stops.
    """
    set_goal(model.cp, goal)
    proto = model.cp.proto
    if len(proto.variables) > MOST_VARIABLES:
        return None
    rows = list(_rows(proto))
    found = _solved(_linear(proto, rows), watch, seconds)
    if found.termination.reason is not TerminationReason.OPTIMAL:
        return None
    values = {variable.id: value for variable, value in found.variable_values().items()}
    prices = {row.id: price for row, price in found.dual_values().items()}
    bound, gains = _prove(proto, rows, [prices[index] for index in range(len(rows))])
    return Relaxation(bound, [values[index] for index in range(len(proto.variables))], gains)


def _solved(linear: model_pb2.ModelProto, watch: Watch, seconds: float) -> SolveResult:
    """The answer of HiGHS, which cannot be interrupted: when the caller stops it is left to its own limit."""
    limit = dt.timedelta(seconds=max(POLL_S, seconds))
    parameters = SolveParameters(iteration_limit=ITERATIONS, time_limit=limit)
    answer: list[SolveResult] = []

    def work() -> None:
        answer.append(solve_linear(LinearModel.from_model_proto(linear), SolverType.HIGHS, params=parameters))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not watch.stopped():
        thread.join(POLL_S)
    if not answer or answer[0].solve_stats.solve_time >= limit:
        raise TimeoutError("the relaxation took too long")
    return answer[0]


def _rows(proto: cp_model.CpModelProto) -> Iterator[_Row]:
    """The constraints of the model as rows; a literal -x - 1 is the negation of variable x."""
    for constraint in proto.constraints:
        if constraint.has_linear():
            domain = constraint.linear.domain
            low, high = domain[0], domain[len(domain) - 1]
            yield _Row(
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


def _clause(literals: Sequence[int], low: float, high: float) -> _Row:
    negated = sum(literal < 0 for literal in literals)
    variables = [literal if literal >= 0 else -literal - 1 for literal in literals]
    return _Row(low - negated, high - negated, variables, [1 if literal >= 0 else -1 for literal in literals])


def _linear(proto: cp_model.CpModelProto, rows: Sequence[_Row]) -> model_pb2.ModelProto:
    linear = model_pb2.ModelProto()
    count = len(proto.variables)
    linear.variables.ids.extend(range(count))
    linear.variables.lower_bounds.extend(low for low, _ in _domains(proto))
    linear.variables.upper_bounds.extend(high for _, high in _domains(proto))
    linear.variables.integers.extend([False] * count)
    linear.objective.maximize = True
    gains = _objective(proto)
    used = [index for index in range(count) if gains[index]]
    linear.objective.linear_coefficients.ids.extend(used)
    linear.objective.linear_coefficients.values.extend(float(gains[index]) for index in used)
    linear.linear_constraints.ids.extend(range(len(rows)))
    linear.linear_constraints.lower_bounds.extend(row.low for row in rows)
    linear.linear_constraints.upper_bounds.extend(row.high for row in rows)
    matrix = linear.linear_constraint_matrix
    for index, row in enumerate(rows):
        summed: dict[int, int] = {}
        for variable, coefficient in zip(row.variables, row.coefficients, strict=True):
            summed[variable] = summed.get(variable, 0) + coefficient
        for variable in sorted(summed):
            matrix.row_ids.append(index)
            matrix.column_ids.append(variable)
            matrix.coefficients.append(summed[variable])
    return linear


def _domains(proto: cp_model.CpModelProto) -> list[tuple[int, int]]:
    return [(v.domain[0], v.domain[len(v.domain) - 1]) for v in proto.variables]


def _objective(proto: cp_model.CpModelProto) -> list[int]:
    """Coefficients to be maximised; the model stores them negated, to be minimised."""
    gains = [0] * len(proto.variables)
    for variable, coefficient in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
        gains[variable] -= coefficient
    return gains


def _prove(
    proto: cp_model.CpModelProto, rows: Sequence[_Row], prices: Sequence[float]
) -> tuple[int, list[float]]:
    """The bound that `prices` prove, and what each variable gains at these prices.

    For any prices y: objective = y (A x) + (c - y A) x, at most the best of each part by itself.
    """
    gains = [gain * SCALE for gain in _objective(proto)]
    bound = -round(proto.objective.offset) * SCALE
    for row, price in zip(rows, prices, strict=True):
        whole = round(price * SCALE)
        limit = row.high if whole > 0 else row.low
        if whole == 0 or abs(limit) == inf:
            continue
        bound += whole * int(limit)
        for variable, coefficient in zip(row.variables, row.coefficients, strict=True):
            gains[variable] -= whole * coefficient
    bound += sum(max(g * low, g * high) for g, (low, high) in zip(gains, _domains(proto), strict=True))
    return bound // SCALE, [gain / SCALE for gain in gains]


def guide(model: Model, relaxation: Relaxation) -> Guide:
    """The relaxation's grants and its share of each person in each line."""
    values = relaxation.values
    people = {
        (line, specialist): sum(values[hours.index] for hours in model.weeks_of(line, specialist).values())
        / max(model.problem.line[line].hours)
        for line, specialist in model.pairs
    }
    grants = {
        (request.id, level, option): values[literal.index]
        for request in model.problem.requests
        for level, option, literal in model.grants_of(request.id)
    }
    return Guide(grants, people)
