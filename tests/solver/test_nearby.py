"""A plan changed only near one request: sound as a plan of the whole, never better than the best."""

from __future__ import annotations

import pytest
from company import company
from random_problems import random_problem

from solver.cards.asking import Asking
from solver.cards.forcing import forced, granted_level
from solver.explain import card
from solver.plan import Plan
from solver.referee import measure, rank, violations
from solver.search.nearby import around, solve_near
from solver.settings import Settings
from solver.solve import solve


@pytest.mark.parametrize("seed", range(0, 120, 5))
def test_with_everybody_near_the_best_plan_is_found_and_with_few_a_sound_one(seed: int) -> None:
    """All free: as good as the whole solve. One request free: every rule holds, and the others stand."""
    problem = random_problem(seed)
    best = solve(problem)
    if best.plan is None or best.measures is None:
        return
    asking = Asking(Settings(wall_limit_s=1200))
    everybody = solve_near(problem, best.plan, {r.id for r in problem.requests}, asking, 0.2)
    assert everybody is not None
    assert rank(everybody.measures) == rank(best.measures)
    name = problem.requests[seed % len(problem.requests)].id
    near = solve_near(problem, best.plan, {name}, asking, 0.2)
    assert near is not None
    assert violations(problem, near.plan) == []
    assert near.measures == measure(problem, near.plan)
    assert rank(near.measures) == rank(best.measures)
    others = [row for row in best.plan.hours if problem.request_of[row.line].id != name]
    assert [row for row in near.plan.hours if problem.request_of[row.line].id != name] == others


def test_a_forced_request_takes_from_its_rivals_only() -> None:
    """A refused request of a company is forced: whoever is not free has exactly what it had."""
    problem = company(people=8, requests=16)
    plan = solve(problem, Settings(wall_limit_s=4)).plan or Plan()
    name = next(r.id for r in problem.requests if granted_level(plan, r.id) < 0)
    free = around(problem, plan, name, 0)
    assert name in free
    assert len(free) <= 13
    near = solve_near(forced(problem, name, 0), plan, free, Asking(Settings()), 0.2)
    if near is not None:
        assert granted_level(near.plan, name) == 0
        for request in problem.requests:
            if request.id not in free:
                assert granted_level(near.plan, request.id) == granted_level(plan, request.id)


def test_a_large_unproven_card_speaks_of_the_neighbourhood() -> None:
    """Nothing is called proven or exact, no step below is told, and few are displaced."""
    problem = company()
    result = solve(problem, Settings(wall_limit_s=3))
    assert result.plan is not None
    name = next(r.id for r in problem.requests if granted_level(result.plan, r.id) < 0)
    told = card(problem, result, name, Settings(wall_limit_s=8)).row()
    assert (told["exact"], told["break_even"]) == (False, None)
    assert told["estimate"] is None or told["estimate"] >= told["own_value"]
    found = {key: family for key, family in told["families"].items() if family and key != "value"}
    for family in found.values():
        assert (family["proven"], family["scope"], family["below"]) == (False, "nearby", None)
        assert len(family["displaced"]) <= 13
