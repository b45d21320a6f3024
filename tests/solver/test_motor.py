"""The motor: its plans keep every rule, its bound is above the best plan, and it ends as it should."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import brute_force
import pytest
from company import company, shuffled
from random_problems import random_problem

from solver.exact_watch import Watch
from solver.motor import drive
from solver.presolve import tighten
from solver.referee import measure, violations
from solver.search.plans import plan_of, state_of
from solver.settings import Settings

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
    from solver.problem import Published

    bound_to = replace(problem, published=Published(10**6, 10, old[0].hours))
    watch, _ = driven(bound_to, start=old[0])
    assert watch.best is not None
    assert watch.best[1].churn == 0
    assert watch.best[1] == measure(bound_to, watch.best[0])
