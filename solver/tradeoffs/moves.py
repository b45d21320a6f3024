"""A plan that takes back at most so much of what was published: a limit, not only a price (C11).

The limit comes before everything else: first as little beyond it as the rules and decisions leave, which is
nothing unless what was published cannot be worked any more, then the five stages. Problems that the exact
engine can hold are solved with the limit as a relation of the model. Unless they are small a plan within the
limit is made before by putting a forbidding price on all published rows but those that may go, and improved
one neighbourhood after the other, each solved exactly with what is left of the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from solver.cards.asking import Asking
from solver.cards.without import SMALL, breadth
from solver.exact.start import salvage
from solver.plan import Plan, Result
from solver.referee import check
from solver.settings import Settings
from solver.tradeoffs.moves_exact import best_within
from solver.tradeoffs.moves_large import dear, kept_within
from solver.tradeoffs.taken import Limit, cut, largest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from solver.plan import Progress
    from solver.problem import Problem

__all__ = ["Known", "Limit", "at_most", "kept", "within"]

DEFAULT = Settings()

HELD = 40_000
"""Weeks x eligible people over all lines up to which the exact engine makes its model."""

SEARCHING = 0.6
"""Part of the limits for a good plan within the limit before an exact search, unless it is small."""

FREELY = 0.4
"""Part of the limits for the plan without a limit of moves; often it keeps to it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a solve without the limit proves.

    Attributes:
        price: The price of a withdrawn quarter-hour it was solved with.
        ending: How it ended.
    """

    price: int
    ending: Result


def at_most(
    problem: Problem,
    limit: Limit,
    settings: Settings = DEFAULT,
    *,
    start: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    executor: Executor | None = None,
) -> Result:
    """The best plan found that takes back no more than `limit` allows.

    Args:
        problem: A problem with a published plan; its own price of churn counts as always.
        limit: How much may be taken back. Where the rules force more, the plan takes back the least found.
        settings: Limits of the whole.
        start: A plan to begin from; what breaks a rule in it is dropped.
        progress: Told of the solve without the limit.
        cancel: Asked now and then; True keeps the best plan so far.
        executor: Who searches the parts of a large problem, as in `solver.solve`.

    Returns:
        The ending; its stages are proven among plans within the limit, and its bound holds for them.

    Raises:
        ProblemErrors: The problem is malformed.
    """
    from solver.solve import solve

    asking = Asking(settings, cancel, executor)
    limited = problem.published is not None and bool(problem.published.hours)
    part = asking.part(FREELY) if limited else settings
    free = solve(problem, part, progress=progress, cancel=cancel, start=start, executor=executor)
    if not limited or free.plan is None or not limit.over(problem, free.plan):
        return free
    assert problem.published is not None  # noqa: S101 - it is limited
    # What was begun with may break a rule by now; what can still be kept of it is a plan.
    begin = None if start is None else salvage(problem, start)
    plans = [free.plan, *([] if begin is None else [begin])]
    return within(problem, limit, asking.within(1 - FREELY), plans, [Known(problem.published.price, free)])


def within(
    problem: Problem,
    limit: Limit,
    asking: Asking,
    plans: Sequence[Plan],
    known: Sequence[Known] = (),
    *,
    sparing: bool = False,
) -> Result:
    """The same from plans known before.

    Args:
        problem: A problem with a published plan.
        limit: How much may be taken back.
        asking: The limits, all of which it may use.
        plans: Plans of the problem, within the limit or not; the first is the best without it.
        known: What solves without the limit prove of all plans.
        sparing: Whether of plans of the same value the one is sought that takes back least.
    """
    size = breadth(problem)
    search = size > min(SMALL, HELD)
    begin = kept_within(problem, limit, asking.within(SEARCHING), plans, search=search)
    if size <= HELD:
        rest = asking.within(1 - SEARCHING) if search else asking
        ending = best_within(problem, limit, rest, begin, sparing=sparing)
    else:
        ending = _bare(problem, begin, asking)
    return _bounded(problem, limit, ending, known)


def kept(problem: Problem, plan: Plan) -> Problem:
    """`problem` in which all that `plan` keeps of what was published is too dear to take back.

    Asking why something is not granted in a plan within a limit is asking it there.
    """
    return problem if problem.published is None else dear(problem, {*cut(problem, plan)})


def _bare(problem: Problem, plan: Plan, asking: Asking) -> Result:
    """A plan as an ending of which nothing is proven."""
    from solver.files import problem_hash

    return Result(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        status="feasible",
        stopped="cancelled" if asking.cancel is not None and asking.cancel() else "work_limit",
        proven_stages=(),
        plan=plan,
        measures=check(problem, plan),
        bound=None,
        seconds=asking.seconds(),
        reproducible=False,
        settings=asking.settings,
    )


def _bounded(problem: Problem, limit: Limit, ending: Result, known: Sequence[Known]) -> Result:
    """The ending with the least bound that holds for plans within the limit.

    A plan within the limit is one without it too, and withdraws no more than the largest rows that may go; so
    it is worth no more than the bound at another price and that many hours at the difference.
    """
    measures, published = ending.measures, problem.published
    assert published is not None  # noqa: S101 - there is a limit
    if measures is None or ending.plan is None or limit.over(problem, ending.plan):
        return ending
    bounds = [] if ending.bound is None else [ending.bound]
    for price, free in ((k.price, k.ending) for k in known):
        first = free.measures
        # A plan that falls behind in promises or floors may be worth more than the best that does not.
        if first is None or free.bound is None or _first(first) != _first(measures):
            continue
        bounds.append(free.bound + max(0, price - published.price) * largest(problem, limit) // 2)
    if not bounds:
        return ending
    bound = max(measures.value, min(bounds))
    if bound > measures.value or ending.proven_stages:
        return replace(ending, bound=bound)
    return replace(ending, bound=bound, proven_stages=(1, 2, 3), status="optimal")


def _first(measures: object) -> tuple[object, ...]:
    names = ("broken_obligations", "floor_share", "floor_shortfall")
    return tuple(getattr(measures, name) for name in names)
