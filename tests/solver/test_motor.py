"""The motor: its plans keep every rule, its bound is above the best plan, and it ends as it should."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import brute_force
import pytest
from company import company, shuffled
from random_problems import random_problem

from solver.exact.watch import Watch
from solver.motor import drive
from solver.problem import Lock, Published
from solver.referee import measure, violations
from solver.search.plans import plan_of, state_of
from solver.search.presolve import tighten
from solver.settings import Settings
from solver.solve import solve

if TYPE_CHECKING:
    from solver.motor import Motored
    from solver.plan import Plan
    from solver.problem import Problem

BLOCKS = [range(start, start + 25) for start in range(0, 100, 25)]
IDS = [f"{block[0]}-{block[-1]}" for block in BLOCKS]


def driven(
    problem: Problem, *, work: float = 0.02, workers: int = 1, seed: int = 0, start: Plan | None = None
) -> tuple[Watch, Motored | None]:
    """What the motor shows and says within some work."""
    watch = Watch(problem, 120.0, None, None)
    settings = Settings(seed=seed, workers=workers)
    return watch, drive(problem, settings, watch, seconds=120.0, work=work, small=False, start=start)


@pytest.mark.parametrize("block", BLOCKS, ids=IDS)
def test_no_plan_is_beyond_the_bound(block: range) -> None:
    """Problems with every rule: the best plan, found by brute force, is within the bound.

    The watch has verified each plan the motor showed; none may be better than the best.
    """
    reached = planned = 0
    for seed in block:
        problem = random_problem(seed)
        best = brute_force.best(problem)
        watch, found = driven(problem)
        if best is None:
            assert (seed, watch.best) == (seed, None)
            continue
        assert found is not None, seed
        assert found.bound is not None, seed
        score = best[0]
        assert score.value <= found.bound, seed
        assert found.broken <= len(problem.requests) - score.kept, seed
        planned += 1
        if watch.best is not None:
            measures = watch.best[1]
            broken = len(problem.requests) - score.kept
            key = (-len(measures.broken_obligations), measures.floor_share, -measures.floor_shortfall)
            assert (*key, measures.value) <= (-broken, score.share, score.shortfall, score.value), seed
            reached += (*key, measures.value) == (-broken, score.share, score.shortfall, score.value)
    # A heuristic need not find the best plan, but on problems this small it nearly always does.
    assert reached >= 0.8 * planned


def test_a_plan_goes_into_a_state_and_comes_back() -> None:
    """What the search begins with is what was handed in, and what comes out can go in again."""
    problem = company(people=8, requests=14)
    watch, _ = driven(problem)
    assert watch.best is not None
    case = tighten(problem).case
    assert plan_of(case, state_of(case, watch.best[0])) == watch.best[0]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_work_ends_at_the_same_plan(workers: int) -> None:
    """Rows in another order change nothing; another seed does, so the search does depend on chance."""
    problem = company()
    one, said = driven(problem, work=0.3, workers=workers)
    other, again = driven(shuffled(problem, 4), work=0.3, workers=workers)
    assert one.best == other.best
    assert said == again
    assert said is not None
    assert not said.hurried
    assert driven(problem, work=0.3, workers=workers, seed=9)[0].best != one.best


def test_the_plan_handed_in_is_kept_or_bettered() -> None:
    """A search near a good plan is never worse than it, even with next to no work."""
    problem = company()
    first = driven(problem, work=0.5)[0].best
    assert first is not None
    watch = Watch(problem, 60.0, None, None)
    watch.offer(first[0])
    drive(problem, Settings(), watch, seconds=60.0, work=0.01, small=False, start=first[0])
    assert watch.best is not None
    assert watch.best[1].value >= first[1].value
    assert violations(problem, watch.best[0]) == []


def test_promises_are_kept_near_a_published_plan() -> None:
    """With a price on churn, planning again from the published plan changes little of it."""
    problem = company(people=8, requests=14)
    old = driven(problem)[0].best
    assert old is not None
    bound_to = replace(problem, published=Published(10**6, 10, old[0].hours))
    watch, _ = driven(bound_to, start=old[0])
    assert watch.best is not None
    assert watch.best[1].churn == 0
    assert watch.best[1] == measure(bound_to, watch.best[0])


def test_a_grant_that_a_lock_asks_for_is_made_beside_the_plan_handed_in() -> None:
    """The request was refused; forced, it is granted and most of the plan stays as it was."""
    problem = company()
    first = driven(problem, work=0.5)[0].best
    assert first is not None
    granted = {grant.request for grant in first[0].granted}
    asked = next(r.id for r in problem.requests if r.id not in granted)
    forced = replace(problem, locks=(Lock("min_level", request=asked, level=0),))
    again = solve(forced, Settings(wall_limit_s=60.0, work_limit=0.2), start=first[0])
    assert again.plan is not None
    kept = {grant.request for grant in again.plan.granted}
    assert asked in kept
    assert len(granted & kept) >= 0.7 * len(granted)


def test_a_lock_that_nobody_can_keep_is_named_however_large_the_problem() -> None:
    """Only requests that must be granted decide whether there is a plan, so size does not matter."""
    problem = company(people=40, requests=200)
    impossible = replace(
        problem.requests[0], id="x", options=(("x.1",),), levels=problem.requests[0].levels[:1]
    )
    row = replace(problem.lines[0], id="x.1", needs={"unheard-of": 1}, hours=(8,), after=())
    lock = Lock("min_level", request="x", level=0)
    ill = replace(
        problem, requests=(*problem.requests, impossible), lines=(*problem.lines, row), locks=(lock,)
    )
    result = solve(ill, Settings(wall_limit_s=60.0, work_limit=5.0))
    assert (result.status, result.stopped) == ("none", "conflict")
    assert [row["request"] for row in result.conflicts] == ["x"]
