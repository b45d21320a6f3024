"""Value against fairness: floors as a share of what each KAM would have alone (C8).

A floor of phi asks that every KAM attains at least phi of its solo value, the best value if it alone used all
people. One solve with phi = 1 finds the highest reachable floor, because stage 2 makes the smallest share as
large as possible before money counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.parts import of_requests
from solver.problem import Floor
from solver.terms import worth
from solver.tradeoffs.frontier_point import Found, Point, Trade, restated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from solver.plan import Plan, Result
    from solver.problem import Problem

ALONE = 0.2
"""Part of the limits for the solo values of all KAMs together."""

MILLE = 1000
"""Floors are told in per mille, as stage 2 counts them."""


def fair_points(trade: Trade) -> Iterator[Found]:
    """The best plan without floors, then with floors of i/steps up to the highest reachable one."""
    alone = _solo(trade)
    solo = {kam: value for kam, (value, _) in alone.items() if value > 0}
    free = _point(trade, solo, 0, trade.start)
    yield Found(free, solo=solo)
    if trade.asking.stopped() or not solo or free.ending.plan is None:
        yield Found(solo=solo, complete=not trade.asking.stopped())
        return
    ending = _ending(trade, solo, MILLE, trade.start)
    top = _told(trade.problem, solo, MILLE, ending)
    best = _attained(top)
    # A plan that reaches the floor of a purpose less may leave every KAM more.
    only = best == MILLE or not any(floor.value for floor in _others(trade.problem))
    proven = all(proven for _, proven in alone.values()) and 2 in ending.proven_stages and only
    known = Found(None, best / MILLE, proven, solo)
    yield known
    newest = free.plan
    settings = [MILLE * step // trade.steps for step in range(1, trade.steps + 1)]
    for mille in [*(mille for mille in settings if mille < best), best]:
        if trade.asking.stopped():
            yield known
            return
        point = _point(trade, solo, mille, top.plan if mille == best else newest)
        newest = point.plan
        yield replace(known, point=point)
    yield replace(known, complete=True)


def _solo(trade: Trade) -> dict[str, tuple[int, bool]]:
    """What each KAM would have alone, found, and whether that is proven."""
    problem = trade.problem
    kams = sorted({request.kam for request in problem.requests})
    found = {}
    for kam in kams:
        trade.tell(None, f"what {kam} would have alone")
        own = of_requests(problem, {r.id for r in problem.requests if r.kam == kam})
        result = trade.asking.solve(own, ALONE / len(kams))
        found[kam] = (result.measures.value if result.measures else 0, 3 in result.proven_stages)
    return found


def _point(trade: Trade, solo: Mapping[str, int], mille: int, start: Plan) -> Point:
    """The best plan in which every KAM attains `mille` per mille of its solo value, as far as that goes."""
    return _told(trade.problem, solo, mille, _ending(trade, solo, mille, start))


def _ending(trade: Trade, solo: Mapping[str, int], mille: int, start: Plan) -> Result:
    trade.tell(None, f"floor {mille / MILLE:.2f}" if mille < MILLE else "the highest reachable floor")
    own = tuple(Floor(-(-value * mille // MILLE), kam=kam) for kam, value in sorted(solo.items()) if mille)
    changed = replace(trade.problem, floors=(*_others(trade.problem), *own))
    return trade.asking.solve(changed, (1 - ALONE) / (trade.steps + 3), start)


def _others(problem: Problem) -> tuple[Floor, ...]:
    """Floors that stay: those of purposes."""
    return tuple(floor for floor in problem.floors if floor.kam is None)


def _told(problem: Problem, solo: Mapping[str, int], mille: int, ending: Result) -> Point:
    shares = _shares(problem, solo, ending)
    total, squares = sum(shares.values()), sum(share * share for share in shares.values())
    told = restated(problem, ending)
    return Point(
        setting=mille / MILLE,
        value=told.measures.value if told.measures else 0,
        other=round(min(shares.values(), default=0.0), 6),
        bound=ending.bound,
        proven=3 in ending.proven_stages,
        ending=told,
        more={
            "shares": {kam: round(share, 6) for kam, share in shares.items()},
            "jain": round(total * total / (len(shares) * squares), 6) if squares else None,
        },
    )


def _shares(problem: Problem, solo: Mapping[str, int], ending: Result) -> dict[str, float]:
    """The part of its solo value that each KAM attains."""
    if ending.plan is None:
        return dict.fromkeys(solo, 0.0)
    money = worth.value(problem, ending.plan)
    sums = {kam: sum(money.get(r.id, 0) for r in problem.requests if r.kam == kam) for kam in solo}
    return {kam: sums[kam] / solo[kam] for kam in solo}


def _attained(point: Point) -> int:
    """The floor that a plan reaches, in whole per mille."""
    return max(0, min(MILLE, int(point.other * MILLE + 1e-6)))
