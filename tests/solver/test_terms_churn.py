"""Churn: what it costs to take back published hours."""

from __future__ import annotations

import pytest
from rule_world import best_value, line, person, plan, request, world

from solver import solve
from solver.problem import Hours, Problem, Published
from solver.referee import measure

PEOPLE = (person(), person("bob"))


def promised(*rows: tuple[str, str, int, int], price: int = 10, free: int = 1, team: int = 2) -> Problem:
    """A line of eight hours with published rows; week 0 is fixed, week 1 free."""
    published = Published(price, free, tuple(Hours(*row) for row in rows))
    return world(PEOPLE, (request(),), (line(max_specialists=team),), published=published)


@pytest.mark.parametrize(
    ("now", "churn"),
    [
        pytest.param([("ann", 0, 4), ("bob", 0, 4)], 0, id="as published"),
        pytest.param([("ann", 0, 8)], 20, id="4 moved from bob to ann: 4 x 10 / 2"),
        pytest.param([("ann", 0, 4), ("ann", 1, 4)], 40, id="4 of bob's lost: 4 x 10"),
        pytest.param([("ann", 1, 8)], 80, id="all 8 lost in that week"),
        pytest.param([("ann", 0, 6), ("ann", 1, 2)], 30, id="bob drops 4, ann adds 2: 2 lost, 2 moved"),
        pytest.param([], 80, id="nothing is granted any more"),
    ],
)
def test_lost_hours_cost_the_price_and_moved_hours_half(now: list[tuple[str, int, int]], churn: int) -> None:
    """Published: four hours each of Ann and Bob in week 0, at 10 a quarter-hour."""
    problem = promised(("r.1", "ann", 0, 4), ("r.1", "bob", 0, 4))
    found = plan({"r": 0} if now else {}, *(("r.1", *row) for row in now))
    measured = measure(problem, found)
    assert (measured.churn, measured.value) == (churn, (100 if now else 0) - churn)


def test_additions_are_free() -> None:
    """Three hours were published, eight are planned."""
    assert measure(promised(("r.1", "ann", 0, 3)), plan({"r": 0}, ("r.1", "ann", 0, 8))).churn == 0


def test_weeks_from_the_free_week_on_cost_nothing() -> None:
    """Week 1 is free."""
    assert measure(promised(("r.1", "ann", 1, 8)), plan({})).churn == 0


def test_the_engine_keeps_what_is_dearer_to_move() -> None:
    """Bob alone was published for a line of one person; any plan without him costs 40."""
    problem = promised(("r.1", "bob", 0, 8), team=1)
    assert best_value(problem) == 100
    found = solve(problem).plan
    assert found is not None
    assert {(row.specialist, row.week) for row in found.hours} == {("bob", 0)}


def test_the_engine_weighs_churn_against_value() -> None:
    """Ann's eight hours were promised to q at 10 each: r pays when it is worth 85 more, not 75 more."""
    lines = (line("q.1", weeks=(0, 0)), line(weeks=(0, 0)))
    published = Published(10, 1, (Hours("q.1", "ann", 0, 8),))
    for extra, value in ((85, 105), (75, 100)):
        requests = (request("q"), request(worth=(100 + extra,)))
        problem = world((person(),), requests, lines, published=published)
        assert best_value(problem) == value


def test_hours_published_where_nobody_may_work_are_lost() -> None:
    """Bob is excluded now, and week 0 has left the window; what he was promised for is gone."""
    published = Published(2, 1, (Hours("r.1", "bob", 0, 8),))
    problem = world(PEOPLE, (request(),), (line(weeks=(1, 1), excluded=("bob",)),), published=published)
    assert best_value(problem) == 100 - 16


def test_a_price_of_zero_charges_nothing() -> None:
    """Free changes everywhere."""
    assert best_value(promised(("r.1", "bob", 0, 8), price=0)) == 100
