"""Small worlds in which one rule decides, and an engine that has forgotten it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from ortools.sat.python import cp_model

from solver import solve
from solver.exact import model as exact
from solver.plan import Grant, Plan
from solver.problem import Hours, Level, Line, Problem, Request, Specialist
from solver.referee import measure, violations
from solver.rules import RULES
from solver.terms import value

if TYPE_CHECKING:
    from collections.abc import Mapping


def person(name: str = "ann", capacity: tuple[int, ...] = (10, 10), **more: Any) -> Specialist:
    """Somebody with skill s at level 3."""
    return Specialist(name, more.pop("department", "eng"), capacity, more.pop("skills", {"s": 3}), **more)


def request(name: str = "r", worth: tuple[int, ...] = (100,), **more: Any) -> Request:
    """A request with one option of one line, `name`.1, whose levels are worth `worth`."""
    levels = more.pop("levels", tuple(Level("1", money) for money in worth))
    options = more.pop("options", ((f"{name}.1",),))
    return Request(
        name, more.pop("account", name), more.pop("kam", "kim"), levels, options, **{"submitted": 0, **more}
    )


def line(
    name: str = "r.1", hours: tuple[int, ...] = (8,), weeks: tuple[int, int] = (0, 1), **more: Any
) -> Line:
    """A line that needs skill s."""
    return Line(name, more.pop("needs", {"s": 1}), hours, *weeks, **more)


def world(
    people: tuple[Specialist, ...], requests: tuple[Request, ...], lines: tuple[Line, ...], **more: Any
) -> Problem:
    """A problem with as many weeks as its people have capacity for."""
    weeks = tuple(f"2027-W{week + 1:02d}" for week in range(len(people[0].capacity)))
    return Problem("world", weeks, people, requests, lines, **more)


def plan(grants: Mapping[str, int], *hours: tuple[str, str, int, int]) -> Plan:
    """Grants by request id, by the first option, and rows of (line, specialist, week, hours)."""
    granted = tuple(Grant(name, level, 0) for name, level in sorted(grants.items()))
    return Plan(granted, tuple(Hours(*row) for row in sorted(hours)))


def broken(problem: Problem, found: Plan) -> set[str]:
    """The rules that the plan breaks."""
    return {violation.rule for violation in violations(problem, found)}


def best_value(problem: Problem) -> int:
    """The proven best value."""
    result = solve(problem)
    assert result.status == "optimal"
    assert result.plan is not None
    assert broken(problem, result.plan) == set()
    return measure(problem, result.plan).value


def forgetting(rule: str, problem: Problem) -> Plan:
    """The plan with the best value for an engine that was never told of `rule`."""
    with patch.object(exact, "RULES", tuple(known for known in RULES if rule != known.ID)):
        model = exact.Model(problem)
    model.cp.maximize(value.state(model))
    solver = cp_model.CpSolver()
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    return model.plan(list(solver.response_proto.solution))
