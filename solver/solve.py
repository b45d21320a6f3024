"""The one door of the engine: a problem in, the best plan found and the facts about the ending out."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from solver import referee
from solver.cards.without import breadth
from solver.exact.ending import Ending
from solver.exact.start import ORDERS, greedy, salvage
from solver.exact.watch import Watch
from solver.files import lock_row, problem_hash
from solver.plan import Plan, Result
from solver.settings import Settings
from solver.validate import require_valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from solver.plan import Measures, Progress
    from solver.problem import Problem

DEFAULT = Settings()

SIMPLE = 40_000
"""Weeks x eligible people over all lines up to which plain greedy plans come first; beyond, the motor's."""

BRIEF = 400_000
"""The same beyond which one plain greedy plan has to do where the motor is not to be had at once."""

LOADING_S = 0.5
"""Seconds of a core that loading CP-SAT takes."""

BRIEFLY = 0.5
"""Most part of the wall limit for granting by it."""


def solve(
    problem: Problem,
    settings: Settings = DEFAULT,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    start: Plan | None = None,
    reasons: bool = False,
    executor: Executor | None = None,
) -> Result:
    """The best plan found within the limits of `settings`.

    Args:
        problem: What is to be planned; it is checked first.
        settings: Mode, seed, workers and limits; the result says how work was limited.
        progress: Called in the caller's thread about once a second and on each better verified plan.
        cancel: Asked in the caller's thread at least every half second; True keeps the best plan so far.
        start: A plan to begin from; what breaks a rule in it is dropped, and the result is never worse than
            what is left.
        reasons: Whether to say why each request is below its top level, which takes further solves within
            the same limits.
        executor: Who searches the parts of a large problem, of any kind; None for processes of our own. They
            are spawned, so a script that solves large problems guards its start with `__name__`. What an
            executor fails to answer is searched here.

    Returns:
        The result; its plan is None when the locks contradict each other or no plan was found in time.

    Raises:
        ProblemErrors: The problem is malformed; all errors at once.
        RefereeError: The engine made a plan that breaks a rule or is worth something else than it says.
        SolverDisagreementError: Two runs of the engine contradict each other.
        ModelInvalidError: CP-SAT refuses the model.
    """
    if reasons:
        from solver.cards.short import explained, searching

        limits = searching(settings)
        result = solve(problem, limits, progress=progress, cancel=cancel, start=start, executor=executor)
        return explained(problem, result, settings, cancel=cancel)
    watch = Watch(problem, settings.wall_limit_s, progress, cancel, executor)
    require_valid(problem)
    kept = None if start is None else salvage(problem, start)
    if kept is not None:
        watch.offer(kept)
    _first_plan(problem, settings, watch)
    watch.show(1, None, "first plan")
    # What takes long on a large problem is not left for after the limit.
    mark = problem_hash(problem)
    if watch.best is not None and (watch.stopped() or _too_late(watch)):
        ending = _at_once(settings, watch)
    else:
        # CP-SAT takes seconds to load; verifying a plan or reading a file must not wait for it.
        from solver.apart import search

        ending = search(problem, settings, watch, None if kept or start is None else _near(problem, start))
    return _result(problem, mark, ending, watch)


def _first_plan(problem: Problem, settings: Settings, watch: Watch) -> None:
    """Offer a plan that is no worse than what a walk down a list makes, before anything else is loaded."""
    size = breadth(problem)
    if size <= SIMPLE:
        simple = greedy(problem)
    else:
        # A plan to begin from is rarely bettered by a greedy one.
        if watch.best is not None:
            return
        from solver import motor

        if motor.begin(problem, settings, watch):
            return

        def over() -> bool:
            return watch.stopped() or watch.seconds() > BRIEFLY * settings.wall_limit_s

        simple = greedy(problem, ORDERS if size <= BRIEF else ORDERS[:1], over)
    if simple is not None:
        watch.offer(simple)


def _near(problem: Problem, start: Plan) -> Plan | None:
    """What can be kept of `start` but for the grants that locks newly ask for."""
    asked = tuple(lock for lock in problem.locks if lock.kind == "min_level")
    without = tuple(lock for lock in problem.locks if lock.kind != "min_level")
    return salvage(replace(problem, locks=without), start) if asked else None


def _too_late(watch: Watch) -> bool:
    """Whether the limit would come while the other engine is loaded, which cannot be ended."""
    return "ortools" not in sys.modules and watch.left() < LOADING_S * watch.slowness()


def _at_once(settings: Settings, watch: Watch) -> Ending:
    """The best plan so far when nothing more is to be done."""
    assert watch.best is not None  # noqa: S101 - the caller looked
    return Ending(
        *watch.best,
        stopped="cancelled" if watch.cancelled else "wall_limit",
        proven_stages=(),
        bound=None,
        reproducible=False,
        settings=settings,
    )


def _result(problem: Problem, mark: str, ending: Ending, watch: Watch) -> Result:
    plan, best = ending.plan, watch.best
    if plan is not None and best is not None and plan is best[0] and ending.measures == best[1]:
        # It was verified when it was offered, which takes seconds for a large one.
        measures: Measures | None = best[1]
    else:
        measures = None if plan is None else referee.check(problem, plan, ending.measures)
    proven = ending.proven_stages
    return Result(
        problem=problem.name,
        problem_hash=mark,
        status="none" if plan is None else "optimal" if 3 in proven else "feasible",
        stopped=ending.stopped,
        proven_stages=proven,
        plan=plan,
        measures=measures,
        bound=ending.bound,
        seconds=watch.seconds(),
        reproducible=ending.reproducible and not watch.hurried,
        settings=ending.settings,
        conflicts=tuple(lock_row(lock) for lock in ending.conflicts),
        first_plan_s=watch.first_plan_s,
        uncompiled=watch.uncompiled,
    )
