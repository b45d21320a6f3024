"""Decided: what was already decided stands."""

from __future__ import annotations

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

from solver import solve
from solver.plan import Plan
from solver.problem import Lock, Problem


def locked(lock: Lock, *, worth: tuple[int, ...] = (40, 100), team: int = 1) -> Problem:
    """Two people, one request of eight hours, or four at half size, and one lock."""
    people = (person(), person("bob"))
    asks = line(hours=(4, 8)[-len(worth) :], max_specialists=team)
    return world(people, (request(worth=worth),), (asks,), locks=(lock,))


FROZEN = Lock("frozen", line="r.1", specialist="ann", week=0, hours=3)
FORBIDDEN = Lock("forbid", line="r.1", specialist="ann")
FORBIDDEN_WEEK = Lock("forbid", line="r.1", specialist="ann", week=0)
PINNED = Lock("pin", line="r.1", specialist="bob")
AT_LEAST = Lock("min_level", request="r", level=1)
AT_MOST = Lock("max_level", request="r", level=0)
REFUSE = Lock("max_level", request="r", level=-1)
WHOLE_BY_ANN = plan({"r": 1}, ("r.1", "ann", 0, 8))
HALF_BY_ANN = plan({"r": 0}, ("r.1", "ann", 0, 4))


@pytest.mark.parametrize(
    ("lock", "found"),
    [
        (FROZEN, WHOLE_BY_ANN),
        (FROZEN, plan({})),
        (FORBIDDEN, WHOLE_BY_ANN),
        (FORBIDDEN_WEEK, WHOLE_BY_ANN),
        (PINNED, WHOLE_BY_ANN),
        (AT_LEAST, HALF_BY_ANN),
        (AT_LEAST, plan({})),
        (AT_MOST, WHOLE_BY_ANN),
        (REFUSE, HALF_BY_ANN),
    ],
)
def test_a_lock_that_does_not_hold_is_found(lock: Lock, found: Plan) -> None:
    """The plan is sound but for the lock."""
    assert broken(locked(lock), found) == {"decided"}


@pytest.mark.parametrize(
    ("lock", "value"),
    [(FROZEN, 100), (FORBIDDEN, 100), (FORBIDDEN_WEEK, 100), (PINNED, 100), (AT_MOST, 40), (REFUSE, 0)],
)
def test_the_engine_holds_every_kind(lock: Lock, value: int) -> None:
    """Around each lock the best plan is found: Bob can do all, and Ann can do the rest in week 1."""
    assert best_value(locked(lock)) == value


def test_the_frozen_amount_stands_exactly() -> None:
    """Three hours of Ann in week 0, so five more in week 1, as the line takes one person."""
    found = solve(locked(FROZEN)).plan
    assert found is not None
    assert {(row.specialist, row.week): row.hours for row in found.hours} == {("ann", 0): 3, ("ann", 1): 5}


@pytest.mark.parametrize("level", [0, 1])
def test_a_level_is_forced_although_it_costs(level: int) -> None:
    """Both levels are worth less than nothing; at least the first, or exactly the second, is forced."""
    lock = Lock("min_level", request="r", level=level)
    assert best_value(locked(lock, worth=(-10, -30))) == (-10, -30)[level]


def test_a_pin_joins_the_team_of_a_staffed_line() -> None:
    """Ann may work beside the pinned Bob, not instead of him, and nobody works when the line is refused."""
    problem = locked(PINNED, team=2)
    assert broken(problem, plan({"r": 1}, ("r.1", "ann", 0, 4), ("r.1", "bob", 0, 4))) == set()
    assert broken(problem, plan({})) == set()


@pytest.mark.parametrize("lock", [FORBIDDEN, FORBIDDEN_WEEK, PINNED, AT_MOST, REFUSE])
def test_the_engine_would_not_hold_it_without_the_rule(lock: Lock) -> None:
    """Ann is worth more here, in week 0 at full size, which every lock forbids."""
    base = locked(lock)
    liked = line(hours=(4, 8), weeks=(0, 0), preferred=("ann", 7))
    problem = Problem(base.name, base.weeks, base.specialists, base.requests, (liked,), locks=(lock,))
    assert broken(problem, forgetting("decided", problem)) == {"decided"}
