"""One competitor in a process of its own: a task in on standard input, an answer out on standard output.

`python -m solver.bench.racer` is started by `race`, which watches its time and memory from outside.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

from solver.files import read_problem

if TYPE_CHECKING:
    from solver.bench.peer_solvers import Found
    from solver.plan import Plan
    from solver.problem import Problem

Answer = dict[str, Any]

RESERVE = 0.05
"""Share of the limit, at most 2 s, that a competitor keeps to write its plan down."""


class Clock:
    """What is left of the competitor's time, counted from the start of its process."""

    def __init__(self, limit_s: float) -> None:
        self._end = monotonic() + limit_s - min(2.0, RESERVE * limit_s)

    def left(self) -> float:
        """Seconds, at least a tenth."""
        return max(0.1, self._end - monotonic())


def run(name: str, problem: Problem, clock: Clock, workers: int, seed: int) -> Answer:
    """The answer of competitor `name`: plan, bound, how it ended."""
    if name == "engine":
        return _engine(problem, clock, workers, seed)
    if name.startswith("greedy"):
        return _greedy(name, problem)
    return _one_model(name, problem, clock, workers, seed)


def _engine(problem: Problem, clock: Clock, workers: int, seed: int) -> Answer:
    from solver.settings import Settings
    from solver.solve import solve

    result = solve(problem, Settings(seed=seed, workers=workers, wall_limit_s=clock.left()))
    # Optimal is said of the value; the stages after it may still have been at work.
    known = {"conflict": "infeasible", "wall_limit": "limit"}
    ended = "optimal" if result.status == "optimal" else known.get(result.stopped, result.stopped)
    answer = _answer(result.plan, result.bound, ended)
    return answer | {"first_plan_s": result.first_plan_s, "reproducible": result.reproducible}


def _greedy(name: str, problem: Problem) -> Answer:
    from solver.bench.peer_greedy import CannotPlanError, by_filing, by_value_per_hour, greedy_plan

    try:
        plan = greedy_plan(problem, by_filing if name == "greedy-filing" else by_value_per_hour)
    except CannotPlanError as error:
        return _answer(None, None, f"does not apply: {error}")
    return _answer(plan, None, "done")


def _one_model(name: str, problem: Problem, clock: Clock, workers: int, seed: int) -> Answer:
    from solver.bench.one_model_rules import CannotStateError, one_model
    from solver.bench.peer_solvers import cp_sat, math_opt

    try:
        model = one_model(problem)
    except CannotStateError as error:
        return _answer(None, None, f"does not apply: {error}")
    found: Found
    if name == "cp-sat":
        found = cp_sat(model.program, clock.left(), workers, seed)
    else:
        found = math_opt("HIGHS" if name == "highs" else "GSCIP", model.program, clock.left(), seed)
    plan = None if found.values is None else model.plan(found.values)
    variables, rows = model.program.size()
    return _answer(plan, found.bound, found.ended) | {"variables": variables, "rows": rows}


def _answer(plan: Plan | None, bound: int | None, ended: str) -> Answer:
    return {"plan": None if plan is None else asdict(plan), "bound": bound, "ended": ended}


def main() -> None:
    """Read the task, compete, write the answer."""
    head = json.loads(sys.stdin.buffer.readline())
    clock = Clock(head["limit_s"])
    problem = read_problem(sys.stdin.buffer.read())
    # A solver's own chatter must not mix with the answer, nor what HiGHS writes past Python.
    out, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)
    answer = run(head["name"], problem, clock, head["workers"], head["seed"])
    out.write(json.dumps(answer))
    out.close()


if __name__ == "__main__":
    main()
