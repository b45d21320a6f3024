"""The first plan shown: there at once, and never below what a walk down a list makes."""

from __future__ import annotations

import pytest
from rule_world import line, person, request, world

from solver import Settings, motor, solve
from solver.bench.generate import generate
from solver.bench.peer_greedy import by_filing, by_value_per_hour, greedy_plan
from solver.exact.start import greedy
from solver.exact.watch import Watch
from solver.plan import Grant, Plan
from solver.problem import Problem
from solver.referee import check, measure, violations
from solver.search.driving import early
from solver.search.plans import plan_of


def best_list(problem: Problem) -> int:
    """What the better one of two lists is worth: by value per hour, in filing order."""
    return max(measure(problem, greedy_plan(problem, key)).value for key in (by_filing, by_value_per_hour))


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_the_first_plan_of_a_small_company_is_no_worse_than_a_list(seed: int) -> None:
    """Stopped before anything else is done, so that only the first plan is left."""
    problem = generate("S", seed)
    result = solve(problem, cancel=lambda: True)
    assert result.measures is not None
    assert result.measures.value >= best_list(problem)


def test_the_motor_begins_no_worse_than_a_list() -> None:
    """A company of 200 has too many people for lists in Python; the compiled ones are kept for the search."""
    problem = generate("M", 1)
    watch = Watch(problem, 60.0, None, None)
    assert motor.begin(problem, Settings(workers=2), watch)
    assert watch.best is not None
    assert watch.best[1].value >= best_list(problem)
    assert watch.early is not None
    assert watch.early.plan is watch.best[0]


def test_who_asked_first_is_served_first_where_that_is_worth_more() -> None:
    """By the hour q pays most (90 in 8), yet it takes the place of r (100 in 40), which was filed first."""
    problem = world(
        (person(capacity=(40, 0)),),
        (request("q", worth=(90,), submitted=2), request("r", worth=(100,), submitted=1)),
        (line("q.1", hours=(8,), weeks=(0, 0)), line("r.1", hours=(40,), weeks=(0, 0))),
    )
    found = greedy(problem)
    assert found is not None
    assert found.granted == (Grant("r", 0, 0),)


def test_a_list_that_is_stopped_gives_what_was_granted_by_then() -> None:
    """Told to stop at the third question, it has granted two requests, and keeps every rule."""
    problem = generate("S", 1)
    asked = iter(range(1000))
    found = greedy(problem, ("request",), lambda: next(asked) >= 2)
    assert found is not None
    assert 1 <= len(found.granted) <= 2
    assert check(problem, found).value > 0


def test_a_team_keeps_to_the_hours_of_a_week_together() -> None:
    """Two people with 40 hours share a line of 60 over two weeks, 30 a week at most for both of them."""
    problem = world(
        (person("ann", capacity=(20, 20)), person("bob", capacity=(20, 20))),
        (request("r", worth=(100,)),),
        (line("r.1", hours=(60,), weeks=(0, 1), max_specialists=2, weekly_max=30),),
    )
    found = greedy(problem)
    assert found is not None
    assert violations(problem, found) == []
    assert [grant.request for grant in found.granted] == ["r"]


def test_a_plan_to_begin_from_takes_the_place_of_the_first_one() -> None:
    """A plan made again after a change has no time for lists, which are worse than the plan before."""
    problem = generate("S", 1)
    watch, start = Watch(problem, 60.0, None, None), greedy(problem)
    assert start is not None
    begun = early(problem, Settings(), watch, start)
    assert begun is not None
    assert plan_of(begun.case, begun.state) == Plan()
    assert watch.best is None
