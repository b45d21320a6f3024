"""Why a request is below its top level: the first reason that applies, each defined by a re-solve.

A reason concerns the next level up. What can be said of the request by itself comes first
(`solver.cards.alone`). Then the whole problem is solved again with one lock, wall, department cap, floor or
the price of withdrawn hours left out; one such solve answers for all requests. What is left is outbid.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from solver.cards.alone import alone
from solver.cards.asking import LEAST_S, Asking
from solver.cards.without import SMALL, Without, breadth, tries_of
from solver.plan import Short
from solver.problem import REFUSED
from solver.search.nearby import around, has, solve_near

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.plan import Plan, Reason, Result
    from solver.problem import Problem
    from solver.settings import Settings

SHARE = 0.25
"""Most part of the wall limit of a solve, and of its limit of work, that its reasons may use."""

KEPT = 0.1
"""Part of the wall limit that a solve leaves to its reasons in any case."""

WORK_PER_SECOND = 0.5
"""Units of work that stand for a second when the settings name no limit of work, as in solve."""

ALONE_S = 2.0
"""Wall limit of one request by itself."""

AFTER_STOP_S = 2.0
"""Most seconds the reasons take when the caller stopped the solve."""

ALL_STAGES = (1, 2, 3, 4, 5)


def searching(settings: Settings) -> Settings:
    """The settings of a solve whose reasons shall be there within the wall limit too."""
    return replace(settings, wall_limit_s=(1 - KEPT) * settings.wall_limit_s)


def explained(
    problem: Problem, result: Result, settings: Settings, *, cancel: Callable[[], bool] | None = None
) -> Result:
    """The result of a solve with the settings of `searching`, with its reasons and the whole wall limit."""
    whole = replace(result.settings, wall_limit_s=settings.wall_limit_s)
    return replace(result, settings=whole, short=reasons(problem, result, settings, cancel=cancel))


def reasons(
    problem: Problem, result: Result, settings: Settings, *, cancel: Callable[[], bool] | None = None
) -> tuple[Short, ...]:
    """Why each request of `result` that is below its top level is there, sorted by request.

    All solves together take at most `SHARE` of the wall limit of `settings` and what the solve left of it,
    and little after a stop. A verdict that was not proven in that time says so in its params: "proven" is
    false.

    Args:
        problem: The problem that was solved.
        result: Its ending; without a plan there are no reasons.
        settings: Those of the solve.
        cancel: Asked now and then; True ends the solves, and what is left undecided is not proven.
    """
    if result.plan is None:
        return ()
    seconds = min(SHARE * settings.wall_limit_s, max(LEAST_S, settings.wall_limit_s - result.seconds))
    if result.stopped == "cancelled":
        # Whoever stopped the solve is waiting.
        seconds = min(seconds, AFTER_STOP_S)
    settings = replace(settings, wall_limit_s=seconds / SHARE)
    proven = result.proven_stages == ALL_STAGES
    below = _below(problem, result.plan)
    return reasons_for(problem, result.plan, below, settings, proven=proven, cancel=cancel)


def reasons_for(
    problem: Problem,
    plan: Plan,
    levels: Mapping[str, int],
    settings: Settings,
    *,
    proven: bool,
    cancel: Callable[[], bool] | None = None,
) -> tuple[Short, ...]:
    """The same for some requests only, each at the level asked for, by request id.

    `proven` says whether `plan` is proven best in all stages.
    """
    return _Asking(problem, plan, levels, settings, cancel, proven=proven).answers()


def _below(problem: Problem, plan: Plan) -> dict[str, int]:
    """The next level up of every request below its top, by request id."""
    granted = {g.request: g.level for g in plan.granted}
    return {
        request.id: granted.get(request.id, REFUSED) + 1
        for request in sorted(problem.requests, key=lambda r: r.id)
        if granted.get(request.id, REFUSED) < len(request.levels) - 1
    }


class _Asking:
    """The questions of one result: what is still open, and what is left to spend."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        levels: Mapping[str, int],
        settings: Settings,
        cancel: Callable[[], bool] | None,
        *,
        proven: bool,
    ) -> None:
        self._problem = problem
        self._plan = plan
        self._open = dict(levels)
        self._proven = proven
        self._settings = settings
        self._cancel = cancel
        self._until = time.monotonic() + settings.wall_limit_s * SHARE
        self._found: dict[str, Short] = {}
        self._granted = {g.request: g.level for g in self._plan.granted}

    def answers(self) -> tuple[Short, ...]:
        """One reason for each request asked about, sorted by request."""
        undecided = {name for name, level in list(self._open.items()) if not self._by_itself(name, level)}
        tries = list(tries_of(self._problem, frozenset(self._open), one_by_one=self._proven))
        for without in tries:
            if self._open:
                self._try(without, len(tries), undecided)
        for name in list(self._open):
            self._settle(name, "outbid", {}, proven=self._proven and name not in undecided)
        return tuple(self._found[name] for name in sorted(self._found))

    def _stopped(self) -> bool:
        return time.monotonic() >= self._until or (self._cancel is not None and self._cancel())

    def _by_itself(self, name: str, level: int) -> bool:
        """Settle what no other request has to do with; whether the question was decided either way."""
        if self._stopped():
            return False
        wall = min(ALONE_S, max(0.01, self._until - time.monotonic()))
        settings = replace(self._settings, wall_limit_s=wall, work_limit=None)
        found = alone(self._problem, self._problem.request[name], level, settings)
        params = {} if found.line is None else {"line": found.line}
        if found.unskilled:
            self._settle(name, "no_skill", params, proven=True)
        elif found.weeks is not None:
            self._settle(name, "window", {**params, "weeks": found.weeks}, proven=found.proven)
        elif found.able is False:
            self._settle(name, "no_capacity", params, proven=found.proven)
        return found.able is not None

    def _try(self, without: Without, count: int, undecided: set[str]) -> None:
        """Solve without something, and settle the requests that it grants their next level."""
        from solver.solve import solve

        if self._stopped():
            self._proven = False
            return
        limits = _part(self._settings, count, self._until - time.monotonic())
        result = solve(without.problem, limits, cancel=self._cancel, start=self._plan)
        self._proven = self._proven and result.proven_stages == ALL_STAGES
        granted = {g.request: g.level for g in result.plan.granted} if result.plan else {}
        for name, level in list(self._open.items()):
            if granted.get(name, REFUSED) >= level:
                proven = self._proven and name not in undecided
                if proven or self._confirmed(without.problem, name, level, 1 / (8 * count)):
                    self._settle(name, without.reason, without.params_for(name), proven=proven)

    def _confirmed(self, problem: Problem, name: str, level: int, share: float) -> bool:
        """Whether what was left out matters near the request too.

        Two searches of a large problem differ everywhere, so that the request may be granted by chance. With
        all but its nearest rivals standing it must be granted without what was left out, and not with it.
        """
        if breadth(problem) <= SMALL:
            return True
        limits = replace(self._settings, wall_limit_s=max(0.01, self._until - time.monotonic()))
        asking = Asking(limits, self._cancel)
        found = []
        for where in (problem, self._problem):
            free = around(where, self._plan, name, level)
            found.append(has(solve_near(where, self._plan, free, asking, share), name, level))
        return found == [True, False]

    def _settle(self, name: str, reason: Reason, params: Mapping[str, object], *, proven: bool) -> None:
        level = self._open.pop(name)
        told = {"level": level, **params, "proven": proven}
        self._found[name] = Short(name, self._granted.get(name, REFUSED), reason, told)


def _part(settings: Settings, count: int, left_s: float) -> Settings:
    """Limits of one of `count` solves, so that all together keep to their share."""
    work = settings.work_limit
    if work is None and settings.mode == "deterministic":
        work = settings.wall_limit_s * WORK_PER_SECOND
    if work is None:
        return replace(settings, wall_limit_s=max(0.01, min(left_s, settings.wall_limit_s * SHARE / count)))
    # Work is what is shared out; the wall limit stays a fuse for the whole.
    return replace(settings, wall_limit_s=max(0.01, left_s), work_limit=max(1e-6, work * SHARE / count))
