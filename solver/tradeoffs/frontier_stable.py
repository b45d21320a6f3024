"""Value against stability: what is gained by taking back promises (C11).

A limit of what may be taken back finds every point, those inside the convex hull too. Where no limits are
asked for, the widest gap in value between two known points is looked into next. Against hours withdrawn,
rising prices of a withdrawn quarter-hour come first: each finds a point of the hull, the plans are good to
begin from, and what is proven of them bounds the plans within a limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from solver.terms import worth
from solver.tradeoffs.frontier_point import Found, Point, Trade, restated
from solver.tradeoffs.moves import Known, within
from solver.tradeoffs.taken import Limit, moves, withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.plan import Plan, Result
    from solver.problem import Problem
    from solver.tradeoffs.taken import Kind


def stable_points(trade: Trade) -> Iterator[Found]:
    """The best plans within limits of quarter-hours withdrawn, those that others work at half."""
    yield from _Search(trade, "stability").go()


def moves_points(trade: Trade) -> Iterator[Found]:
    """The best plans within limits of published line-person-weeks that lose hours."""
    yield from _Search(trade, "moves").go()


@dataclass(frozen=True, slots=True)
class _Gap:
    """Two neighbouring points; limits above `low` and below `high` are not tried yet.

    Attributes:
        empty: Whether halving it before found nothing, so that the limit next to its end is tried.
    """

    low: float
    low_value: int
    high: float
    high_value: int
    empty: bool = False

    def limit(self, unit: float) -> float:
        """The limit to try next, in whole units."""
        if self.empty:
            return self.high - unit
        return (self.low + self.high) / 2 // unit * unit


class _Search:
    """The points of one trade-off: what is known of it so far."""

    def __init__(self, trade: Trade, kind: Kind) -> None:
        self._trade = trade
        self._kind = kind
        self._free = at_price(trade.problem, 0)
        prices = _prices(trade.problem, trade.steps // 2) if kind == "stability" and not trade.at else []
        self._prices = [0, *prices]
        self._share = 1 / (len(self._prices) + (len(trade.at) or trade.steps + 1))
        self._plans: list[Plan] = []
        self._known: list[Known] = []
        self._points: list[Point] = []

    def go(self) -> Iterator[Found]:
        """Points at rising prices, then within limits; the last one says whether that is all."""
        for price in self._prices:
            if self._plans and self._trade.asking.stopped():
                yield Found()
                return
            found = self._priced(price)
            # The cheapest hours to withdraw are not the fewest rows: a price finds no point against moves.
            if found.point is not None and self._kind == "stability":
                self._points.append(found.point)
                yield found
        if not self._plans:
            yield Found(complete=not self._trade.asking.stopped())
            return
        yield self._within(Limit(self._kind, self._used(self._plans[0])))
        for limit in self._trade.at or (0.0,):
            if self._trade.asking.stopped():
                yield Found()
                return
            yield self._within(Limit(self._kind, limit))
        if not self._trade.at:
            yield from self._between()
        yield Found(complete=not self._trade.asking.stopped())

    def _between(self) -> Iterator[Found]:
        """Points in the widest gaps."""
        ends = sorted(self._points, key=lambda point: (point.other, -point.value))
        gaps = [_Gap(a.other, a.value, b.other, b.value) for a, b in pairwise(ends)]
        unit = 1 if self._kind == "moves" else 0.5
        for _ in range(self._trade.steps - len(self._prices)):
            wide = [gap for gap in gaps if gap.high - gap.low > unit and gap.high_value > gap.low_value]
            if not wide or self._trade.asking.stopped():
                return
            gap = max(wide, key=lambda gap: (gap.high_value - gap.low_value, gap.high))
            limit = gap.limit(unit)
            found = self._within(Limit(self._kind, limit))
            yield found
            assert found.point is not None  # noqa: S101 - a limit always has a plan
            value, other = found.point.value, min(found.point.other, limit)
            gaps.remove(gap)
            gaps.append(_Gap(gap.low, gap.low_value, other, value))
            gaps.append(_Gap(limit, value, gap.high, gap.high_value, empty=other <= gap.low))

    def _priced(self, price: int) -> Found:
        """The best plan at a price of a withdrawn quarter-hour."""
        problem, asking = self._trade.problem, self._trade.asking
        self._trade.tell(self._newest(), f"price {price / 100:,.2f} a quarter-hour")
        begin = self._plans[-1] if self._plans else self._trade.start
        ending = asking.solve(at_price(problem, price), self._share, begin)
        self._known.append(Known(price, ending))
        return self._told(None, price, ending)

    def _within(self, limit: Limit) -> Found:
        """The best plan within a limit."""
        self._trade.tell(self._newest(), f"at most {limit.most:g}")
        asking = self._trade.asking.within(self._share)
        ending = within(self._free, limit, asking, self._plans, self._known, sparing=True)
        found = self._told(limit, None, ending)
        if found.point is not None:
            self._points.append(found.point)
        return found

    def _used(self, plan: Plan) -> float:
        problem = self._trade.problem
        return moves(problem, plan) if self._kind == "moves" else withdrawn(problem, plan)

    def _told(self, limit: Limit | None, price: int | None, ending: Result) -> Found:
        problem, plan, measures = self._trade.problem, ending.plan, ending.measures
        if plan is None or measures is None:
            return Found()
        self._plans.append(plan)
        other, churn = self._used(plan), measures.churn
        point = Point(
            setting=other if limit is None else limit.most,
            value=measures.value + churn,
            other=other,
            # Of plans that withdraw no more than this one, none is worth more than the bound and this churn.
            bound=None if ending.bound is None else ending.bound + churn,
            proven=3 in ending.proven_stages,
            ending=restated(problem, ending),
            more={"price": price, "moves": moves(problem, plan)},
        )
        return Found(point)

    def _newest(self) -> Point | None:
        return self._points[-1] if self._points else None


def at_price(problem: Problem, price: int) -> Problem:
    """`problem` with another price of a withdrawn quarter-hour."""
    assert problem.published is not None  # noqa: S101 - the caller looked
    return replace(problem, published=replace(problem.published, price=price))


def _prices(problem: Problem, steps: int) -> list[int]:
    """Even prices above nothing, to eight times the present one, in about equal ratios."""
    assert problem.published is not None  # noqa: S101 - the caller looked
    most = sum(worth.most(problem, request) for request in problem.requests)
    hours = sum(row.hours for row in problem.published.hours)
    present = problem.published.price or max(2, most // max(1, hours) // 4)
    ratios = [8 ** (2 * step / max(1, steps - 1) - 1) for step in range(steps)]
    return sorted({max(2, 2 * round(present * ratio / 2)) for ratio in ratios})
