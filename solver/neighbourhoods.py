"""Improving a plan piece by piece: some requests are set free, all others stand, CP-SAT solves the rest.

One model is made once; each piece is a copy of it in which the grants and hours of the other requests are
fixed. Pieces of one round are chosen before any of them is solved and the best answer is kept, so that the
plan depends on the seed, the work limit and the number of workers, not on the load of the machine.
Large neighbourhood search: P. Shaw, "Using constraint programming and local search methods to solve vehicle
routing problems", CP 1998.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver import referee
from solver.exact_view import View

if TYPE_CHECKING:
    from concurrent.futures import Future

    from solver.exact import Model
    from solver.exact_types import Expr
    from solver.exact_watch import Watch
    from solver.plan import Measures, Plan
    from solver.problem import Problem
    from solver.settings import Settings

PIECE_WORK = 1.0
"""Units of work one piece may use."""

SIZES = (6, 8, 10, 12, 16)
"""Requests in a piece; small ones are quick, large ones find more."""

SHORT = 0.7
"""How often a piece is made around a request that does not get all it asks for."""

NOISE = (0.4, 1.6)
"""By what the closeness of two requests is multiplied, so that no two pieces are alike."""

POLL_S = 0.05

Answer = tuple["Plan | None", float]
"""The plan of a piece and the work used."""


def improve(
    model: Model, goal: Expr, settings: Settings, watch: Watch, *, seconds: float, work: float | None
) -> float:
    """Better plans than the watch's best, offered to it one by one; the units of work used.

    Args:
        model: Of the whole problem, with what earlier stages reached stated in it.
        goal: What is maximised.
        settings: Seed and workers; each worker solves one piece at a time.
        watch: Holds the plan to begin from and is told every better one.
        seconds: How long at most.
        work: Units of work at most; None is no limit.

    Raises:
        RefereeError: A plan breaks a rule.
    """
    search = _Search(model, goal, settings, watch)
    until = watch.seconds() + seconds
    with ThreadPoolExecutor(settings.workers) as pool:
        while watch.seconds() < until and not watch.stopped() and (work is None or search.work < work):
            search.round(pool, until)
    return search.work


class _Search:
    """The rounds: which requests are related, the plan it stands on, what was used."""

    def __init__(self, model: Model, goal: Expr, settings: Settings, watch: Watch) -> None:
        self._model = model
        self._watch = watch
        self._workers = settings.workers
        self._random = random.Random(settings.seed)  # noqa: S311 - a search, no secret
        self._related = _relations(model.problem)
        self._stand = watch.best
        self.work = 0.0
        model.cp.clear_objective()  # type: ignore[no-untyped-call]  # - untyped in the library
        model.cp.maximize(goal)
        model.cp.clear_hints()  # type: ignore[no-untyped-call]  # - untyped in the library

    def round(self, pool: ThreadPoolExecutor, until: float) -> None:
        """Solve one piece per worker and stand on the best answer, also when it is only as good."""
        if self._stand is None:
            return
        plan, measures = self._stand
        view = View(self._model.problem, plan)
        solvers = [self._solver(until) for _ in range(self._workers)]
        tasks: list[Future[Answer]] = [
            pool.submit(_solve, self._model, self._piece(view, self._choose(view)), solver)
            for solver in solvers
        ]
        while wait(tasks, POLL_S).not_done:
            self._watch.show(3, None, "pieces")
            if self._watch.stopped():
                for solver in solvers:
                    solver.stop_search()
        for task in tasks:
            found, used = task.result()
            self.work += used
            if found is not None:
                reached = referee.check(self._model.problem, found)
                if _standing(reached) >= _standing(measures):
                    self._stand, measures = (found, reached), reached
                    self._watch.offer(found)

    def _solver(self, until: float) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._random.randrange(2**31)
        solver.parameters.max_deterministic_time = PIECE_WORK
        solver.parameters.max_time_in_seconds = max(0.01, until - self._watch.seconds())
        return solver

    def _choose(self, view: View) -> set[str]:
        """Requests to set free: one, mostly one that is short, and those that compete with it most."""
        everybody = self._model.problem.requests
        short = [r for r in everybody if not view.granted(r.id, len(r.levels) - 1)]
        among = short if short and self._random.random() < SHORT else everybody
        first = self._random.choice(among).id
        noisy = {other: close * self._random.uniform(*NOISE) for other, close in self._related[first].items()}
        ranked = sorted(noisy, key=lambda other: (-noisy[other], other))
        return {first, *ranked[: self._random.choice(SIZES) - 1]}

    def _piece(self, view: View, free: set[str]) -> cp_model.CpModel:
        """A copy of the model in which everything but the `free` requests stands as it is."""
        piece = self._model.cp.clone()
        for request in self._model.problem.requests:
            stands = request.id not in free
            for level, option, literal in self._model.grants_of(request.id):
                _put(piece, literal.index, int(view.granted(request.id, level, option)), stands)
        for (line, specialist, week), hours in self._model.hours.items():
            stands = self._model.problem.request_of[line].id not in free
            _put(piece, hours.index, view.amount(line, week, specialist), stands)
        return piece


def _put(piece: cp_model.CpModel, index: int, value: int, stands: bool) -> None:
    variable = piece.get_int_var_from_proto_index(index)
    if stands:
        piece.add(variable == value)
    else:
        piece.add_hint(variable, value)


def _solve(model: Model, piece: cp_model.CpModel, solver: cp_model.CpSolver) -> Answer:
    status = solver.solve(piece)
    used = solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, used
    return model.plan(list(solver.response_proto.solution)), used


def _standing(measures: Measures) -> tuple[int, int, int, int]:
    """What makes one plan better than another up to the value; greater is better."""
    return (
        -len(measures.broken_obligations),
        measures.floor_share,
        -measures.floor_shortfall,
        measures.value,
    )


def _relations(problem: Problem) -> dict[str, dict[str, float]]:
    """How much each two requests compete, summed over their lines: shared people where weeks overlap."""
    lines = {r.id: sorted({line for option in r.options for line in option}) for r in problem.requests}
    able = {line.id: frozenset(problem.eligible[line.id]) for line in problem.lines}

    def close(one: str, other: str) -> float:
        a, b = problem.line[one], problem.line[other]
        apart = a.first_week > b.last_week or b.first_week > a.last_week
        shared = 0 if apart else len(able[one] & able[other])
        return shared / len(able[one] | able[other]) if shared else 0.0

    return {
        one: {
            other: sum(close(a, b) for a in lines[one] for b in lines[other])
            for other in lines
            if other != one
        }
        for one in lines
    }
