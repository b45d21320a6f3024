"""The motor: tighten, price, construct, search. A plan and a bound for problems of any size.

Only its door is here; what it needs is loaded when it is worth while.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.exact.watch import Watch
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.settings import Settings

COMPILING_S = 150.0
"""Seconds without which compiling is not waited for while another engine is at hand."""

LOADING_S = 0.75
"""Seconds of a core without which what is compiled is not loaded, which cannot be ended."""

COMPILING = "compiling the engine's loops once, about 2 minutes"
"""What is told meanwhile."""

DRIVING = "solver.search.driving"
"""The module that drives; it loads the compiled loops."""


@dataclass(frozen=True)
class Motored:
    """What the motor found; its plans were offered to the watch.

    Attributes:
        bound: No plan has a greater stage-3 value; None when it is not known or no plan can keep the locks.
        broken: Obligations that no plan keeps; fewer cannot be broken.
        hurried: The clock or the caller bent the search, so another run may end elsewhere.
        work: Units of work used.
    """

    bound: int | None
    broken: int
    hurried: bool
    work: float


def begin(problem: Problem, settings: Settings, watch: Watch) -> bool:
    """Offer a first plan to `watch`, which `drive` goes on from; whether the compiled code was there in time.

    Other engines take seconds to load, and no search is needed for this.
    """
    if DRIVING not in sys.modules and watch.left() < LOADING_S * watch.slowness():
        watch.hurried = True
        return False
    driving = watch.during(3, "loading", lambda: import_module(DRIVING))
    from solver.compiling import warm

    if not warm():
        watch.hurried = True
        return False
    watch.early = driving.early(problem, settings, watch)
    return True


def drive(
    problem: Problem,
    settings: Settings,
    watch: Watch,
    *,
    seconds: float,
    work: float | None,
    small: bool,
    start: Plan | None = None,
) -> Motored | None:
    """Search for plans that are good in stages 1 to 3 and offer them to `watch`.

    Args:
        problem: A valid problem.
        settings: Seed and workers.
        watch: Told every better plan, which is verified there; asked whether to stop.
        seconds: How long at most; a fuse when `work` is given.
        work: Units of work over all workers; None to use all of `seconds`.
        small: Whether another engine can do without the motor, should its code first have to be compiled.
        start: A plan to search near; it keeps every rule but for locks on levels.

    Returns:
        None when the locks contradict each other, or the compiled code was not there in time, of which
        `watch` is told. What is missing goes on being compiled in a process that outlives this one.

    Raises:
        RefereeError: A plan breaks a rule.
    """
    began = watch.seconds()
    late = DRIVING not in sys.modules and seconds < LOADING_S * watch.slowness()
    if late and (small or watch.best is not None):
        watch.hurried = True
        return None
    driving = watch.during(3, "loading", lambda: import_module(DRIVING))
    from solver.compiling import aside, awaited, warm

    if not warm():
        helper = aside()
        watch.hurried = watch.uncompiled = True
        if small and seconds < COMPILING_S:
            watch.show(3, None, COMPILING)
            return None

        def over() -> bool:
            return watch.cancelled or watch.left() <= 0

        if not watch.during(3, COMPILING, lambda: awaited(helper, over)):
            return None
        watch.uncompiled = False
    left = seconds - (watch.seconds() - began)
    found: Motored | None = driving.Drive(problem, settings, watch, left, work).go(start)
    return found


def main() -> None:
    """Compile all that is not kept on disk yet: `python -m solver.motor`, at set-up or when first needed."""
    from solver.compiling import ready

    ready()


if __name__ == "__main__":
    main()
