"""Watching a solve: the clock, the caller's wish to stop, and what is shown while it goes on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from solver import referee
from solver.plan import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from solver.plan import Measures, Plan
    from solver.problem import Problem
    from solver.search.driving import Early

T = TypeVar("T")

POLL_S = 0.05
"""Seconds between two looks at work that is waited for."""

HEARTBEAT_S = 1.0
"""Seconds after which progress is shown although nothing changed."""

STAGE_OF_BOUND = 3
"""The stage whose value the bound is about."""

SLOWEST = 4.0
"""Beyond this a moment's load would decide what is tried at all."""

PATIENCE_S = 1.0
"""Seconds of verifying a plan beyond which a wish to stop does not wait for it."""

ASK_S = 0.2
"""Seconds between two questions whether to stop; the answer may come from a database."""


class Watch:
    """One solve as its caller sees it. Used from the caller's thread only.

    Attributes:
        best: The best verified plan shown so far, with its measures.
        first_plan_s: Seconds until the first one.
        cancelled: Whether the caller asked to stop.
        verifying_s: Seconds in which a plan is verified, at most so far.
        executor: Who searches the parts of a large problem; None for processes of our own.
        early: What the motor began with, for it to go on from.
        hurried: Whether something was left out because its code was not there in time or the clock said so.
        uncompiled: Whether the motor was left out because its loops were not compiled in time.
    """

    def __init__(
        self,
        problem: Problem,
        wall_limit_s: float,
        progress: Callable[[Progress], None] | None,
        cancel: Callable[[], bool] | None,
        executor: Executor | None = None,
    ) -> None:
        self.problem = problem
        self.best: tuple[Plan, Measures] | None = None
        self.first_plan_s: float | None = None
        self.cancelled = False
        self.verifying_s = 0.0
        self.executor = executor
        self.early: Early | None = None
        self.hurried = False
        self.uncompiled = False
        self._limit = wall_limit_s
        self._progress = progress
        self._cancel = cancel
        self._began = time.monotonic()
        self._used = time.process_time()
        self._asked = -ASK_S
        self._bound: int | None = None
        self._shown: tuple[float, tuple[int, int | None, int | None]] = (0.0, (-1, None, None))

    def seconds(self) -> float:
        """Seconds since the solve began."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Seconds until the wall limit, never below 0."""
        return max(0.0, self._limit - self.seconds())

    def slowness(self) -> float:
        """Seconds that a second of a core took so far, 1 to `SLOWEST`: other work may have the machine."""
        used = max(1e-3, time.process_time() - self._used)
        return min(SLOWEST, max(1.0, self.seconds() / used))

    def stopped(self) -> bool:
        """Whether to stop now: the caller wishes it or the wall limit has come."""
        now = self.seconds()
        if not self.cancelled and self._cancel is not None and now - self._asked >= ASK_S:
            self._asked = now
            self.cancelled = self._cancel()
        return self.cancelled or self.left() <= 0

    def during(self, stage: int, doing: str, work: Callable[[], T]) -> T:
        """What `work` gives, found in a thread of its own so that the caller goes on being told and asked.

        Work that ends late because of a wish to stop must see to that itself.
        """
        with ThreadPoolExecutor(1) as pool:
            task = pool.submit(work)
            while wait([task], POLL_S).not_done:
                self.show(stage, None, doing)
                self.stopped()
            return task.result()

    def offer(self, plan: Plan, *, hasty: bool = False) -> Measures:
        """Verify `plan`, remember it when it is the best so far.

        A `hasty` one that takes long to verify is dropped when the caller wishes to stop meanwhile; the
        measures are then those of the best plan before.

        Raises:
            RefereeError: The plan breaks a rule.
        """
        if self.best is not None and plan is self.best[0]:
            return self.best[1]
        began = self.seconds()
        if hasty and self.best is not None:
            try:
                measures = referee.check(self.problem, plan, None, self._patience)
            except InterruptedError:
                return self.best[1]
        else:
            measures = referee.check(self.problem, plan)
        self.verifying_s = max(self.verifying_s, self.seconds() - began)
        if self.best is None or referee.rank(measures) > referee.rank(self.best[1]):
            self.best = (plan, measures)
        if self.first_plan_s is None:
            self.first_plan_s = self.seconds()
        return measures

    def _patience(self) -> None:
        """Raise when whoever wishes to stop would wait long for a plan to be verified."""
        if self.verifying_s > PATIENCE_S and self.stopped() and self.cancelled:
            raise InterruptedError

    def show(self, stage: int, bound: int | None, doing: str) -> None:
        """Tell the caller where the search is, when something changed or a second has passed.

        A bound of the value stays known until a better one is told.
        """
        if bound is not None:
            self._bound = bound if self._bound is None else min(bound, self._bound)
        bound = self._bound if stage == STAGE_OF_BOUND else None
        if self._progress is None:
            return
        value = self.best[1].value if self.best is not None else None
        now, (then, state) = self.seconds(), self._shown
        if state == (stage, value, bound) and now - then < HEARTBEAT_S:
            return
        self._shown = (now, (stage, value, bound))
        gap = (bound - value) / value if bound is not None and value else None
        self._progress(Progress(now, stage, value, bound, gap, doing))
