"""The peers' single model says what the engine's many parts say: brute force knows the best value."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import brute_force
import oracle
import pytest
from random_problems import random_problem

from solver.bench.generate import Shape, generate_shape
from solver.bench.one_model_rules import CannotStateError, one_model
from solver.bench.peer_greedy import CannotPlanError, by_filing, by_value_per_hour, greedy_plan
from solver.bench.peer_solvers import cp_sat, math_opt
from solver.referee import measure, violations

if TYPE_CHECKING:
    from solver.problem import Problem

SEEDS = range(60)


def without_stages(seed: int) -> Problem:
    """A small problem without promises and floors, whose objective is its value alone."""
    problem = random_problem(seed)
    return replace(
        problem, floors=(), requests=tuple(replace(request, obligation=None) for request in problem.requests)
    )


def best_value(problem: Problem) -> int | None:
    """The greatest value there is; None when no plan keeps the locks."""
    found = brute_force.best(problem)
    return None if found is None else found[0].value


def test_one_model_has_the_best_value_there_is() -> None:
    """CP-SAT on the single model proves the brute-force value, with a plan that breaks no rule."""
    for seed in SEEDS:
        problem = without_stages(seed)
        model = one_model(problem)
        found = cp_sat(model.program, 60, workers=1, seed=0)
        best = best_value(problem)
        if best is None:
            assert (seed, found.ended, found.values) == (seed, "infeasible", None)
            continue
        assert found.values is not None, seed
        plan = model.plan(found.values)
        assert oracle.faults(problem, plan) == set(), seed
        assert (seed, oracle.score(problem, plan).value) == (seed, best)
        assert (seed, found.bound, found.ended) == (seed, best, "optimal")


@pytest.mark.parametrize("name", ["HIGHS", "GSCIP"])
def test_solvers_behind_math_opt_agree(name: str) -> None:
    """Both solve the same program to the same value, and their bounds are not below it."""
    for seed in range(12):
        problem = without_stages(seed)
        model = one_model(problem)
        found = math_opt("HIGHS" if name == "HIGHS" else "GSCIP", model.program, 60, seed=0)
        best = best_value(problem)
        if best is None:
            assert (seed, found.values) == (seed, None)
            continue
        assert found.values is not None, (seed, found.ended)
        plan = model.plan(found.values)
        assert violations(problem, plan) == [], seed
        assert (seed, measure(problem, plan).value) == (seed, best)
        assert found.bound is not None
        assert found.bound >= best, seed


def test_a_single_model_refuses_what_it_cannot_say() -> None:
    """Promises and floors are stages of their own; a peer that left them out would compare nothing."""
    refused = 0
    for seed in range(20):
        problem = random_problem(seed)
        staged = bool(problem.floors) or any(r.obligation is not None for r in problem.requests)
        if staged:
            refused += 1
            with pytest.raises(CannotStateError, match="promises"):
                one_model(problem)
    assert refused > 3


def fit_for_a_list(problem: Problem) -> Problem:
    """The problem without what a walk down a list cannot obey."""
    lines = tuple(replace(line, weekly_min=None) for line in problem.lines)
    return replace(problem, lines=lines, locks=(), department_caps=(), published=None)


def test_greedy_lists_keep_every_rule() -> None:
    """Both orders give plans without a violation, and never one above the best value there is."""
    granted = 0
    for seed in SEEDS:
        problem = fit_for_a_list(without_stages(seed))
        for key in (by_filing, by_value_per_hour):
            plan = greedy_plan(problem, key)
            granted += len(plan.granted)
            assert (seed, oracle.faults(problem, plan)) == (seed, set())
            if seed < 20:
                with suppress(brute_force.TooManyWaysError):
                    best = best_value(problem)
                    assert best is not None
                    assert measure(problem, plan).value <= best
    assert granted > len(SEEDS)


def test_a_list_refuses_what_it_cannot_obey() -> None:
    """Decisions bind everybody; a list that passed over them would be compared unfairly."""
    problem = next(p for p in map(random_problem, range(100)) if p.locks)
    with pytest.raises(CannotPlanError, match="decisions"):
        greedy_plan(problem, by_filing)


def test_greedy_by_value_beats_the_filing_order_on_a_company() -> None:
    """With 1.6 times more demand than supply the order decides; a list in filing order earns less."""
    problem = generate_shape(Shape(30, 60, 13, 8), "order", 3)
    worth = {key: measure(problem, greedy_plan(problem, key)).value for key in (by_filing, by_value_per_hour)}
    assert violations(problem, greedy_plan(problem, by_filing)) == []
    assert worth[by_value_per_hour] > worth[by_filing] > 0
