"""What a level of a request would have to be worth to be granted.

The break-even of a level is its smallest value with which the request is granted it. The value of a level
enters the objective linearly, so two solves tell it: the best plan with the request held at most where it is,
and the best plan with the level forced; their difference is what is missing. Only where a floor counts the
request's own value is it not linear; then the value is searched for. A figure is called exact only after
proven solves at the figure (granted) and one unit below it (not granted).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from solver.cards.alone import alone
from solver.cards.asking import Asking
from solver.cards.forcing import covered, forced, granted_level, headline, held, revalued
from solver.cards.without import SMALL, breadth
from solver.plan import Plan, Result
from solver.referee import measure
from solver.search.nearby import Near, around, solve_near
from solver.settings import Settings
from solver.tradeoffs.compare import displaced
from solver.validate import ProblemErrors, money

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.plan import Measures
    from solver.problem import Problem

DEFAULT = Settings()
ALL_STAGES = (1, 2, 3, 4, 5)


class NothingToExplainError(ValueError):
    """The request is not in the problem, has no such level, or has the level already."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """What a level must be worth to be granted. Money in minor units; unknown is None.

    Attributes:
        level: The level asked for.
        own_value: What it is worth now; with `value_by_end`, the value at its first end. Another value then
            means that all of `value_by_end` is raised by the same amount.
        low: No smaller value is enough; None when that is not known of any.
        high: This value is enough; None when that is not known of any.
        exact: Whether low = high was confirmed by proven solves.
        possible: False when no value is enough: no plan that keeps the locks has the level, or each one
            breaks an obligation or misses a floor that the best plan keeps.
        cost_low: What granting it costs the others, at least; None when unknown.
        cost_high: The same, at most.
        displaced: Requests that have less in the best plan found with the level, sorted.
        estimate: What it would have to be worth judged by the best plans found; no proof.
        tied: Whether one unit less is a tie that searches end differently, granted or not.
    """

    request: str
    level: int
    own_value: int
    low: int | None = None
    high: int | None = None
    exact: bool = False
    possible: bool = True
    cost_low: int | None = None
    cost_high: int | None = None
    displaced: tuple[str, ...] = ()
    estimate: int | None = None
    tied: bool = False

    @property
    def value(self) -> int | None:
        """The break-even value, when it is exact."""
        return self.low if self.exact else None

    @property
    def opportunity_cost(self) -> int | None:
        """What granting it costs the others, when that is proven."""
        return self.cost_low if self.cost_low == self.cost_high else None


def break_even(
    problem: Problem,
    result: Result | Plan,
    request_id: str,
    settings: Settings = DEFAULT,
    *,
    level: int | None = None,
    cancel: Callable[[], bool] | None = None,
) -> BreakEven:
    """The smallest value with which `request_id` is granted `level`.

    Args:
        problem: The problem that was solved.
        result: The plan it has now. The ending of its solve saves one solve when it has a bound.
        request_id: A request below its top level.
        settings: Limits of the whole question, shared by its solves.
        level: The level asked for; the next one up when None.
        cancel: Asked now and then; True ends the search with what is known.

    Raises:
        NothingToExplainError: Unknown request or level, or the level is granted already.
    """
    return weigh(problem, result, request_id, settings, level=level, cancel=cancel)[0]


def weigh(
    problem: Problem,
    result: Result | Plan,
    request_id: str,
    settings: Settings = DEFAULT,
    *,
    level: int | None = None,
    cancel: Callable[[], bool] | None = None,
) -> tuple[BreakEven, Plan | None]:
    """The same, with the best plan found that has the level."""
    plan = (result.plan if isinstance(result, Result) else result) or Plan()
    asked = asked_level(problem, plan, request_id, level)
    # A plan with a bound says already what is possible with the request where it is, or less.
    known = result if isinstance(result, Result) and result.bound is not None else None
    search = _Search(problem, plan, (request_id, asked), settings, cancel)
    return search.go(known), search.forced


def asked_level(problem: Problem, plan: Plan, request_id: str, level: int | None = None) -> int:
    """The level a question is about: `level`, or the next one up.

    Raises:
        NothingToExplainError: Unknown request or level, or the level is granted already.
    """
    request = problem.request.get(request_id)
    if request is None:
        raise NothingToExplainError(f"The problem has no request {request_id!r}.")
    now = granted_level(plan, request_id)
    asked = now + 1 if level is None else level
    if level is None and asked == len(request.levels):
        raise NothingToExplainError(f"Request {request_id} is granted in full; nothing is missing.")
    if not 0 <= asked < len(request.levels):
        raise NothingToExplainError(
            f"Request {request_id} has no level {asked}, only 0 to {len(request.levels) - 1}."
        )
    if asked <= now:
        raise NothingToExplainError(f"Request {request_id} has level {now} already.")
    return asked


class _Search:
    """One question: its solves, and what is left to spend on them."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        asked: tuple[str, int],
        settings: Settings,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self._problem = problem
        self._plan = plan
        self._request, self._level = asked
        self._asking = Asking(settings, cancel)
        self._probed: dict[int, bool | None] = {}
        self._own = headline(problem.request[self._request].levels[self._level])
        self.forced: Plan | None = None

    def go(self, known: Result | None) -> BreakEven:
        """The answer; `known` is the ending of the solve that made the plan, if it has a bound."""
        empty = BreakEven(self._request, self._level, self._own)
        able = alone(self._problem, self._problem.request[self._request], self._level, self._asking.part(0.1))
        if able.able is False:
            return replace(empty, possible=False)
        now = granted_level(self._plan, self._request)
        out = known or self._solve(held(self._problem, self._request, now), 0.3, self._plan)
        put = self._put()
        if put.plan is None or put.measures is None or out.measures is None:
            return replace(empty, possible=put.stopped != "conflict")
        empty = self._guessed(out, put)
        settled = {1, 2} <= set(out.proven_stages) and {1, 2} <= set(put.proven_stages)
        ahead, behind = _first_stages(out.measures), _first_stages(put.measures)
        counted = covered(self._problem, self._request)
        if settled and (ahead[0] > behind[0] or (ahead > behind and not counted)):
            return replace(empty, possible=not self._behind_again(ahead), estimate=None)
        found = self._linear(empty, out, put) if ahead == behind else empty
        if found.exact or not counted:
            return found
        # A floor that counts the level's value loosens as it rises: the two solves say only what is enough.
        found = replace(found, low=self._own, cost_low=None, cost_high=None)
        return self._searched(found) if out.status == put.status == "optimal" else found

    def _put(self) -> Result:
        """The best plan with the level forced, begun with one that changes little."""
        must = forced(self._problem, self._request, self._level)
        near = self._beside(must) if breadth(self._problem) > SMALL else None
        self.forced = None if near is None else near.plan
        return self._solve(must, 0.4, self.forced)

    def _beside(self, problem: Problem) -> Near | None:
        """The best plan of `problem` that changes the request and its rivals only."""
        free = around(self._problem, self._plan, self._request, self._level)
        # Where its value would be too large to add up, there is none.
        with suppress(ProblemErrors):
            return solve_near(problem, self._plan, free, self._asking, 0.1)
        return None

    def _guessed(self, out: Result, put: Result) -> BreakEven:
        """Who is displaced, and what the level would have to be worth by the best plans found.

        Where both are proven these are the plans. Else plans that change little tell more: two searches of
        the whole differ everywhere.
        """
        free, taken = _value(out), _value(put)
        if self.forced is None or out.status == put.status == "optimal":
            self.forced = put.plan
        else:
            now = granted_level(self._plan, self._request)
            near = self._beside(held(self._problem, self._request, now))
            free = measure(self._problem, near.plan if near else self._plan).value
            taken = measure(self._problem, self.forced).value
        return BreakEven(
            self._request,
            self._level,
            self._own,
            displaced=displaced(self._plan, self.forced or Plan(), self._request),
            estimate=max(self._own, self._own + free - taken),
        )

    def _behind_again(self, ahead: tuple[int, int, int]) -> bool:
        """Whether a solve with another seed also breaks promises or floors that are kept without it."""
        again = self._solve(forced(self._problem, self._request, self._level), 0.25, other=True)
        settled = {1, 2} <= set(again.proven_stages)
        return settled and again.measures is not None and ahead > _first_stages(again.measures)

    def _linear(self, empty: BreakEven, out: Result, put: Result) -> BreakEven:
        """The figure from the two solves: what the others have without it, less what they have with it."""
        assert out.measures is not None  # noqa: S101 - the caller looked
        assert put.measures is not None  # noqa: S101 - the caller looked
        low = None if put.bound is None else self._own + out.measures.value - put.bound
        high = None if out.bound is None else self._own + out.bound - put.measures.value
        if low is None or low != high:
            # Nothing below the present value is taken for enough, for the plan in hand refused it (C9).
            low = self._own if low is None else max(low, self._own)
            high = None if high is None else max(low, high)
            # An exact tie goes by hand-overs and filing order, so one unit more may be needed.
            most = None if high is None else high + 1
            return replace(empty, low=low, high=most, cost_low=low, cost_high=high)
        found = replace(empty, low=low, high=low + 1, cost_low=low, cost_high=low)
        granted = self._probe(low)
        if granted is None:
            return found
        # Where even filing order leaves a tie, any search may end it either way; one unit more is certain.
        figure = low if granted and self._grants(low, other=True) else low + 1
        tied = granted and figure > low
        if self._probe(figure) is True and (tied or self._probe(figure - 1) is False):
            return replace(found, low=figure, high=figure, exact=True, tied=bool(tied))
        return found

    def _searched(self, found: BreakEven) -> BreakEven:
        """The figure by trying values, halving what lies between one that fails and one that is enough."""
        # Twice all the money there is fills every floor and outbids everybody, if anything does.
        most = self._own + 2 * sum(map(abs, money(self._problem))) + 1
        low, high = self._own, most if found.high is None else found.high
        if self._probe(low) is not False:
            return found
        enough = self._probe(high)
        if not enough:
            never = enough is False and self._grants(high, other=True) is False
            return replace(found, low=None, possible=not never)
        while high - low > 1:
            middle = (low + high) // 2
            granted = self._probe(middle)
            if granted is None:
                break
            low, high = (low, middle) if granted else (middle, high)
        return replace(found, low=low + 1, high=high, exact=high == low + 1)

    def _probe(self, value: int) -> bool | None:
        """Whether the level is granted when it is worth `value`; None when that is not proven.

        The solve begins afresh, so that an exact tie goes as it would for anybody who solves again.
        """
        if value not in self._probed:
            self._probed[value] = self._grants(value)
        return self._probed[value]

    def _grants(self, value: int, *, other: bool = False) -> bool | None:
        try:
            worth = revalued(self._problem, self._request, self._level, value)
            result = self._solve(worth, 0.25, other=other)
        except ProblemErrors:
            return None
        if result.plan is None or result.proven_stages != ALL_STAGES:
            return None
        return granted_level(result.plan, self._request) >= self._level

    def _solve(
        self, problem: Problem, share: float, start: Plan | None = None, *, other: bool = False
    ) -> Result:
        return self._asking.solve(problem, share, start, other=other)


def _value(result: Result) -> int:
    assert result.measures is not None  # noqa: S101 - the caller looked
    return result.measures.value


def _first_stages(measures: Measures) -> tuple[int, int, int]:
    """Obligations and floors, greater is better."""
    return -len(measures.broken_obligations), measures.floor_share, -measures.floor_shortfall
