"""What it costs to overrule the plan: the best value without a change, less the best value with it.

With the free run known to be worth at least f and at most F, and the changed one at least g and at most G,
the price lies between f - G and F - g (C9), and never beyond what those are worth who would have to go
(`solver.tradeoffs.price_limits`). It is exact when both are proven. It is measured in stage 3, after
obligations and floors; where the change breaks promises that the plan keeps, they are named beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from solver.cards.asking import Asking
from solver.cards.forcing import granted_level
from solver.cards.without import SMALL, breadth
from solver.files import problem_hash, result_row
from solver.plan import Plan, Progress, Result
from solver.referee import measure, rank, violations
from solver.search.nearby import around, around_person, solve_near
from solver.settings import Settings
from solver.tradeoffs.changes import Change, ChangeError
from solver.tradeoffs.compare import RequestChange, difference
from solver.tradeoffs.price_limits import most_it_moves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from solver.plan import Measures
    from solver.problem import Problem

__all__ = ["Change", "ChangeError", "Price", "price", "priced"]

DEFAULT = Settings()

FREE = 0.4
"""Part of the limits for the plan without the change; the rest is for the plan with it."""

NEAR = 0.1
"""Part of the limits for each of two plans that change little, in large problems whose plan is not proven."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a change costs. Money in minor units; unknown is None.

    Attributes:
        low: It costs at least this; negative means that it may gain as much.
        high: It costs at most this.
        estimate: The best plan known without the change less the best one found with it; no proof.
        exact: Whether low = high by proven solves.
        possible: False when the change contradicts the locks or the rules, confirmed by a second solve; None
            when no plan with the change was found in time.
        value_before: Stage 3 of the plan in hand.
        value_after: Stage 3 of the best plan found with the change.
        churn: The part of value_before - value_after that is promises withdrawn or moved.
        winners: Requests with more than in the plan in hand.
        losers: Requests with less.
        broken: Obligations broken with the change that the plan in hand keeps.
        floor_share: Smallest attained share of a floor, per mille, before and after.
        conflicts: The locks that contradict each other, the change's own last.
        plan: The best plan found with the change.
        ending: How its solve ended.
    """

    problem: str
    problem_hash: str
    change: Change
    low: int | None = None
    high: int | None = None
    estimate: int | None = None
    exact: bool = False
    possible: bool | None = None
    value_before: int | None = None
    value_after: int | None = None
    churn: int | None = None
    winners: tuple[RequestChange, ...] = ()
    losers: tuple[RequestChange, ...] = ()
    broken: tuple[str, ...] = ()
    floor_share: tuple[int, int] | None = None
    conflicts: tuple[Mapping[str, object], ...] = ()
    plan: Plan | None = None
    ending: Result | None = None

    def row(self) -> dict[str, Any]:
        """The price as planner-price/1; what is unknown is null."""
        before, after = self.floor_share or (None, None)
        return {
            "format": "planner-price/1",
            "problem": self.problem,
            "problem_hash": self.problem_hash,
            "change": self.change.row(),
            "low": self.low,
            "high": self.high,
            "estimate": self.estimate,
            "exact": self.exact,
            "possible": self.possible,
            "value_before": self.value_before,
            "value_after": self.value_after,
            "churn": self.churn,
            "winners": [asdict(change) for change in self.winners],
            "losers": [asdict(change) for change in self.losers],
            "broken_obligations": list(self.broken),
            "floor_share_before": before,
            "floor_share_after": after,
            "conflicts": [dict(row) for row in self.conflicts],
            "plan": None if self.ending is None else result_row(self.ending),
        }


def price(
    problem: Problem,
    plan: Plan | Result,
    change: Change,
    settings: Settings = DEFAULT,
    *,
    cancel: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Price:
    """What `change` costs against the best plan without it.

    Args:
        problem: The problem that was solved.
        plan: The plan in hand; the ending of its solve saves one solve when it has a bound.
        change: What is ordered.
        settings: Limits of the whole question, shared by its solves.
        cancel: Asked now and then; True ends the solves, and the interval is as wide as what is known.
        progress: Told which of the two solves runs.

    Raises:
        ChangeError: The change names something the problem does not have.
        ProblemErrors: The problem is malformed.
    """
    changed = change.applied(problem)
    asking = Asking(settings, cancel)
    before = as_result(problem, plan, settings)
    hand = as_plan(plan)
    if before.bound is None:
        _tell(progress, asking, before, "the plan without the change")
        before = better(before, asking.solve(problem, FREE, before.plan))
    if change.kind != "capacity" and not violations(changed, as_plan(before)):
        # The best plan known does what is ordered: only a better one that does not could make it cost.
        same = replace(before, problem_hash=problem_hash(changed), short=())
        return priced(problem, before, same, change, hand)
    _tell(progress, asking, before, "the plan with the change")
    near = _nearby(problem, change, before, hand, asking)
    if near is None:
        return priced(problem, before, asking.solve(changed, 1 - FREE, before.plan), change, hand)
    after = better(near[1], asking.solve(changed, 1 - FREE - 2 * NEAR, near[1].plan))
    sure = priced(problem, better(near[0], before), after, change, hand)
    if sure.exact:
        return sure
    # Two searches of the whole differ everywhere; who gains and who loses is told of what changes little.
    told = priced(problem, near[0], near[1], change, hand)
    estimate = _clamped(told.estimate, sure.low, sure.high)
    return replace(told, low=sure.low, high=sure.high, estimate=estimate, exact=False)


def _nearby(
    problem: Problem, change: Change, before: Result, plan: Plan, asking: Asking
) -> tuple[Result, Result] | None:
    """Plans without and with the change that differ from `plan`, the one in hand, near the change only.

    None where the whole is small or proven, or where the change cannot be had without touching the rest.
    """
    if before.status == "optimal" or breadth(problem) <= SMALL:
        return None
    if change.kind == "capacity":
        free = around_person(problem, plan, str(change.specialist), change.week or 0)
    else:
        name = change.request or problem.request_of[str(change.line)].id
        level = max(0, granted_level(plan, name)) if change.level is None else change.level
        if change.kind == "grant" and change.level is None:
            level = len(problem.request[name].levels) - 1
        free = around(problem, plan, name, level)
    changed = change.applied(problem)
    pair = [solve_near(where, plan, free, asking, NEAR) for where in (problem, changed)]
    if pair[0] is None or pair[1] is None:
        return None
    endings = [
        replace(
            before, plan=near.plan, measures=near.measures, proven_stages=(), status="feasible", bound=None
        )
        for near in (pair[0], pair[1])
    ]
    endings[1] = replace(endings[1], problem_hash=problem_hash(changed))
    return endings[0], endings[1]


def priced(
    problem: Problem, before: Result, after: Result, change: Change, in_hand: Plan | None = None
) -> Price:
    """The price as the endings of two solves tell it.

    Args:
        problem: The problem without the change.
        before: The best plan known without the change, with its bound.
        after: The ending of the solve with the change.
        change: What is ordered.
        in_hand: The plan winners and losers are counted against; that of `before` when None.
    """
    plan = as_plan(before) if in_hand is None else in_hand
    held = measure(problem, plan)
    found = Price(problem.name, problem_hash(problem), change, value_before=held.value)
    if after.plan is None or after.measures is None or before.measures is None:
        conflict = after.stopped == "conflict"
        return replace(found, possible=False if conflict else None, conflicts=after.conflicts)
    differs = difference(problem, plan, after.plan)
    low, high = _interval(problem, before, after, change)
    estimate = before.measures.value - after.measures.value
    return replace(
        found,
        low=low,
        high=high,
        estimate=_clamped(estimate, low, high),
        exact=low is not None and low == high,
        possible=True,
        value_after=after.measures.value,
        churn=after.measures.churn - held.churn,
        winners=differs.winners,
        losers=differs.losers,
        broken=tuple(sorted({*after.measures.broken_obligations} - {*held.broken_obligations})),
        floor_share=(held.floor_share, after.measures.floor_share),
        plan=after.plan,
        ending=after,
    )


def _interval(
    problem: Problem, before: Result, after: Result, change: Change
) -> tuple[int | None, int | None]:
    """The least and the most the change can cost; None where no proof says."""
    assert before.measures is not None  # noqa: S101 - the caller looked
    assert after.measures is not None  # noqa: S101 - the caller looked
    most = most_it_moves(problem, change)
    alike = _alike(before.measures, after.measures) and _settled(problem, before if _takes(change) else after)
    if not alike and not (_settled(problem, before) and _settled(problem, after)):
        # A plan that keeps more promises or reaches the floors better may be worth anything.
        return None, None
    free, forced = before.measures.value, after.measures.value
    low = None if after.bound is None else free - after.bound
    high = None if before.bound is None else before.bound - forced
    if not alike:
        return low, high
    if _takes(change):
        # What is possible with the change is possible without it, so it never gains.
        low = max(0, low or 0)
        high = _least(high, most)
        high = None if high is None else max(low, high)
    elif change.kind == "capacity":
        high = min(0, high or 0)
        low = _least(None if low is None else -low, most)
        low = None if low is None else min(-low, high)
    return low, high


def _settled(problem: Problem, ending: Result) -> bool:
    """Whether no plan keeps more promises or reaches the floors better, so that money alone is left."""
    promised = any(request.obligation is not None for request in problem.requests)
    return ending.bound is not None or {1, 2} <= {*ending.proven_stages} or not (promised or problem.floors)


def _least(*amounts: int | None) -> int | None:
    """The least of those that are known."""
    return min((amount for amount in amounts if amount is not None), default=None)


def _clamped(estimate: int | None, low: int | None, high: int | None) -> int | None:
    """The estimate, or the nearest figure that is still possible."""
    if estimate is None:
        return None
    if high is not None:
        estimate = min(estimate, high)
    return estimate if low is None else max(estimate, low)


def _takes(change: Change) -> bool:
    """Whether the change only takes possibilities away."""
    return change.kind != "capacity" or (change.hours or 0) < 0


def _alike(one: Measures, other: Measures) -> bool:
    """Whether both plans keep the same promises and reach the floors alike, so that money decides."""
    return (one.broken_obligations, one.floor_share, one.floor_shortfall) == (
        other.broken_obligations,
        other.floor_share,
        other.floor_shortfall,
    )


def as_plan(plan: Plan | Result) -> Plan:
    """The plan of an ending, or the plan itself."""
    return (plan.plan if isinstance(plan, Result) else plan) or Plan()


def as_result(problem: Problem, plan: Plan | Result, settings: Settings) -> Result:
    """A plan as an ending of which nothing is proven; an ending stays itself."""
    if isinstance(plan, Result) and plan.plan is not None:
        return plan
    bare = as_plan(plan)
    return Result(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        status="feasible",
        stopped="cancelled",
        proven_stages=(),
        plan=bare,
        measures=measure(problem, bare),
        bound=None,
        seconds=0.0,
        reproducible=False,
        settings=settings,
    )


def better(known: Result, found: Result) -> Result:
    """The better of two endings of one problem, with the proof of the second."""
    if found.measures is None:
        return known
    if known.measures is not None and rank(known.measures) > rank(found.measures):
        return replace(found, plan=known.plan, measures=known.measures, proven_stages=(), status="feasible")
    return found


def _tell(progress: Callable[[Progress], None] | None, asking: Asking, known: Result, doing: str) -> None:
    if progress is not None and known.measures is not None:
        progress(Progress(asking.seconds(), 3, known.measures.value, known.bound, known.gap, doing))
