"""Value against stability: what is gained by taking back promises (C11).

The price of a withdrawn quarter-hour goes from nothing to what makes every withdrawal too dear. A plan found
at a price is the best of all plans that withdraw no more than it does, so each point is efficient; points
that no price reaches (inside the hull) are not sought.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.frontier_point import Found, Point, Trade, restated
from solver.terms import churn, worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.plan import Plan, Result
    from solver.problem import Problem


def stable_points(trade: Trade) -> Iterator[Found]:
    """The best plans at rising prices of withdrawn hours; the other is quarter-hours withdrawn."""
    yield from _priced(trade, withdrawn)


def moves_points(trade: Trade) -> Iterator[Found]:
    """The same plans; the other is how many published rows lose hours."""
    yield from _priced(trade, moves)


def withdrawn(problem: Problem, plan: Plan) -> float:
    """Quarter-hours withdrawn, moved ones at half, of the weeks that are not free."""
    assert problem.published is not None  # noqa: S101 - the caller looked
    by_two = replace(problem, published=replace(problem.published, price=2))
    return churn.value(by_two, plan) / 2


def moves(problem: Problem, plan: Plan) -> float:
    """Published rows of weeks that are not free whose person has fewer hours there."""
    assert problem.published is not None  # noqa: S101 - the caller looked
    new = {(row.line, row.specialist, row.week): row.hours for row in plan.hours}
    return sum(
        new.get((row.line, row.specialist, row.week), 0) < row.hours
        for row in problem.published.hours
        if row.week < problem.published.free_from_week
    )


def _priced(trade: Trade, other: Callable[[Problem, Plan], float]) -> Iterator[Found]:
    newest, begin = None, trade.start
    prices = _prices(trade.problem, trade.steps)
    for price in prices:
        if newest is not None and trade.asking.stopped():
            yield Found()
            return
        trade.tell(newest, f"price {price / 100:,.2f} a quarter-hour")
        ending = trade.asking.solve(_at(trade.problem, price), 1 / len(prices), begin)
        newest = _point(trade.problem, price, ending, other)
        begin = newest.plan
        yield Found(newest)
    yield Found(complete=True)


def _at(problem: Problem, price: int) -> Problem:
    assert problem.published is not None  # noqa: S101 - the caller looked
    return replace(problem, published=replace(problem.published, price=price))


def _prices(problem: Problem, steps: int) -> list[int]:
    """Even prices from nothing to the present one and on to one that forbids, in about equal ratios."""
    assert problem.published is not None  # noqa: S101 - the caller looked
    most = sum(worth.most(problem, request) for request in problem.requests)
    hours = sum(row.hours for row in problem.published.hours)
    present = problem.published.price or max(2, most // max(1, hours) // 4)
    # Eight times the present price, and then one at which no quarter-hour is worth withdrawing.
    ratios = [8 ** (2 * step / max(1, steps - 1) - 1) for step in range(steps)]
    return sorted({0, *(2 * round(present * ratio / 2) for ratio in ratios)})


def _point(problem: Problem, price: int, ending: Result, other: Callable[[Problem, Plan], float]) -> Point:
    measures, plan = ending.measures, ending.plan
    cost = measures.churn if measures else 0
    return Point(
        setting=price,
        value=(measures.value if measures else 0) + cost,
        other=0.0 if plan is None else other(problem, plan),
        # Of plans that withdraw no more than this one, none is worth more than the bound and this churn.
        bound=None if ending.bound is None else ending.bound + cost,
        proven=3 in ending.proven_stages,
        ending=restated(problem, ending),
    )
