"""Running CP-SAT once: in a thread of its own, so that the caller can look on and stop it.

Solver values are read only when the status allows it; after any other status they are garbage.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.exact.model import Model
    from solver.exact.types import Expr
    from solver.exact.watch import Watch
    from solver.plan import Plan
    from solver.settings import Settings

Status = Literal["optimal", "feasible", "infeasible", "unknown"]

POLL_S = 0.1
"""Seconds between two looks at a running search."""

_STATUS: dict[object, Status] = {
    cp_model.OPTIMAL: "optimal",
    cp_model.FEASIBLE: "feasible",
    cp_model.INFEASIBLE: "infeasible",
    cp_model.UNKNOWN: "unknown",
}


class ModelInvalidError(Exception):
    """CP-SAT refuses the model; the message is its own reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of CP-SAT.

    Attributes:
        plan: The best plan found, None unless the status is optimal or feasible.
        objective: What the engine says that plan is worth in the objective of the run.
        bound: What no plan exceeds (or falls below, when minimising); None when nothing is known.
        work: Units of work used.
    """

    status: Status
    plan: Plan | None
    objective: int | None
    bound: int | None
    work: float


@dataclass(frozen=True, slots=True)
class Goal:
    """What one run is after.

    Attributes:
        expression: What is maximised or minimised; None when any plan will do.
        stage: The stage it belongs to, 1 to 5.
        doing: The stage in words.
        offers: Whether its plans are plans of the watched problem, to be verified and shown.
    """

    expression: Expr | None
    maximise: bool
    stage: int
    doing: str
    offers: bool = True


def run(
    model: Model,
    goal: Goal,
    settings: Settings,
    watch: Watch,
    *,
    seconds: float | None = None,
    work: float | None = None,
    presolve: bool = True,
    enough: Callable[[], bool] | None = None,
    held: Mapping[int, int] | None = None,
) -> Outcome:
    """Search for the goal within `seconds` (None: what the watch leaves) and `work` units (None: no limit).

    The search ends early when `enough` becomes true. Variables in `held`, by number, are held at a value in
    this run; what is proven then is about the plans in which they have it.

    Raises:
        ModelInvalidError: CP-SAT refuses the model.
        RefereeError: A plan on the way breaks a rule.
    """
    set_goal(model.cp, goal)
    solver = _solver(settings, watch.left() if seconds is None else seconds, work)
    solver.parameters.cp_model_presolve = presolve
    seen = _Seen()
    solver.best_bound_callback = seen.see_bound
    cp = _holding(model.cp, held) if held else model.cp
    thread = threading.Thread(target=_search, args=(solver, cp, seen), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(POLL_S)
            _look(model, goal, watch, seen)
            if watch.stopped() or (enough is not None and enough()):
                solver.stop_search()
    finally:
        # Whatever the caller's own functions raise, no search goes on behind their back.
        while thread.is_alive():
            solver.stop_search()
            thread.join(POLL_S)
    if seen.error is not None:
        raise seen.error
    return _outcome(model, goal, solver)


def set_goal(cp: cp_model.CpModel, goal: Goal) -> None:
    """Make the goal the objective of the model.

    Raises:
        ModelInvalidError: CP-SAT refuses the model.
    """
    cp.clear_objective()  # type: ignore[no-untyped-call]  # - untyped in the library
    if goal.expression is not None:
        (cp.maximize if goal.maximise else cp.minimize)(goal.expression)
    complaint = cp.validate()
    if complaint:
        raise ModelInvalidError(complaint)


def _holding(cp: cp_model.CpModel, held: Mapping[int, int]) -> cp_model.CpModel:
    """A copy of the model in which some variables have one value left."""
    copy = cp.clone()
    for index, value in held.items():
        domain = copy.proto.variables[index].domain
        domain.clear()
        domain.extend((value, value))
    return copy


def _solver(settings: Settings, seconds: float, work: float | None) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.max_time_in_seconds = max(0.01, seconds)
    parameters.random_seed = settings.seed
    parameters.num_workers = settings.workers
    # Ctrl-C is the caller's: else CP-SAT takes it, and once it has ended Ctrl-C kills the process.
    parameters.catch_sigint_signal = False
    if work is not None:
        parameters.max_deterministic_time = work
    if settings.mode == "deterministic" and settings.workers > 1:
        # Workers then take turns in a fixed order, so the plan does not depend on the load of the machine.
        parameters.interleave_search = True
    return solver


class _Seen(cp_model.CpSolverSolutionCallback):
    """The newest solution and bound of a running search, handed from its thread to the caller's."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self._lock = threading.Lock()
        self._values: list[int] | None = None
        self.bound: float | None = None

    def on_solution_callback(self) -> None:
        values = list(self.response_proto.solution)
        with self._lock:
            self._values = values

    def see_bound(self, bound: float) -> None:
        self.bound = bound

    def take(self) -> list[int] | None:
        """The newest solution not yet taken."""
        with self._lock:
            values, self._values = self._values, None
        return values


def _search(solver: cp_model.CpSolver, cp: cp_model.CpModel, seen: _Seen) -> None:
    try:
        solver.solve(cp, seen)
    except BaseException as error:  # noqa: BLE001 - the caller's thread raises it again
        seen.error = error


def _look(model: Model, goal: Goal, watch: Watch, seen: _Seen) -> None:
    values = seen.take()
    if values is not None and goal.offers:
        watch.offer(model.plan(values))
    bound = seen.bound
    watch.show(goal.stage, round(bound) if goal.stage == 3 and bound is not None else None, goal.doing)


def _outcome(model: Model, goal: Goal, solver: cp_model.CpSolver) -> Outcome:
    response = solver.response_proto
    code = response.status
    if code not in _STATUS:
        raise ModelInvalidError(response.solution_info or "CP-SAT calls the model invalid")
    status = _STATUS[code]
    if status not in ("optimal", "feasible"):
        return Outcome(status, None, None, None, response.deterministic_time)
    plan = model.plan(list(response.solution))
    if goal.expression is None:
        return Outcome(status, plan, None, None, response.deterministic_time)
    return Outcome(
        status, plan, solver.value(goal.expression), _bound(model, goal, solver), response.deterministic_time
    )


def _bound(model: Model, goal: Goal, solver: cp_model.CpSolver) -> int:
    """The proven bound as an integer.

    The engine's own bound is an integer before it becomes a float; the float only says that it was set.
    """
    rough = solver.best_objective_bound
    exact = solver.response_proto.inner_objective_lower_bound + round(model.cp.proto.objective.offset)
    exact = -exact if goal.maximise else exact
    return exact if abs(exact - rough) <= 1 + abs(rough) * 1e-9 else round(rough)
