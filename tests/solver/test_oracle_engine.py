"""The engine and its referee against brute force, which shares nothing with them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import brute_force
import oracle
import pytest
from random_problems import random_plans, random_problem

from solver.files import problem_hash
from solver.referee import measure, violations
from solver.solve import solve

if TYPE_CHECKING:
    from solver.plan import Measures
    from solver.problem import Problem

BLOCKS = [range(start, start + 50) for start in range(0, 500, 50)]
IDS = [f"{block[0]}-{block[-1]}" for block in BLOCKS]


def as_score(problem: Problem, measures: Measures) -> oracle.Score:
    """The referee's measures in the oracle's words."""
    return oracle.Score(
        kept=len(problem.requests) - len(measures.broken_obligations),
        share=measures.floor_share,
        shortfall=-measures.floor_shortfall,
        value=measures.value,
        handovers=-measures.handovers,
        tie=measures.tie,
    )


@pytest.mark.parametrize("block", BLOCKS, ids=IDS)
def test_the_engine_reaches_the_best_plan_there_is(block: range) -> None:
    """All five stages equal brute force, proven, and locks conflict exactly when no plan keeps them."""
    for seed in block:
        problem = random_problem(seed)
        found = brute_force.best(problem)
        result = solve(problem)
        assert result.problem_hash == problem_hash(problem)
        if found is None:
            assert (seed, result.status, result.stopped, result.plan) == (seed, "none", "conflict", None)
            assert result.conflicts, seed
            continue
        assert result.plan is not None, seed
        assert result.measures is not None, seed
        assert (seed, as_score(problem, result.measures)) == (seed, found[0])
        assert (seed, result.status, result.proven_stages) == (seed, "optimal", (1, 2, 3, 4, 5))
        assert (seed, result.bound) == (seed, found[0].value)
        assert oracle.faults(problem, result.plan) == set(), seed
        assert oracle.score(problem, result.plan) == found[0], seed


@pytest.mark.parametrize("block", BLOCKS, ids=IDS)
def test_feasible_for_the_oracle_is_no_violation_for_the_referee(block: range) -> None:
    """On ten random plans a problem, both agree on what is allowed, and on what it is worth."""
    for seed in block:
        problem = random_problem(seed)
        for number, plan in enumerate(random_plans(problem, Random(seed), 10)):
            broken, seen = oracle.faults(problem, plan), {v.rule for v in violations(problem, plan)}
            assert (seed, number, bool(broken)) == (seed, number, bool(seen)), (broken, seen, plan)
            if not broken:
                assert as_score(problem, measure(problem, plan)) == oracle.score(problem, plan), (seed, plan)
