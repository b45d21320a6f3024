"""Several solves for one question: the limits they share, and what is left to spend."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from solver.plan import Plan, Result
    from solver.problem import Problem
    from solver.settings import Settings

LEAST_S = 0.01
"""Wall limit of a solve for which no time is left: the best plan known is all it can tell."""


class Asking:
    """The solves of one question. Each gets a share of the limits; the wall limit is a fuse for all.

    Attributes:
        settings: Limits of the whole question.
        cancel: Asked now and then; True ends the solves.
        executor: Who searches the parts of large problems, as in `solver.solve`.
        solves: How many solves were run.
        whole: The question that this one is a part of; itself when it is none.
    """

    def __init__(
        self,
        settings: Settings,
        cancel: Callable[[], bool] | None = None,
        executor: Executor | None = None,
        whole: Asking | None = None,
    ) -> None:
        self.whole = whole or self
        self.settings = settings
        self.cancel = cancel
        self.executor = executor
        self.solves = 0
        self._began = time.monotonic()

    def seconds(self) -> float:
        """Seconds since the question was put."""
        return time.monotonic() - self._began

    def left_s(self) -> float:
        """Seconds until the wall limit, at least `LEAST_S`."""
        return max(LEAST_S, self.settings.wall_limit_s - self.seconds())

    def stopped(self) -> bool:
        """Whether the caller wishes to stop or the wall limit has come."""
        return self.left_s() <= LEAST_S or (self.cancel is not None and self.cancel())

    def part(self, share: float) -> Settings:
        """Limits of one solve that may use `share` (0 to 1) of the whole."""
        settings, work = self.settings, self.settings.work_limit
        return replace(
            settings,
            wall_limit_s=min(self.left_s(), max(LEAST_S, settings.wall_limit_s * share)),
            work_limit=None if work is None else work * share,
        )

    def within(self, share: float) -> Asking:
        """A question inside this one with `share` (0 to 1) of its limits."""
        return Asking(self.part(share), self.cancel, self.executor, self.whole)

    def solve(
        self, problem: Problem, share: float, start: Plan | None = None, *, other: bool = False
    ) -> Result:
        """One solve within `share` of the limits and the time that is left; `other`: with another seed.

        Raises:
            ProblemErrors: The problem is malformed.
        """
        from solver.solve import solve

        self.solves += 1
        settings = self.part(share)
        if other:
            settings = replace(settings, seed=(settings.seed + 1) % 2**31)
        return solve(problem, settings, cancel=self.cancel, start=start, executor=self.executor)
