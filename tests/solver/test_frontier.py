"""Trade-offs: every point a complete plan of the problem, none beaten by another, the best floor named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from random_problems import random_problem

from solver.files import read_problem
from solver.problem import Floor, Hours, Level, Lock, Problem, Published
from solver.referee import measure, violations
from solver.settings import Settings
from solver.tradeoffs.frontier import Against, Frontier, UnknownTradeError, frontier

DATA = Path(__file__).parent / "data"

LONG = Settings(wall_limit_s=1200)
"""Small problems are proven at once; a busy machine must not make that unproven."""


def example(name: str) -> Problem:
    """A worked example."""
    return read_problem((DATA / f"{name}.json").read_bytes())


def sound(problem: Problem, found: Frontier) -> None:
    """Every point keeps every rule of the problem itself; value falls and the other side gets better."""
    for point in found.points:
        assert violations(problem, point.plan) == []
        assert point.ending.measures == measure(problem, point.plan)
        assert point.bound is None or point.bound >= point.value
    values = [point.value for point in found.points]
    others = [point.other for point in found.points]
    assert values == sorted(set(values), reverse=True)
    assert others == sorted(set(others), reverse=found.against in ("stability", "moves"))
    json.dumps(found.row())


@pytest.mark.acceptance
def test_e8_value_60_51_47_at_floors_0_25_50_and_no_higher_one() -> None:
    """Solo values 60, 24, 10; floors of 0, .25, .5: values 60, 51, 47, and .50 is the highest reachable."""
    problem = example("e8-floor-0")
    found = frontier(problem, "floor", 4, LONG)
    sound(problem, found)
    assert found.solo == {"kam-A": 6_000_000, "kam-B": 2_400_000, "kam-C": 1_000_000}
    assert [(p.setting, p.value) for p in found.points] == [
        (0, 6_000_000),
        (0.25, 5_100_000),
        (0.5, 4_700_000),
    ]
    assert [p["jain"] for p in found.row()["points"]] == pytest.approx([0.3333, 0.8838, 1.0], abs=5e-5)
    assert [p["cost"] for p in found.row()["points"]] == pytest.approx([0, 0.15, 0.2167], abs=5e-5)
    assert (found.best_floor, found.best_floor_proven, found.complete) == (0.5, True, True)
    assert found.points[1].more["shares"] == pytest.approx(
        {"kam-A": 0.6667, "kam-B": 0.25, "kam-C": 0.5}, abs=5e-5
    )


@pytest.mark.acceptance
def test_e8_a_floor_of_60_cannot_be_reached_and_the_answer_is_that_of_50() -> None:
    """In fifths .6 would be asked next; the last point is the plan at the highest reachable floor."""
    found = frontier(example("e8-floor-0"), "floor", 5, LONG)
    assert found.points[-1].setting == found.best_floor == 0.5
    assert found.points[-1].value == 4_700_000


@pytest.mark.acceptance
def test_e9_switching_gains_5_for_16_hours_withdrawn() -> None:
    """r1 + r4 = 44 with r2's 16 h withdrawn, or r1 + r2 = 39 with none; the difference names both."""
    problem = example("e9-stable-switch")
    found = frontier(problem, "stability", 5, LONG)
    sound(problem, found)
    assert [(p.value, p.other) for p in found.points] == [(4_400_000, 64), (3_900_000, 0)]
    change = found.differences[1]
    assert change is not None
    assert [(c.request, c.after, c.value) for c in change.requests] == [
        ("r2", 0, 1_900_000), ("r4", -1, -2_400_000)
    ]  # fmt: skip
    assert [(p.specialist, p.gained, p.lost) for p in change.people] == [("ann", 64, 64)]
    moved = frontier(problem, "moves", 5, LONG)
    sound(problem, moved)
    assert [(p.value, p.other) for p in moved.points] == [(4_400_000, 1), (3_900_000, 0)]


def test_the_second_value_is_traded_by_weights() -> None:
    """E7 with strategy 0, 9, 5 for r1, r2, r3: most money is r1 + r3 (5), most strategy r2 + r3 (14)."""
    problem = example("e7-override")
    seconds = {"r1": 0, "r2": 9, "r3": 5}
    requests = tuple(
        replace(r, levels=(Level("1", r.levels[0].value, second=seconds[r.id]),)) for r in problem.requests
    )
    problem = replace(problem, requests=requests)
    found = frontier(problem, "second", 4, LONG)
    sound(problem, found)
    assert [(p.value, p.other) for p in found.points] == [(7_800_000, 5), (6_800_000, 14)]


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_points_of_random_problems_are_sound(seed: int) -> None:
    """Floors, stability and the second value of random problems with every rule; published where missing."""
    problem = random_problem(seed)
    found = frontier(problem, "floor", 2, LONG)
    assert found.points
    assert found.points[0].setting <= (found.best_floor or 0)
    sound(problem, found)
    if problem.published and problem.published.hours:
        sound(problem, frontier(problem, "stability", 3, LONG))
    if any(level.second for r in problem.requests for level in r.levels):
        sound(problem, frontier(problem, "second", 3, LONG))


def after(calls: int) -> Callable[[], bool]:
    """A wish to stop that comes when it was asked for so many times."""
    asked = count()
    return lambda: next(asked) >= calls


def test_second_values_fill_no_floor_of_money() -> None:
    """Ann has 40 h: r1 (24 h, 48 k) beside r3 (16 h, 10 k) reaches its KAM's floor, r2 beside r3 does not.

    r2 is worth 60 k, so 70 k against 58 k; r3 has the only second value, which counts for that KAM too.
    """
    problem = example("e7-override")
    worth = {"r1": Level("1", 4_800_000), "r2": Level("1", 6_000_000), "r3": Level("1", 1_000_000, second=10)}
    kams = {"r1": "kim", "r2": "lee", "r3": "kim"}
    requests = tuple(replace(r, kam=kams[r.id], levels=(worth[r.id],)) for r in problem.requests)
    problem = replace(problem, requests=requests, floors=(Floor(4_800_000, kam="kim"),))
    found = frontier(problem, "second", 4, LONG)
    sound(problem, found)
    assert [(p.value, p.other, p.proven) for p in found.points] == [(5_800_000, 10, True)]


def test_a_floor_of_a_purpose_leaves_the_highest_floor_of_the_kams_unproven() -> None:
    """r1 and r3 fit and give kim all and lee 30 of 68 k; but the floor of r2's purpose wants r2 beside r3."""
    problem = example("e7-override")
    kams = {"r1": "kim", "r2": "lee", "r3": "lee"}
    requests = tuple(
        replace(r, kam=kams[r.id], purpose="win" if r.id == "r2" else "") for r in problem.requests
    )
    problem = replace(problem, requests=requests)
    found = frontier(problem, "floor", 4, LONG)
    assert (found.best_floor, found.best_floor_proven) == (0.441, True)
    wanting = replace(problem, floors=(Floor(100_000_000, purpose="win"),))
    found = frontier(wanting, "floor", 4, LONG)
    assert (found.best_floor, found.best_floor_proven) == (0.0, False)


@pytest.mark.parametrize("against", ["floor", "second", "stability", "moves"])
def test_decisions_that_contradict_each_other_leave_no_points(against: Against) -> None:
    """Ann has 40 h in the only week, and 41 of them are decided: there is no plan, so none is shown."""
    problem = example("e7-override")
    row = Hours("r1.1", "ann", 0, 4)
    first, *rest = problem.requests
    problem = replace(
        problem,
        requests=(replace(first, levels=(Level("1", 5, second=1),)), *rest),
        published=Published(2, 1, (row,)),
        locks=(Lock("frozen", line="r1.1", specialist="ann", week=0, hours=164),),
    )
    found = frontier(problem, against, 2, LONG)
    assert (found.points, found.complete, found.best_floor) == ((), True, None)


def test_a_stopped_search_keeps_its_points() -> None:
    """Stopped on the way, what was found stays and is called incomplete."""
    problem = example("e8-floor-0")
    whole = frontier(problem, "floor", 20, LONG)
    stopped = frontier(problem, "floor", 20, LONG, cancel=lambda: True)
    assert whole.complete
    assert not stopped.complete
    assert len(stopped.points) >= 1
    sound(problem, stopped)
    sound(problem, frontier(problem, "floor", 20, LONG, cancel=after(12)))


def test_progress_tells_which_point_is_sought() -> None:
    """Each KAM alone, then each floor."""
    told: list[str] = []
    frontier(example("e8-floor-0"), "floor", 2, LONG, progress=lambda p: told.append(p.doing))
    assert told[:4] == [*(f"what kam-{k} would have alone" for k in "ABC"), "floor 0.00"]
    assert "the highest reachable floor" in told


def test_what_cannot_be_traded_is_refused() -> None:
    """Nothing published, no second value, an unknown word, no steps."""
    problem = example("e8-floor-0")
    for against, steps in (("stability", 3), ("moves", 3), ("second", 3), ("luck", 3), ("floor", 0)):
        with pytest.raises(UnknownTradeError):
            frontier(problem, against, steps, LONG)  # type: ignore[arg-type]  # - that is what is tested


def test_hours_moved_to_another_person_count_half() -> None:
    """Eight published quarter-hours done by somebody else in the same week: four withdrawn, one row cut."""
    from solver.tradeoffs.taken import moves, withdrawn

    problem = example("e9-stable-keep")
    old = Published(2, 1, (Hours("r1.1", "ann", 0, 64),))
    bob = replace(problem.specialists[0], id="bob")
    problem = replace(problem, published=old, specialists=(*problem.specialists, bob))
    from solver.plan import Grant, Plan

    plan = Plan((Grant("r1", 0, 0),), (Hours("r1.1", "bob", 0, 64),))
    assert (withdrawn(problem, plan), moves(problem, plan)) == (32, 1)
