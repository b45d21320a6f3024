"""Obligations, floors, hand-overs, ties and second values, and the order in which they decide."""

from __future__ import annotations

import pytest
from rule_world import line, person, plan, request, world

from solver import solve
from solver.plan import Measures
from solver.problem import Floor, Level, Problem
from solver.referee import measure

ONE_FITS = (line("q.1", weeks=(0, 0)), line(weeks=(0, 0)))


def solved(problem: Problem) -> Measures:
    """The measures of the best plan, with all stages proven."""
    result = solve(problem)
    assert result.proven_stages == (1, 2, 3, 4, 5)
    assert result.measures is not None
    return result.measures


def test_an_obligation_goes_before_value() -> None:
    """Request r was promised and is worth 1; q is worth 100; one of them fits."""
    problem = world((person(),), (request("q"), request(worth=(1,), obligation=0)), ONE_FITS)
    assert (solved(problem).broken_obligations, solved(problem).value) == ((), 1)


def test_an_obligation_is_kept_from_its_level_on() -> None:
    """Level 1 was promised: level 0 breaks it."""
    problem = world((person(),), (request(worth=(90, 100), obligation=1),), (line(hours=(4, 8)),))
    assert measure(problem, plan({"r": 0}, ("r.1", "ann", 0, 4))).broken_obligations == ("r",)
    assert measure(problem, plan({"r": 1}, ("r.1", "ann", 0, 8))).broken_obligations == ()
    assert solved(problem).broken_obligations == ()


def test_an_obligation_that_cannot_be_kept_is_reported() -> None:
    """Of two promises that exclude each other one is broken, the cheaper one; nothing is infeasible."""
    requests = (request("q", obligation=0), request(worth=(99,), obligation=0))
    assert solved(world((person(),), requests, ONE_FITS)).broken_obligations == ("r",)


@pytest.mark.parametrize(
    ("floor", "share", "shortfall"),
    [(0, 1000, 0), (100, 1000, 0), (99, 1000, 0), (101, 990, 1), (150, 666, 50), (10**9, 0, 10**9 - 100)],
)
def test_the_share_of_a_floor_is_rounded_down_and_capped(floor: int, share: int, shortfall: int) -> None:
    """Kim attains 100 of the floor: 100 / 101 is 990 per mille, 100 / 150 is 666."""
    problem = world((person(),), (request(),), (line(),), floors=(Floor(floor, kam="kim"),))
    assert (solved(problem).floor_share, solved(problem).floor_shortfall) == (share, shortfall)


def test_a_floor_goes_before_value() -> None:
    """Lee has a floor and is worth 10; Kim is worth 100; one of them fits."""
    requests = (request("q"), request(worth=(10,), kam="lee"))
    problem = world((person(),), requests, ONE_FITS, floors=(Floor(10, kam="lee"),))
    assert solved(problem).value == 10


def test_a_floor_of_a_purpose_counts_requests_of_any_kam() -> None:
    """Two requests to win, of two KAMs, attain 30 together."""
    requests = (request("q", worth=(10,), purpose="win"), request(worth=(20,), kam="lee", purpose="win"))
    problem = world((person(),), requests, (line("q.1"), line()), floors=(Floor(60, purpose="win"),))
    assert (solved(problem).floor_share, solved(problem).floor_shortfall) == (500, 30)


def test_the_smallest_share_goes_before_the_shortfall() -> None:
    """Two halves (share 500, 100 short) go before one floor whole (share 0, but only 60 short)."""
    requests = tuple(
        request(kam, worth=(money, 2 * money), kam=kam) for kam, money in (("kim", 70), ("lee", 30))
    )
    lines = (line("kim.1", (5, 10), (0, 0)), line("lee.1", (5, 10), (0, 0)))
    floors = (Floor(140, kam="kim"), Floor(60, kam="lee"))
    measures = solved(world((person(),), requests, lines, floors=floors))
    assert (measures.floor_share, measures.floor_shortfall) == (500, 100)


def test_bonuses_count_for_a_floor_and_churn_does_not() -> None:
    """100 for the level and 7 for Ann."""
    problem = world((person(),), (request(),), (line(preferred=("ann", 7)),), floors=(Floor(107, kam="kim"),))
    assert solved(problem).floor_share == 1000


def test_a_handover_is_avoided_when_it_costs_nothing() -> None:
    """Eight hours fit one person or two, at the same value."""
    problem = world((person(), person("bob")), (request(),), (line(max_specialists=2),))
    assert solved(problem).handovers == 0
    shared = plan({"r": 0}, ("r.1", "ann", 0, 4), ("r.1", "bob", 0, 4))
    assert measure(problem, shared).handovers == 1


def test_value_goes_before_handovers() -> None:
    """Twelve hours in one week take two people of ten."""
    problem = world(
        (person(), person("bob")), (request(),), (line(hours=(12,), weeks=(0, 0), max_specialists=2),)
    )
    assert (solved(problem).value, solved(problem).handovers) == (100, 1)


def test_ties_go_to_the_earlier_request_then_to_the_id() -> None:
    """Both are worth the same; the first submitted is served, and q when they came together."""
    for submitted, served in (((2, 1), "r"), ((1, 2), "q"), ((1, 1), "q")):
        requests = (request("q", submitted=submitted[0]), request(submitted=submitted[1]))
        result = solve(world((person(),), requests, ONE_FITS))
        assert result.plan is not None
        assert [grant.request for grant in result.plan.granted] == [served]
        # Of two requests the first counts 2, the second 1.
        assert result.measures is not None
        assert result.measures.tie == 2


def test_second_values_are_summed_and_decide_nothing() -> None:
    """Request q has the greater second value, r the greater value."""
    requests = tuple(
        request(name, levels=(Level("1", money, second=second),))
        for name, money, second in (("q", 99, 50), ("r", 100, 3))
    )
    measures = solved(world((person(),), requests, ONE_FITS))
    assert (measures.value, measures.second) == (100, 3)
