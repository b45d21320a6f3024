"""Value: level values by the end of the work, and bonuses of options, candidates and preferences."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from random_problems import random_plans, random_problem
from rule_world import best_value, line, person, plan, request, world

from solver import Settings, motor, solve
from solver.bench.generate import generate
from solver.exact.watch import Watch
from solver.problem import Candidate, Hours, Level, Problem, Published
from solver.referee import measure
from solver.terms.worth import floored

FALLING = Level("1", 100, value_by_end=((0, 100), (1, 60)))


def value_of(problem: Problem, *rows: tuple[str, str, int, int], level: int = 0) -> int:
    """What granting r by these rows is worth."""
    return measure(problem, plan({"r": level}, *rows)).value


def test_a_refused_request_is_worth_nothing() -> None:
    """Also one with a bonus."""
    problem = world((person(),), (request(option_bonus=(5,)),), (line(preferred=("ann", 7)),))
    assert measure(problem, plan({})).value == 0


def test_bonuses_count_once_per_line_and_person_and_add_up() -> None:
    """100 for the level, 5 for the option, 7 for Ann as preferred, 3 for her as candidate, in two weeks."""
    terms: dict[str, Any] = {
        "preferred": ("ann", 7),
        "candidates": (Candidate("ann", (8,), 3), Candidate("bob", (8,))),
    }
    problem = world((person(), person("bob")), (request(option_bonus=(5,)),), (line(**terms),))
    assert value_of(problem, ("r.1", "ann", 0, 4), ("r.1", "ann", 1, 4)) == 115
    assert value_of(problem, ("r.1", "bob", 0, 8)) == 105
    assert best_value(problem) == 115


def test_each_line_of_a_person_has_its_own_bonus() -> None:
    """Ann is preferred on both lines: 100 + 7 + 7."""
    both = request(options=(("r.1", "r.2"),))
    problem = world((person(),), (both,), (line(preferred=("ann", 7)), line("r.2", preferred=("ann", 7))))
    assert value_of(problem, ("r.1", "ann", 0, 8), ("r.2", "ann", 1, 8)) == 114
    assert best_value(problem) == 114


def test_a_negative_bonus_keeps_a_person_away() -> None:
    """Ann costs 4 on this line and Bob nothing."""
    dear = line(preferred=("ann", -4))
    assert best_value(world((person(), person("bob")), (request(),), (dear,))) == 100
    assert best_value(world((person(),), (request(),), (dear,))) == 96


@pytest.mark.parametrize(("week", "value"), [(0, 100), (1, 60)])
def test_the_value_falls_with_the_last_worked_week(week: int, value: int) -> None:
    """100 until week 0, 60 until week 1."""
    problem = world((person(),), (request(levels=(FALLING,)),), (line(weeks=(week, week)),))
    assert value_of(problem, ("r.1", "ann", week, 8)) == value
    assert best_value(problem) == value


def test_the_engine_ends_early_when_that_is_worth_more() -> None:
    """Twelve hours need both weeks of ten for one person, and one week for two."""
    alone = world((person(), person("bob")), (request(levels=(FALLING,)),), (line(hours=(12,)),))
    team = world(
        (person(), person("bob")), (request(levels=(FALLING,)),), (line(hours=(12,), max_specialists=2),)
    )
    assert (best_value(alone), best_value(team)) == (60, 100)


def test_the_end_is_that_of_all_lines_together() -> None:
    """One line ends in week 0, the other in week 1, so the request ends in week 1."""
    both = request(levels=(FALLING,), options=(("r.1", "r.2"),))
    problem = world((person(),), (both,), (line(weeks=(0, 0)), line("r.2", weeks=(1, 1))))
    assert value_of(problem, ("r.1", "ann", 0, 8), ("r.2", "ann", 1, 8)) == 60
    assert best_value(problem) == 60


def test_a_level_without_work_ends_before_it_begins() -> None:
    """No hours, so the first and highest value holds."""
    problem = world((person(),), (request(levels=(FALLING,)),), (line(hours=(0,)),))
    assert value_of(problem) == 100
    assert best_value(problem) == 100


def test_a_negative_value_is_not_granted() -> None:
    """Refusing is worth 0, which is more than -1."""
    assert solve(world((person(),), (request(worth=(-1,)),), (line(),))).plan == plan({})


def test_a_bound_is_floored_to_what_a_plan_can_be_worth() -> None:
    """Amounts of 300 and a bonus of 100: 839 is out of reach, 800 is not; churn at 20 a half makes it 820."""
    asked = (request(worth=(300,), option_bonus=(100,)),)
    problem = world((person(),), asked, (line(),))
    assert [floored(problem, bound) for bound in (839, 800, -1)] == [800, 800, -100]
    taken = Published(40, 2, (Hours("r.1", "ann", 0, 8),))
    assert floored(replace(problem, published=taken), 839) == 820
    nothing = world((person(),), (request(worth=(0,)),), (line(),))
    assert floored(nothing, 839) == 0


@pytest.mark.parametrize("seed", range(40))
def test_no_value_is_between_what_bounds_are_floored_to(seed: int) -> None:
    """Whatever a plan of a random problem is worth, with bonuses, falling values and churn, stays."""
    problem = random_problem(seed)
    for found in random_plans(problem, Random(seed), 5):
        assert floored(problem, measure(problem, found).value) == measure(problem, found).value


def test_the_bound_of_the_search_is_one_that_a_plan_could_have() -> None:
    """All amounts of a made-up company are full hundreds, so its bound is, which floating point knows not."""
    problem = generate("S", 1)
    assert all(level.value % 100 == 0 for request in problem.requests for level in request.levels)
    watch = Watch(problem, 60.0, None, None)
    found = motor.drive(problem, Settings(), watch, seconds=60.0, work=0.5, small=False)
    assert found is not None
    assert found.bound is not None
    assert found.bound % 100 == 0
