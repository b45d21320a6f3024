"""Solvers off the shelf on one integer program: CP-SAT, and HiGHS and GSCIP through MathOpt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor, inf, isfinite
from typing import TYPE_CHECKING, Literal

from solver.bench.program import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

MathOptName = Literal["HIGHS", "GSCIP"]

SLACK = 1e-6
"""Relative size of the error in a floating point bound that is still forgiven when it is made whole."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a solver says.

    Attributes:
        values: One whole number per variable; None without a solution.
        bound: No solution has a greater objective; None when nothing is known.
        ended: "optimal", "limit", "infeasible", or what went wrong, in the solver's words.
    """

    values: Sequence[int] | None
    bound: int | None
    ended: str


def cp_sat(program: Program, seconds: float, workers: int, seed: int) -> Found:
    """CP-SAT as it comes, cold, on `workers` threads."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    variables = [
        model.new_int_var(low, high, "") for low, high in zip(program.low, program.high, strict=True)
    ]
    for columns, coefficients, least, most in program.rows():
        expression = cp_model.LinearExpr.weighted_sum([variables[c] for c in columns], coefficients)
        model.add_linear_constraint(expression, cp_model.INT_MIN if least is None else least, most)
    model.maximize(cp_model.LinearExpr.weighted_sum(variables, program.gain.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.1, seconds)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Found(None, None, "infeasible")
    # After UNKNOWN and MODEL_INVALID the solver's values and bound are garbage.
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, None, "limit" if status == cp_model.UNKNOWN else "model refused")
    bound = floor(solver.best_objective_bound) + program.constant
    values = [solver.value(variable) for variable in variables]
    return Found(values, bound, "optimal" if status == cp_model.OPTIMAL else "limit")


def math_opt(name: MathOptName, program: Program, seconds: float, seed: int) -> Found:
    """HiGHS or GSCIP on the threads they choose: MathOpt can set that for neither.

    They count in floating point, so values are rounded, and the referee judges the plan.
    """
    from ortools.math_opt.python.model import Model
    from ortools.math_opt.python.parameters import SolveParameters, SolverType
    from ortools.math_opt.python.result import TerminationReason
    from ortools.math_opt.python.solve import solve

    model = Model()
    variables = [
        model.add_variable(lb=low, ub=high, is_integer=True)
        for low, high in zip(program.low, program.high, strict=True)
    ]
    for columns, coefficients, least, most in program.rows():
        row = model.add_linear_constraint(lb=-inf if least is None else least, ub=most)
        for column, coefficient in zip(columns, coefficients, strict=True):
            row.set_coefficient(variables[column], coefficient)
    for variable, gain in zip(variables, program.gain, strict=True):
        if gain:
            model.objective.set_linear_coefficient(variable, gain)
    model.objective.is_maximize = True
    parameters = SolveParameters(
        time_limit=timedelta(seconds=max(0.1, seconds)),
        random_seed=seed,
        # The default calls a plan optimal that is 1 in 10,000 short of it.
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.5,
    )
    try:
        result = solve(model, SolverType[name], params=parameters)
        reason = result.termination.reason
        if reason == TerminationReason.INFEASIBLE:
            return Found(None, None, "infeasible")
        bound = _whole(result.dual_bound())
        values = None
        if result.has_primal_feasible_solution():
            values = [round(value) for value in result.variable_values(variables)]
    except Exception as error:  # noqa: BLE001 - MathOpt shows a solver's trouble as errors of many types.
        cause = error.__context__ or error
        return Found(None, None, f"{type(cause).__name__}: {str(cause)[:200]}")
    optimal = reason == TerminationReason.OPTIMAL
    return Found(
        values, None if bound is None else bound + program.constant, "optimal" if optimal else "limit"
    )


def _whole(bound: float) -> int | None:
    """A floating point upper bound as the whole number that is certainly not below it."""
    if not isfinite(bound) or abs(bound) > 1e17:
        return None
    return floor(bound + 0.5) if abs(bound - round(bound)) <= SLACK * max(1.0, abs(bound)) else ceil(bound)
