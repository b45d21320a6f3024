"""After: a line waits for the lines that come before it."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

from solver.plan import Grant, Plan
from solver.problem import Hours

ANN, BOB = person(capacity=(0, 10, 10)), person("bob", (10, 0, 0), skills={"t": 1})
TWO_STEPS = world(
    (ANN, BOB),
    (request(options=(("r.1", "r.2"),)),),
    (line(weeks=(0, 2)), line("r.2", (8,), (0, 2), needs={"t": 1}, after=("r.1",))),
)


def test_work_before_the_end_of_the_first_line_is_found() -> None:
    """Bob works in week 0 on what may start when Ann ends in week 1."""
    assert broken(TWO_STEPS, plan({"r": 0}, ("r.1", "ann", 1, 8), ("r.2", "bob", 0, 8))) == {"after"}


@pytest.mark.parametrize(("week", "fits"), [(0, False), (1, True)])
def test_the_same_week_is_allowed(week: int, fits: bool) -> None:
    """The second step may be worked in the week in which the first one ends."""
    people = (person(capacity=(10, 10)), person("bob", (10, 10), skills={"t": 1}))
    problem = world(people, TWO_STEPS.requests, (line(), line("r.2", (8,), needs={"t": 1}, after=("r.1",))))
    found = plan({"r": 0}, ("r.1", "ann", 0, 4), ("r.1", "ann", 1, 4), ("r.2", "bob", week, 8))
    assert broken(problem, found) == (set() if fits else {"after"})


def test_the_engine_keeps_it_and_would_not_without_it() -> None:
    """Bob is there before Ann only."""
    assert best_value(TWO_STEPS) == 0
    assert broken(TWO_STEPS, forgetting("after", TWO_STEPS)) == {"after"}


def test_an_unstaffed_first_line_binds_nothing() -> None:
    """In the second option the first line is not there."""
    either = request(options=(("r.1", "r.2"), ("r.2",)))
    problem = world((ANN, BOB), (either,), TWO_STEPS.lines)
    assert broken(problem, Plan((Grant("r", 0, 1),), (Hours("r.2", "bob", 0, 8),))) == set()
    assert best_value(problem) == 100


def test_a_chain_of_three_keeps_its_order() -> None:
    """Ten hours a week and three steps of eight fit into three weeks, in order, not into two."""
    steps = tuple(line(f"r.{n}", (8,), (0, 2), after=(f"r.{n - 1}",) if n > 1 else ()) for n in (1, 2, 3))
    chain = request(options=(("r.1", "r.2", "r.3"),))
    assert best_value(world((person(capacity=(10, 10, 10)),), (chain,), steps)) == 100
    assert best_value(world((person(capacity=(10, 0, 10)),), (chain,), steps)) == 0
