"""Which engine gets the time: small problems are looked at whole, assignment and knapsack are raced for."""

from __future__ import annotations

from random import Random

from company import company
from rule_world import line, person, request, world

from solver import Settings, solve
from solver.bench.mapping import knapsack_problem
from solver.bench.raw import Knapsack
from solver.exact.start import greedy
from solver.problem import Candidate


def knapsack(items: int) -> Knapsack:
    """Five rows, half of everything fits, and what weighs more is worth more: hard for its size."""
    dice = Random(1)
    weight = tuple(tuple(dice.randint(0, 1000) for _ in range(items)) for _ in range(5))
    profit = tuple(sum(row[j] for row in weight) // 5 + dice.randint(0, 500) for j in range(items))
    return Knapsack(profit, weight, tuple(sum(row) // 2 for row in weight))


def test_a_knapsack_is_proven_by_whoever_is_quicker() -> None:
    """HiGHS alone, on the same rows written down without the engine, finds 17,814 and proves it."""
    problem = knapsack_problem("sack", knapsack(40))
    result = solve(problem, Settings(wall_limit_s=300.0, workers=2))
    assert result.measures is not None
    assert (result.status, result.measures.value, result.bound) == ("optimal", 17814, 17814)


def test_a_limit_of_work_keeps_a_knapsack_reproducible() -> None:
    """Nobody races then: too little work for a proof ends twice at the same plan and says so."""
    problem = knapsack_problem("sack", knapsack(60))
    settings = Settings(wall_limit_s=300.0, work_limit=0.2)
    first, second = solve(problem, settings), solve(problem, settings)
    assert (first.stopped, first.reproducible) == ("work_limit", True)
    assert first.plan == second.plan


def test_small_problems_are_proven_without_the_motor() -> None:
    """A whole look at six people and twelve requests needs a third of the work, which it is given at once."""
    doing = set[str]()
    problem = company(people=6, requests=12)
    result = solve(
        problem, Settings(wall_limit_s=300.0, work_limit=1.0), progress=lambda p: doing.add(p.doing)
    )
    assert result.status == "optimal"
    assert not doing & {"loading", "tightening", "prices", "search"}


def test_the_first_plan_knows_what_people_are_worth() -> None:
    """A request that is worth nothing by itself is granted for the bonus of who does it."""
    bonus = (Candidate("ann", (8,), 5), Candidate("bob", (8,), 7))
    problem = world((person(), person("bob")), (request(worth=(0,)),), (line(candidates=bonus),))
    plan = greedy(problem)
    assert plan is not None
    assert [row.specialist for row in plan.hours] == ["bob"]
