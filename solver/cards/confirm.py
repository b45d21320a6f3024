"""A second opinion before anything is called impossible: a solve of another kind must agree.

It shares the model with the engine but not the way it is searched: no presolve, another seed, one worker.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.exact.model import Model, StoppedError
from solver.exact.run import Goal, run
from solver.exact.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.exact.run import Status
    from solver.problem import Problem
    from solver.settings import Settings

ANY_PLAN = Goal(None, maximise=True, stage=1, doing="second opinion", offers=False)


def no_plan(
    problem: Problem, settings: Settings, seconds: float, cancel: Callable[[], bool] | None = None
) -> bool | None:
    """Whether no plan keeps all locks and rules of `problem`, asked in another way than `solve` asks.

    Args:
        problem: A valid problem with locks.
        settings: Those of the first opinion; the second one uses another seed.
        seconds: Most seconds it may take.
        cancel: Asked now and then; True ends it.

    Returns:
        True when that is proven, False when a plan was found, None when neither in time.
    """
    other = replace(settings, seed=(settings.seed + 1) % 2**31, workers=1)
    watch = Watch(problem, seconds, None, cancel)
    try:
        model = Model(problem, watch.stopped)
    except StoppedError:
        return None
    status: Status = run(model, ANY_PLAN, other, watch, presolve=False).status
    return {"infeasible": True, "unknown": None}.get(status, False)
