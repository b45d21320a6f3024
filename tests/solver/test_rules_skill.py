"""Skill: only eligible people work on a line."""

from __future__ import annotations

from typing import Any

import pytest
from rule_world import best_value, broken, forgetting, line, person, plan, request, world

from solver.problem import Candidate


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"needs": {"s": 4}}, id="a level too low"),
        pytest.param({"needs": {"s": 1, "lang:de": 1}}, id="one of two skills missing"),
        pytest.param({"required": "bob"}, id="somebody else is required"),
        pytest.param({"excluded": ("ann",)}, id="excluded"),
        pytest.param({"candidates": (Candidate("bob", (8,)),)}, id="not among the candidates"),
    ],
)
def test_nobody_ineligible_works(terms: dict[str, Any]) -> None:
    """Ann may not do the line, so it is a fault when she does, and the engine leaves it undone."""
    bob = person("bob", (0, 0))
    problem = world((person(), bob), (request(),), (line(**terms),))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 8))) == {"skill"}
    assert best_value(problem) == 0


def test_candidates_replace_the_needs() -> None:
    """A named candidate needs no skill."""
    named = line(needs={"s": 5}, candidates=(Candidate("ann", (8,)),))
    problem = world((person(),), (request(),), (named,))
    assert broken(problem, plan({"r": 0}, ("r.1", "ann", 0, 8))) == set()
    assert best_value(problem) == 100


def test_an_engine_without_it_has_nobody() -> None:
    """The rule opens the pairs that may work; without it no pair can."""
    problem = world((person(),), (request(),), (line(),))
    assert best_value(problem) == 100
    assert forgetting("skill", problem) == plan({})
