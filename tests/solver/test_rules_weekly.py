"""Weekly: a line that sets a weekly pace keeps it."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

PACED = line(weekly_min=3, weekly_max=5)


@pytest.mark.parametrize("hours", [(8, 0), (2, 6), (6, 2)])
def test_a_week_off_the_pace_is_found(hours: tuple[int, int]) -> None:
    """Eight hours in two weeks of three to five hours each."""
    rows = [("r.1", "ann", week, amount) for week, amount in enumerate(hours) if amount]
    assert broken(world((person(),), (request(),), (PACED,)), plan({"r": 0}, *rows)) == {"weekly"}


def test_the_pace_counts_all_people_together() -> None:
    """Two people with two hours each make a week of four."""
    shared = line(weekly_min=4, weekly_max=4, max_specialists=2)
    problem = world((person(capacity=(2, 2)), person("bob", (2, 2))), (request(),), (shared,))
    found = plan({"r": 0}, *(("r.1", name, week, 2) for name in ("ann", "bob") for week in (0, 1)))
    assert broken(problem, found) == set()
    assert best_value(problem) == 100


@pytest.mark.parametrize("capacity", [(10, 2), (10, 0)])
def test_the_engine_keeps_the_least_and_would_not_without_it(capacity: tuple[int, int]) -> None:
    """A week with two hours, or none, is too slow for three."""
    problem = world((person(capacity=capacity),), (request(),), (line(weekly_min=3),))
    assert best_value(problem) == 0
    assert broken(problem, forgetting("weekly", problem)) == {"weekly"}


def test_the_engine_keeps_the_most_and_would_not_without_it() -> None:
    """Two people give a line at most five hours in its only week, and it needs eight."""
    fast = line(weeks=(0, 0), weekly_max=5, max_specialists=2)
    problem = world((person(), person("bob")), (request(),), (fast,))
    assert best_value(problem) == 0
    assert broken(problem, forgetting("weekly", problem)) == {"weekly"}


def test_an_unstaffed_line_has_no_pace() -> None:
    """Refusing the request is no fault."""
    assert broken(world((person(),), (request(),), (PACED,)), plan({})) == set()
