"""Level: a request is granted at one level, with exactly its hours, and in time."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

from solver.plan import Grant, Plan
from solver.problem import Candidate, Hours, Level

TWO_LEVELS = world((person(),), (request(worth=(40, 100)),), (line(hours=(4, 8)),))


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(plan({"r": 1}, ("r.1", "ann", 0, 4)), id="hours of the smaller level"),
        pytest.param(plan({"r": 0}, ("r.1", "ann", 0, 8)), id="hours of the greater level"),
        pytest.param(plan({}, ("r.1", "ann", 0, 4)), id="hours without a grant"),
        pytest.param(plan({"r": 1}, ("r.1", "ann", 0, 8), ("q.1", "ann", 0, 1)), id="unknown line"),
        pytest.param(plan({"q": 0}), id="unknown request"),
        pytest.param(plan({"r": 2}), id="unknown level"),
        pytest.param(plan({"r": -1}), id="a refusal written as a grant"),
        pytest.param(Plan((Grant("r", 1, 1),)), id="unknown option"),
        pytest.param(
            Plan((Grant("r", 1, 0), Grant("r", 0, 0)), (Hours("r.1", "ann", 0, 8),)), id="two levels"
        ),
        pytest.param(Plan((Grant("r", 1, 0),), (Hours("r.1", "ann", 0, 4),) * 2), id="the same row twice"),
        pytest.param(plan({"r": 1}, ("r.1", "ann", 0, 10), ("r.1", "ann", 1, -2)), id="negative hours"),
        pytest.param(plan({"r": 1}, ("r.1", "ann", 0, 8), ("r.1", "ann", 1, 0)), id="no hours"),
        pytest.param(plan({"r": 1}, ("r.1", "ann", 0, 8), ("r.1", "bob", 0, 1)), id="unknown specialist"),
        pytest.param(plan({"r": 1}, ("r.1", "ann", 0, 8), ("r.1", "ann", 2, 1)), id="unknown week"),
    ],
)
def test_anything_but_exactly_one_level_is_found(found: Plan) -> None:
    """Each plan is sound but for the one thing its name says."""
    assert broken(TWO_LEVELS, found) == {"level"}


def test_the_engine_grants_one_level_with_its_hours_and_would_not_without_it() -> None:
    """Both levels together would be worth 140; one is granted."""
    assert best_value(TWO_LEVELS) == 100
    assert "level" in broken(TWO_LEVELS, forgetting("level", TWO_LEVELS))


def test_one_option_is_staffed_and_only_its_lines() -> None:
    """Hours on a line of the other option are a fault; the engine takes the better option alone."""
    either = request(options=(("r.1",), ("r.2",)), option_bonus=(0, 5))
    problem = world((person(),), (either,), (line(), line("r.2", (6,))))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 8), ("r.2", "ann", 1, 6))) == {"level"}
    assert best_value(problem) == 105


def test_a_candidate_works_the_own_hours() -> None:
    """An expert needs 5 instead of 8 hours, no more and no fewer."""
    expert = line(candidates=(Candidate("ann", (5,)),))
    problem = world((person(),), (request(),), (expert,))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 8))) == {"level"}
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 5))) == set()
    assert best_value(problem) == 100


def test_a_level_is_not_granted_later_than_its_last_value() -> None:
    """Worth 100 when it ends by week 0, nothing is offered later; the hours need both weeks."""
    late = Level("1", 100, value_by_end=((0, 100),))
    problem = world((person(),), (request(levels=(late,)),), (line(hours=(12,)),))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 6), ("r.1", "ann", 1, 6))) == {"level"}
    assert best_value(problem) == 0


def test_a_level_without_hours_is_granted_without_work() -> None:
    """Zero hours mean that the line is not used at that level."""
    problem = world((person(capacity=(0, 0)),), (request(worth=(30, 100)),), (line(hours=(0, 8)),))
    assert broken(problem, plan({"r": 0})) == set()
    assert best_value(problem) == 30
