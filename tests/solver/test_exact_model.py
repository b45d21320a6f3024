"""The model of the exact engine: hints are complete, plans come back, orders do not matter."""

from __future__ import annotations

from random import Random
from time import sleep

import pytest
from company import company, shuffled
from ortools.sat.python import cp_model
from random_problems import random_plans, random_problem
from rule_world import line, person, plan, request, world

from solver.exact.cuts import Cuts, message_of
from solver.exact.model import Model, StoppedError
from solver.exact.run import Goal, ModelInvalidError, set_goal
from solver.exact.start import greedy, salvage
from solver.exact.view import canonical
from solver.plan import Plan
from solver.problem import Problem
from solver.referee import measure, violations
from solver.solve import solve
from solver.terms import handover, ties, value


def fixed_to(problem: Problem, found: Plan) -> tuple[bool, int | None]:
    """Whether the model accepts a plan as it stands, and what it says the plan is worth."""
    model = Model(problem)
    worth = value.state(model)
    model.cp.maximize(worth)
    model.hint(found)
    solver = cp_model.CpSolver()
    solver.parameters.fix_variables_to_their_hinted_value = True
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return False, None
    return model.plan(list(solver.response_proto.solution)) == found, solver.value(worth)


@pytest.mark.parametrize("seed", range(60))
def test_a_hint_is_complete_and_true_for_every_sound_plan(seed: int) -> None:
    """All variables fixed to a plan: accepted with its measured value when sound, refused otherwise."""
    problem = random_problem(seed)
    for found in random_plans(problem, Random(seed), 4):
        accepted, worth = fixed_to(problem, found)
        sound = not violations(problem, found)
        assert accepted == sound
        assert not sound or worth == measure(problem, found).value


@pytest.mark.parametrize("seed", range(2))
def test_cuts_bound_the_best_plan(seed: int) -> None:
    """What HiGHS proves is no less than the best value and, on a problem it solves, hardly more."""
    problem = company(seed, people=4, requests=6)
    best = solve(problem).measures
    assert best is not None
    model = Model(problem)
    set_goal(model.cp, Goal(value.state(model), maximise=True, stage=3, doing="value"))
    cuts = Cuts(message_of(model), 60.0)
    while cuts.running():
        sleep(0.05)
    found = cuts.stop()
    assert found is not None
    assert found.bound is not None
    assert found.values is not None
    assert best.value <= found.bound <= best.value * 1.05
    assert measure(problem, model.plan(found.values)).value <= found.bound


def test_cuts_that_are_stopped_say_nothing() -> None:
    """The process ends at once and no bound is made up."""
    model = Model(company())
    set_goal(model.cp, Goal(value.state(model), maximise=True, stage=3, doing="value"))
    cuts = Cuts(message_of(model), 60.0)
    assert cuts.stop() is None
    assert not cuts.running()


def test_the_order_of_rows_makes_the_same_model() -> None:
    """Shuffled rows make the same model, variable by variable."""
    problem = company()
    models = [Model(problem), Model(shuffled(problem, 5))]
    for model in models:
        model.cp.maximize(value.state(model) - handover.state(model) + ties.state(model))
    assert str(models[0].cp.proto) == str(models[1].cp.proto)
    assert canonical(problem) == canonical(shuffled(problem, 6))


def test_building_stops_when_asked() -> None:
    """A large model must not outlast the wall limit."""
    with pytest.raises(StoppedError):
        Model(company(), lambda: True)


def test_a_model_that_the_engine_refuses_says_why() -> None:
    """An objective beyond 64 bits is an error with the engine's own words, never a status."""
    cp = cp_model.CpModel()
    expression = sum(2**61 * cp.new_int_var(0, 8, "") for _ in range(4))
    with pytest.raises(ModelInvalidError, match="overflow"):
        set_goal(cp, Goal(expression, maximise=True, stage=3, doing="value"))


def test_the_greedy_plan_keeps_every_rule_and_earns_something() -> None:
    """It is what is shown first, so it must be sound and worth showing."""
    problem = company()
    found = greedy(problem)
    assert found is not None
    assert violations(problem, found) == []
    whole = sum(max(level.value for level in r.levels) for r in problem.requests)
    assert measure(problem, found).value > whole / 3


def test_salvage_drops_the_cheapest_of_what_does_not_fit() -> None:
    """Three requests in a week for one: the dearest stays."""
    names = ("a", "b", "c")
    problem = world(
        (person(),),
        tuple(request(name, worth=(100 + i,)) for i, name in enumerate(names)),
        tuple(line(f"{name}.1", weeks=(0, 0)) for name in names),
    )
    found = plan(dict.fromkeys(names, 0), *((f"{name}.1", "ann", 0, 8) for name in names))
    assert salvage(problem, found) == plan({"c": 0}, ("c.1", "ann", 0, 8))


def test_weeks_of_a_person_are_opened_only_where_work_is_useful() -> None:
    """Three hours are less than the useful four, so week 1 has no variable."""
    model = Model(world((person(capacity=(10, 3), min_chunk=4),), (request(),), (line(),)))
    assert sorted(model.hours) == [("r.1", "ann", 0)]
    assert model.weeks_worked("r.1") == [0]
