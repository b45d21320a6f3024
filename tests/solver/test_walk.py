"""The walk through plans: moves that are given up leave nothing behind, and cost little."""

from __future__ import annotations

from company import company

from solver.referee import violations
from solver.search.bounds import bound
from solver.search.construct import guided_state
from solver.search.plans import plan_of
from solver.search.presolve import tighten
from solver.search.state import TOTALS
from solver.search.tour import COUNTS, DIALS, HOPE, MOST, MOVE, R_MONEY, RANKS, TOP, tour_from
from solver.search.walk import walk
from solver.tables.books import pages

STEPS = 2_000_000


def test_a_move_without_hope_is_undone_and_costs_less() -> None:
    """Cold, no move may lose money, so without any hope all that take something out are given up.

    The plan in hand then stays as it was, and the same steps are enough for more moves than with hope.
    """
    problem = company()
    case = tighten(problem).case
    guide = bound(case, rounds=30)
    start = guided_state(case, guide)
    hopeless, usual = (tour_from(case, start.copy(), guide, 0) for _ in range(2))
    # A refused request then counts as a loss, so what is left to put back never makes up for what is out.
    hopeless.keys[HOPE] = -1e15
    for tour in (hopeless, usual):
        tour.keys[DIALS, MOST] = 8
        walk(tour, STEPS)
    assert pages(usual.memo, RANKS)[TOP, R_MONEY] > pages(hopeless.memo, RANKS)[TOP, R_MONEY]
    assert pages(hopeless.memo, COUNTS)[MOVE, 0] > pages(usual.memo, COUNTS)[MOVE, 0]
    for tour in (hopeless, usual):
        held = plan_of(case, tour.desk.state)
        assert violations(problem, held) == []
        assert violations(problem, plan_of(case, tour.best)) == []
    # Hours left are moved with each request: undone moves must leave the totals exact.
    again = tour_from(case, hopeless.desk.state.copy(), guide, 0)
    assert pages(again.memo, RANKS)[TOP, R_MONEY] == pages(hopeless.desk.state, TOTALS)[2, 0]


def test_hope_is_a_part_of_the_value_of_what_may_be_tried() -> None:
    """A request that is refused may be hoped for by at most a part of its greatest value, never more."""
    case = tighten(company()).case
    guide = bound(case, rounds=30)
    tour = tour_from(case, guided_state(case, guide), guide, 0)
    hopes = tour.keys[HOPE, : len(case.requests)]
    most = [max(level.value for level in r.levels) for r in sorted(case.problem.requests, key=lambda r: r.id)]
    assert (hopes > 0).any()
    assert all(0 <= hope <= 0.5 * value for hope, value in zip(hopes.tolist(), most, strict=True))
