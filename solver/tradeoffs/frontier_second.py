"""Value against the second value of levels: strategy or cash beside money.

Both are added up with weights, and the weights chosen from the plans found so far: between two neighbours the
weights at which both are worth the same, so that a better plan between them shows itself (Aneja and Nair
1979). Every point found is efficient; points that no weights reach (inside the hull) are not sought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from solver.problem import VALUE_LIMIT
from solver.referee import rank
from solver.tradeoffs.frontier_point import Found, Point, Trade, restated
from solver.validate import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.plan import Plan
    from solver.problem import Level, Line, Problem, Request

FINE = 1000
"""Greatest whole weight; slopes are rounded to fractions of such weights."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Whole weights of value and second value, not both 0."""

    value: int
    second: int


def second_points(trade: Trade) -> Iterator[Found]:
    """The plan of the greatest value, that of the greatest second value, and those between them."""
    points: list[Point] = []
    for weights in (Weights(1, 0), _second_first(trade.problem)):
        trade.tell(points[-1] if points else None, _words(weights))
        points.append(_point(trade, weights, trade.start))
        if _reaches(points[-1], points[0]):
            yield Found(points[-1])
        if trade.asking.stopped() or points[-1].ending.plan is None:
            yield Found(complete=not trade.asking.stopped())
            return
    pairs = [(points[0], points[1])]
    for _ in range(trade.steps - 1):
        pair = _widest(pairs)
        if pair is None:
            break
        if trade.asking.stopped():
            yield Found()
            return
        pairs.remove(pair)
        weights = _between(trade.problem, *pair)
        trade.tell(points[-1], _words(weights))
        found = _point(trade, weights, pair[0].plan)
        if pair[1].value < found.value < pair[0].value and found.other > pair[0].other:
            points.append(found)
            pairs += [(pair[0], found), (found, pair[1])]
            if _reaches(found, points[0]):
                yield Found(found)
    yield Found(complete=True)


def _reaches(point: Point, first: Point) -> bool:
    """Whether the plan keeps promises and reaches floors as well as that of the greatest value."""
    here, there = point.ending.measures, first.ending.measures
    return here is not None and there is not None and rank(here)[:3] >= rank(there)[:3]


def _words(weights: Weights) -> str:
    return f"{weights.value} x value + {weights.second} x second"


def _widest(pairs: list[tuple[Point, Point]]) -> tuple[Point, Point] | None:
    """The neighbours furthest apart in value that leave room for a plan between them."""
    wide = [pair for pair in pairs if pair[0].value - pair[1].value > 1 and pair[1].other - pair[0].other > 1]
    return max(wide, key=lambda pair: (pair[0].value - pair[1].value, pair[0].value), default=None)


def _second_first(problem: Problem) -> Weights:
    """Weights with which no gain in money outweighs one unit of the second value, as far as sums allow."""
    sums = sum(map(abs, money(problem)))
    seconds = sum(abs(level.second) for r in problem.requests for level in r.levels)
    return Weights(1, max(1, min(2 * sums + 1, (VALUE_LIMIT - sums) // max(1, seconds))))


def _between(problem: Problem, left: Point, right: Point) -> Weights:
    """Weights with which both plans are worth the same."""
    sums = sum(map(abs, money(problem)))
    seconds = sum(abs(level.second) for r in problem.requests for level in r.levels)
    slope = Fraction(left.value - right.value, round(right.other - left.other))
    # Fine weights, but never so large that the sums leave the range in which the engine adds exactly.
    fine = max(1, min(FINE, VALUE_LIMIT // max(1, 2 * (sums + round(slope * seconds)))))
    slope = slope.limit_denominator(fine)
    return Weights(slope.denominator, max(1, slope.numerator))


def _point(trade: Trade, weights: Weights, start: Plan) -> Point:
    ending = trade.asking.solve(weighted(trade.problem, weights), 1 / (trade.steps + 1), start)
    told = restated(trade.problem, ending)
    if told.measures is None:
        return Point(0.0, 0, 0.0, None, False, told)
    second, bound = told.measures.second, None
    if ending.bound is not None:
        # Of plans with at least this second value, none is worth more.
        bound = (ending.bound - weights.second * second) // weights.value
    return Point(
        setting=weights.second / weights.value,
        value=told.measures.value,
        other=float(second),
        bound=bound,
        proven=3 in ending.proven_stages,
        ending=told,
    )


def weighted(problem: Problem, weights: Weights) -> Problem:
    """`problem` with levels worth the weighted sum, and every other money times the weight of value.

    Floors count money alone, which is then no longer told apart, so they are left out. A plan that is best
    without them and reaches them is best with them too; any other is no point of the trade-off.
    """
    if weights == Weights(1, 0):
        return problem
    published = problem.published
    return replace(
        problem,
        requests=tuple(_request(request, weights) for request in problem.requests),
        lines=tuple(_line(line, weights.value) for line in problem.lines),
        floors=(),
        published=published and replace(published, price=published.price * weights.value),
    )


def _request(request: Request, weights: Weights) -> Request:
    return replace(
        request,
        levels=tuple(_level(level, weights) for level in request.levels),
        option_bonus=tuple(bonus * weights.value for bonus in request.option_bonus),
    )


def _level(level: Level, weights: Weights) -> Level:
    extra = weights.second * level.second
    steps = tuple((week, value * weights.value + extra) for week, value in level.value_by_end)
    return replace(level, value=level.value * weights.value + extra, value_by_end=steps)


def _line(line: Line, factor: int) -> Line:
    preferred = line.preferred and (line.preferred[0], line.preferred[1] * factor)
    candidates = line.candidates
    if candidates is not None:
        candidates = tuple(replace(c, bonus=c.bonus * factor) for c in candidates)
    return replace(line, preferred=preferred, candidates=candidates)
