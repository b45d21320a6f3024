"""200 problems at the edges: each has a known answer, and brute force confirms it where it can."""

from __future__ import annotations

from contextlib import suppress

import brute_force
import oracle
import pytest
from edge_problems import CONFLICT, Edge, edges

from solver.plan import Result
from solver.problem import Problem
from solver.settings import Settings
from solver.solve import solve
from solver.validate import ProblemErrors

EDGES = list(edges())


def check_edge(edge: Edge, settings: Settings) -> None:
    """Solve an edge problem and hold the result against its known answer."""
    if isinstance(edge.due, str) and edge.due != CONFLICT:
        with pytest.raises(ProblemErrors) as refused:
            solve(edge.problem, settings)
        assert edge.due in {error.code for error in refused.value.errors}, edge.name
        return
    result = solve(edge.problem, settings)
    if edge.due == CONFLICT:
        assert (edge.name, result.status, result.stopped, result.plan) == (edge.name, "none", CONFLICT, None)
        assert result.conflicts, edge.name
    else:
        proven(edge, result)
    if edge.small:
        with suppress(brute_force.TooManyWaysError):
            confirm(edge.problem, edge.due)


def proven(edge: Edge, result: Result) -> None:
    """The plan keeps every rule, has the value due, and nothing is left unproven."""
    assert result.plan is not None, edge.name
    assert result.measures is not None
    assert (edge.name, oracle.faults(edge.problem, result.plan)) == (edge.name, set())
    assert (edge.name, result.measures.value, result.bound) == (edge.name, edge.due, edge.due)
    assert (edge.name, result.status, result.proven_stages) == (edge.name, "optimal", (1, 2, 3, 4, 5))
    assert result.gap == (0 if edge.due else None), edge.name
    granted = {grant.request: grant.level for grant in result.plan.granted}
    for request, level in edge.levels:
        assert (edge.name, granted.get(request)) == (edge.name, level)


def confirm(problem: Problem, due: int | str) -> None:
    """Brute force comes to the same answer."""
    found = brute_force.best(problem)
    assert (CONFLICT if found is None else found[0].value) == due, problem


def test_there_are_two_hundred_with_names_of_their_own() -> None:
    """Nothing is tried twice under two numbers."""
    assert len(EDGES) >= 200
    assert len({edge.name for edge in EDGES}) == len(EDGES)


@pytest.mark.parametrize("edge", EDGES, ids=[edge.name for edge in EDGES])
def test_an_edge_problem_has_its_known_answer(edge: Edge) -> None:
    """Proven, refused with the right code, or a conflict: as the family says."""
    check_edge(edge, Settings())
