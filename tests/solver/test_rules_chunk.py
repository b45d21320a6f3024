"""Chunk: nobody works on a line in a week for less than a useful amount."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world


@pytest.mark.parametrize("hours", [(5, 3), (3, 5)])
def test_a_week_with_less_than_the_chunk_is_found(hours: tuple[int, int]) -> None:
    """Three hours are less than the useful four."""
    problem = world((person(min_chunk=4),), (request(),), (line(),))
    found = plan({"r": 0}, ("r.1", "ann", 0, hours[0]), ("r.1", "ann", 1, hours[1]))
    assert broken(problem, found) == {"chunk"}


def test_the_whole_need_is_useful_when_it_is_smaller() -> None:
    """A line of three hours is worked in one week, not in two."""
    problem = world((person(min_chunk=4),), (request(),), (line(hours=(3,)),))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 3))) == set()
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 2), ("r.1", "ann", 1, 1))) == {"chunk"}
    assert best_value(problem) == 100


def test_the_need_is_that_of_the_granted_level() -> None:
    """Two hours are enough at the level of two hours, not at the level of eight."""
    problem = world((person(min_chunk=4),), (request(worth=(40, 100)),), (line(hours=(2, 8)),))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 2))) == set()
    assert broken(problem, plan({"r": 1}, ("r.1", "ann", 0, 6), ("r.1", "ann", 1, 2))) == {"chunk"}


def test_the_engine_keeps_it_and_would_not_without_it() -> None:
    """Beside the seven hours of q in week 1, eight fit only as five and three, and three are too few."""
    problem = world(
        (person(capacity=(5, 10), min_chunk=4),),
        (request("q", worth=(200,)), request()),
        (line("q.1", (7,), (1, 1)), line()),
    )
    assert best_value(problem) == 200
    assert broken(problem, forgetting("chunk", problem)) == {"chunk"}


def test_the_engine_splits_into_useful_amounts() -> None:
    """Nine hours in weeks of five and four are two useful amounts."""
    problem = world((person(capacity=(5, 4), min_chunk=4),), (request(),), (line(hours=(9,)),))
    assert best_value(problem) == 100
