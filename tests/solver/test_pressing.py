"""A request that a change made worth granting gets into a plan handed in, though others must leave for it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import pytest
from company import company

from solver.cards.forcing import granted_level, headline, revalued
from solver.exact.watch import Watch
from solver.motor import drive
from solver.referee import measure, violations
from solver.search.bounds import bound
from solver.search.construct import rank_of
from solver.search.plans import plan_of, state_of
from solver.search.pressing import pressed
from solver.settings import Settings
from solver.tables.arrays import case_of

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem

LITTLE = 0.002
"""Units of work in which a walk alone gets a third of such requests in."""


def driven(problem: Problem, work: float, seed: int = 0, start: Plan | None = None) -> Plan:
    """The motor's best plan."""
    watch = Watch(problem, 120.0, None, None)
    drive(problem, Settings(seed=seed), watch, seconds=120.0, work=work, small=False, start=start)
    assert watch.best is not None
    return watch.best[0]


@pytest.fixture(scope="module")
def planned() -> tuple[Problem, Plan]:
    """A contested company and a good plan for it."""
    problem = company(people=20, requests=60)
    return problem, driven(problem, 0.3)


def test_what_became_worth_granting_is_granted(planned: tuple[Problem, Plan]) -> None:
    """Worth a twenty-fifth of the plan more, most refused requests get in within very little work."""
    problem, plan = planned
    more = measure(problem, plan).value // 25
    refused = [r for r in problem.requests if granted_level(plan, r.id) < 0]
    granted = 0
    for request in refused:
        changed = revalued(problem, request.id, 0, headline(request.levels[0]) + more)
        granted += granted_level(driven(changed, LITTLE, start=plan), request.id) >= 0
    assert granted > len(refused) / 2


def test_nothing_gets_worse_and_every_rule_is_kept(planned: tuple[Problem, Plan]) -> None:
    """Without a change in the problem the plan is as good or better, sound, and the same again."""
    problem, plan = planned
    case = case_of(problem)
    prices = bound(case, rounds=30, threads=1, deadline=monotonic() + 60, cancel=lambda: False)
    before = case.world.copy()

    def again() -> tuple[Plan, tuple[int, ...], int]:
        state, used = pressed(case, state_of(case, plan), prices, 3, steps=20_000_000, over=lambda: False)
        return plan_of(case, state), rank_of(case, state), used

    found, rank, used = again()
    assert rank >= rank_of(case, state_of(case, plan))
    assert not violations(problem, found)
    assert used > 0
    assert (case.world == before).all()
    assert again() == (found, rank, used)
