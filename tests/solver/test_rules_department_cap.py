"""Department cap: hours of a department stay within what it agreed to."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

from solver.problem import DepartmentCap

PEOPLE = (person(), person("bob"), person("eve", department="sales"))
REQUESTS = (request("q"), request())
LINES = (line("q.1", weeks=(0, 0), required="ann"), line(weeks=(1, 1), required="bob"))


@pytest.mark.parametrize(
    ("week", "hours", "kept"),
    [(None, 16, True), (None, 15, False), (0, 8, True), (0, 7, False), (1, 7, False)],
)
def test_hours_of_a_department_count_by_week_or_over_the_plan(
    week: int | None, hours: int, kept: bool
) -> None:
    """Ann works eight hours in week 0 and Bob eight in week 1."""
    problem = world(PEOPLE, REQUESTS, LINES, department_caps=(DepartmentCap("eng", week, hours),))
    found = plan({"q": 0, "r": 0}, ("q.1", "ann", 0, 8), ("r.1", "bob", 1, 8))
    assert broken(problem, found) == (set() if kept else {"department_cap"})
    assert best_value(problem) == (200 if kept else 100)


def test_the_engine_would_not_keep_it_without_it() -> None:
    """Ten hours for the department, sixteen asked for."""
    problem = world(PEOPLE, REQUESTS, LINES, department_caps=(DepartmentCap("eng", None, 10),))
    assert broken(problem, forgetting("department_cap", problem)) == {"department_cap"}


def test_other_departments_are_not_counted() -> None:
    """The cap of sales does not bind engineering."""
    problem = world(PEOPLE, REQUESTS, LINES, department_caps=(DepartmentCap("sales", None, 0),))
    assert best_value(problem) == 200
