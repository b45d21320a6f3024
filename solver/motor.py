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
"""Seconds without which compiling is not begun while another engine is at hand."""

LOADING_S = 3.0
"""The same for loading what is compiled."""

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
        small: Whether another engine can do without the motor, should its code first have to be loaded.
        start: A plan to search near; it keeps every rule but for locks on levels.

    Returns:
        None when the locks contradict each other, or the compiled code was not ready in time.

    Raises:
        RefereeError: A plan breaks a rule.
    """
    began = watch.seconds()
    if small and seconds < LOADING_S and DRIVING not in sys.modules:
        return None
    driving = watch.during(3, "loading", lambda: import_module(DRIVING))
    from solver.compiling import ready, warm

    if not warm() and small and seconds < COMPILING_S:
        return None
    if not ready(watch.stopped):
        return None
    left = seconds - (watch.seconds() - began)
    found: Motored | None = driving.Drive(problem, settings, watch, left, work).go(start)
    return found


def main() -> None:
    """Compile all that is not kept on disk yet: `python -m solver.motor`, once, at set-up."""
    from solver.compiling import ready

    ready()


if __name__ == "__main__":
    main()
