"""After a proof of the value the engine asks whether other grants are worth as much, else it holds them."""

from __future__ import annotations

import pytest
from ortools.sat.python import cp_model
from rule_world import line, person, plan, request, world

from solver import Settings, solve
from solver.exact import others
from solver.exact.model import Model
from solver.terms import value

SETTINGS = Settings(wall_limit_s=300.0, work_limit=20.0)


@pytest.mark.parametrize(("worth", "expected"), [(100, 1), (99, 0), (101, 1)])
def test_other_grants_are_found_exactly_where_they_are_worth_as_much(worth: int, expected: int) -> None:
    """Only one of r (worth 100, planned) and q fits: q in its place reaches 100 when it is worth that."""
    problem = world(
        (person(capacity=(8,)),),
        (request("q", worth=(worth,)), request()),
        (line("q.1", weeks=(0, 0)), line(weeks=(0, 0))),
    )
    model = Model(problem)
    known = plan({"r": 0}, ("r.1", "ann", 0, 8))
    goal = others.ask(model, known)
    assert goal.expression is not None
    model.must(value.state(model) >= 100)
    model.hint(known)
    model.cp.maximize(goal.expression)
    solver = cp_model.CpSolver()
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    assert solver.objective_value == expected
    # A closed question asks for nothing any more, and the plan in hand is still one.
    others.close(model, goal, None if expected else known)
    model.cp.minimize(goal.expression)
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    assert expected or model.plan(list(solver.response_proto.solution)).granted == known.granted


def test_the_earlier_of_two_equal_requests_is_granted() -> None:
    """Both are worth 100 and only one fits, so other grants are worth as much and ties decide."""
    problem = world(
        (person(capacity=(8,)),),
        (request("q", submitted=2), request(submitted=1)),
        (line("q.1", weeks=(0, 0)), line(weeks=(0, 0))),
    )
    result = solve(problem, SETTINGS)
    assert result.proven_stages == (1, 2, 3, 4, 5)
    assert result.plan is not None
    assert [grant.request for grant in result.plan.granted] == ["r"]


def test_hand_overs_are_the_fewest_also_where_the_grants_are_held() -> None:
    """Nothing else is worth 190, so the grants are held; one person for each line hands nothing over."""
    people = (person(capacity=(8, 8)), person("bob", capacity=(8, 8)))
    problem = world(
        people,
        (request("q", worth=(90,)), request()),
        tuple(line(name, hours=(16,), max_specialists=2) for name in ("q.1", "r.1")),
    )
    result = solve(problem, SETTINGS)
    assert result.proven_stages == (1, 2, 3, 4, 5)
    assert result.measures is not None
    assert (result.measures.value, result.measures.handovers) == (190, 0)
