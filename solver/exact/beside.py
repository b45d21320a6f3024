"""HiGHS beside the search: a bound, and in free mode now and then a plan, from a process of its own."""

from __future__ import annotations

from importlib import import_module
from time import sleep
from typing import TYPE_CHECKING

from solver import referee
from solver.exact.run import Goal, set_goal
from solver.terms import worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.exact.cuts import Cuts, Found
    from solver.exact.goals import Stage
    from solver.exact.model import Model
    from solver.exact.watch import Watch
    from solver.plan import Plan

POLL_S = 0.1
"""Seconds between two looks at the process."""


class Beside:
    """The process, when there is one. `end` must be called."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._cuts: Cuts | None = None

    def begin(self, model: Model, stages: Sequence[Stage], seconds: float) -> None:
        """Look for a bound on the value; `stages` are 1 to 3, and what is ideal in those before is held.

        Raises:
            StoppedError: The watch said stop on the way.
        """
        *before, goal = stages
        best = self._watch.best
        for stage in before:
            # What cannot be better is held, so that the bound is about the plans that count.
            if best is not None and stage.read(best[1]) == stage.ideal:
                reached = stage.state(model)
                model.must(reached >= stage.ideal if stage.maximise else reached <= stage.ideal)
        set_goal(model.cp, Goal(goal.state(model), goal.maximise, goal.number, goal.doing))
        # Loading it takes longer than a small problem does.
        cuts = self._watch.during(goal.number, "loading", lambda: import_module("solver.exact.cuts"))
        message = self._watch.during(goal.number, "loading", lambda: cuts.message_of(model, self.over))
        self._cuts = cuts.Cuts(message, seconds)

    def over(self) -> bool:
        """Whether to stop, asked from another thread; the caller is asked from his own only."""
        return self._watch.cancelled or self._watch.left() <= 0

    def begun(self) -> bool:
        """Whether there is a process whose answer was not taken yet."""
        return self._cuts is not None

    def done(self) -> bool:
        """Whether there is an answer to be taken."""
        return self._cuts is not None and not self._cuts.running()

    def wait(self, bound: int | None) -> None:
        """Until there is an answer or the watch says stop."""
        while self.begun() and not self.done() and not self._watch.stopped():
            self._watch.show(3, bound, "cuts")
            sleep(POLL_S)

    def end(self) -> Found | None:
        """Take the answer, if there is one by now, and end the process."""
        cuts, self._cuts = self._cuts, None
        found = None if cuts is None else cuts.stop()
        if found is None or found.bound is None:
            return found
        return found._replace(bound=worth.floored(self._watch.problem, found.bound))


def plan_in(model: Model, found: Found) -> Plan | None:
    """The plan of an answer, unless floating point or continuous hours left it short of a rule."""
    if found.values is None:
        return None
    plan = model.plan(found.values)
    return None if referee.violations(model.problem, plan) else plan
