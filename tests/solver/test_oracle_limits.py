"""Whenever a solve is stopped, it ends with a plan that keeps the rules, and claims no more than is true."""

from __future__ import annotations

import brute_force
import oracle
from random_problems import random_problem
from samples import FIXTURES

from solver.files import read_problem
from solver.settings import Settings
from solver.solve import solve


def test_a_wall_limit_may_fall_anywhere() -> None:
    """60 limits from 1 to 60 ms hit every step of a solve of the full fixture; none ends without a plan."""
    problem = read_problem((FIXTURES / "full" / "problem.json").read_bytes())
    solve(problem)
    endings = set()
    for milliseconds in range(1, 61):
        result = solve(problem, Settings(wall_limit_s=milliseconds / 1000))
        assert result.plan is not None
        assert oracle.faults(problem, result.plan) == set()
        assert result.bound is None or result.bound >= 6_299_512
        endings.add((result.status, result.stopped))
    assert ("feasible", "wall_limit") in endings


def test_what_is_called_proven_under_little_work_is_true() -> None:
    """With too little work to finish, each proven stage still equals brute force, and bounds hold."""
    unproven = 0
    for seed in range(60):
        problem = random_problem(seed)
        best = brute_force.best(problem)
        result = solve(problem, Settings(work_limit=2e-4))
        if best is None or result.measures is None:
            assert best is None or result.status == "none"
            continue
        top, m = best[0], result.measures
        unproven += result.proven_stages != (1, 2, 3, 4, 5)
        reached = [len(problem.requests) - len(m.broken_obligations), (m.floor_share, -m.floor_shortfall)]
        reached += [m.value, -m.handovers, m.tie]
        due = [top.kept, (top.share, top.shortfall), top.value, top.handovers, top.tie]
        for stage in result.proven_stages:
            assert (seed, stage, reached[stage - 1]) == (seed, stage, due[stage - 1])
        assert result.bound is None or result.bound >= top.value
    assert unproven > 5
