"""A bound by cutting planes, found in a process of its own while the search goes on.

HiGHS cannot be interrupted, so it gets a process that can be killed. Hours are left continuous, which only
makes the bound looser. The proven bound is taken from it, rounded up by more than floating point
can be wrong, and a plan only after the referee has verified it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from math import floor, isfinite
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from ortools.math_opt import model_pb2

from solver.exact.linear import Column, gains_of, go_on, linear_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.exact.model import Model

DOUBT = 1e-7
"""What is added to the bound, as a share of it: HiGHS keeps its rows within 1e-7."""

HANDING_S, HANDING = 0.5, 0.05
"""Seconds, and part of what is left, in which the answer is handed over."""

SHORTEST_S = 5.0
"""Seconds below which no cut would be found."""


class Cuts:
    """A bound in the making. `stop` must be called in the end."""

    def __init__(self, message: bytes, seconds: float) -> None:
        """Begin looking for a bound on what the model of a `message_of` maximises, for some seconds."""
        self._deadline = monotonic() + seconds
        with tempfile.TemporaryFile() as file:
            file.write(message)
            file.seek(0)
            self._process: subprocess.Popen[str] | None = subprocess.Popen(  # noqa: S603 - our own module and a number
                [sys.executable, "-m", "solver.exact.cuts", str(self._deadline)],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                text=True,
            )

    def running(self) -> bool:
        """Whether a bound may still come."""
        return (
            self._process is not None and self._process.poll() is None and monotonic() < self._deadline + 1.0
        )

    def stop(self) -> Found | None:
        """End the process; what it found when it was done, else None."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.poll() is None:
            process.kill()
        said = process.communicate()[0].strip()
        if process.returncode != 0 or not said:
            return None
        # HiGHS now and then says something of its own first.
        answer = json.loads(said.splitlines()[-1])
        bound = answer["bound"]
        return Found(
            floor(bound + abs(bound) * DOUBT + 0.5) if bound is not None else None,
            None if answer["values"] is None else tuple(answer["values"]),
        )


class Found(NamedTuple):
    """What HiGHS found.

    Attributes:
        bound: No plan has a greater objective; None when nothing is known.
        values: A solution, the value of every variable rounded; None when there is none.
    """

    bound: int | None
    values: tuple[int, ...] | None


def message_of(model: Model, stop: Callable[[], bool] = lambda: False) -> bytes:
    """The model and what it maximises, as HiGHS reads it: literals whole, hours continuous.

    Raises:
        StoppedError: `stop` became true on the way.
    """
    proto = model.cp.proto
    hours = {variable.index for variable in model.hours.values()}
    columns = [
        Column(v.domain[0], v.domain[len(v.domain) - 1], index not in hours)
        for index, v in enumerate(proto.variables)
    ]
    rows = list(rows_of(proto, stop))
    linear = linear_of(columns, gains_of(proto), rows, lambda: go_on(stop))
    linear.objective.offset = -float(proto.objective.offset)
    return bytes(linear.SerializeToString())


def main() -> None:
    """Read a model from standard input, look for its bound and a solution and print them."""
    from ortools.math_opt.python.model import Model as LinearModel
    from ortools.math_opt.python.parameters import SolveParameters, SolverType
    from ortools.math_opt.python.solve import solve

    model = LinearModel.from_model_proto(model_pb2.ModelProto.FromString(sys.stdin.buffer.read()))
    # The clock is the same in all processes of a machine; loading may have taken a while.
    left = max(0.1, (float(sys.argv[1]) - monotonic()) * (1 - HANDING) - HANDING_S)
    parameters = SolveParameters(
        time_limit=dt.timedelta(seconds=left),
        # Its usual gap calls a plan optimal that is a ten-thousandth off; money is whole.
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.9,
    )
    found = solve(model, SolverType.HIGHS, params=parameters)
    bound, values = found.termination.objective_bounds.dual_bound, None
    if found.has_primal_feasible_solution():
        by_id = {variable.id: value for variable, value in found.variable_values().items()}
        values = [round(by_id[index]) for index in range(len(by_id))]
    answer = {"bound": bound if isfinite(bound) else None, "values": values}
    print(json.dumps(answer))  # noqa: T201 - how the answer is handed back


if __name__ == "__main__":
    main()
