"""Window: work stays within the weeks of its line."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

ANN = person(capacity=(10, 10, 10))


@pytest.mark.parametrize("week", [0, 2])
def test_work_outside_the_window_is_found(week: int) -> None:
    """The line may be worked in week 1 only."""
    problem = world((ANN,), (request(),), (line(weeks=(1, 1)),))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", week, 8))) == {"window"}


def test_the_engine_uses_no_week_outside() -> None:
    """Twelve hours need two weeks of ten; a window of one week refuses them, of two grants them."""
    narrow = world((ANN,), (request(),), (line(hours=(12,), weeks=(1, 1)),))
    wide = world((ANN,), (request(),), (line(hours=(12,), weeks=(1, 2)),))
    assert (best_value(narrow), best_value(wide)) == (0, 100)


def test_an_engine_without_it_has_no_weeks() -> None:
    """The rule opens the weeks that may be worked; without it none can."""
    assert forgetting("window", world((ANN,), (request(),), (line(),))) == plan({})
