"""Capacity: hours of a specialist in a week fit into what they have."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

ANN = person(capacity=(10, 10), expedite=(4, 0))
ONE_WEEK = world((ANN,), (request(),), (line(hours=(12,), weeks=(0, 0)),))


def test_a_week_fuller_than_the_capacity_is_found() -> None:
    """Twelve hours do not fit into ten; the four expedite hours are not for an ordinary line."""
    assert broken(ONE_WEEK, plan({"r": 0}, ("r.1", "ann", 0, 12))) == {"capacity"}


@pytest.mark.parametrize(("hours", "fits"), [(14, True), (15, False)])
def test_only_expedite_lines_use_the_expedite_hours(hours: int, fits: bool) -> None:
    """Ten plus four hours are there for an expedite line, a fifteenth is not."""
    problem = world((ANN,), (request(),), (line(hours=(hours,), weeks=(0, 0), expedite=True),))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, hours))) == (set() if fits else {"capacity"})
    assert best_value(problem) == (100 if fits else 0)


def test_expedite_hours_do_not_make_room_for_ordinary_lines() -> None:
    """With an expedite line of 4 beside it, an ordinary line of 12 still has only 10 hours."""
    problem = world(
        (ANN,),
        (request("q"), request()),
        (line("q.1", (4,), (0, 0), expedite=True), line(hours=(12,), weeks=(0, 0))),
    )
    found = plan({"q": 0, "r": 0}, ("q.1", "ann", 0, 4), ("r.1", "ann", 0, 12))
    assert broken(problem, found) == {"capacity"}
    assert best_value(problem) == 100


def test_the_engine_keeps_it_and_would_not_without_it() -> None:
    """Two lines of eight in one week of ten: one is granted, both if the rule is forgotten."""
    problem = world((person(),), (request("q"), request()), (line("q.1", weeks=(0, 0)), line(weeks=(0, 0))))
    assert best_value(problem) == 100
    assert broken(problem, forgetting("capacity", problem)) == {"capacity"}
