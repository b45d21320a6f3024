"""What would get a refused request through: each family found by solving, checked by applying it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from random_problems import random_problem
from rule_world import line, person, request, world

from solver.cards.families import NAMES, applied
from solver.cards.forcing import granted_level
from solver.explain import card
from solver.files import read_problem
from solver.plan import Plan
from solver.problem import Problem
from solver.settings import Settings
from solver.solve import solve

DATA = Path(__file__).parent / "data"

LONG = Settings(wall_limit_s=1200)
"""Small problems are proven at once; a busy machine must not make that unproven."""


def example(name: str) -> Problem:
    """A worked example."""
    return read_problem((DATA / f"{name}.json").read_bytes())


def told(problem: Problem, request: str, level: int | None = None) -> Any:
    """The families of the card, as they stand in a file."""
    return card(problem, solve(problem), request, LONG, level=level).row()["families"]


def grants(problem: Problem, request: str, level: int) -> bool:
    """Whether a fresh solve, proven, grants the level."""
    result = solve(problem)
    assert result.status == "optimal"
    return granted_level(result.plan or Plan(), request) >= level


@pytest.mark.acceptance
def test_e7_the_families_of_r2() -> None:
    """Value +10 (48 of 38: p100 .25 + .2 x 1.2632 = .5026); +4 h displaces R3, +20 h nobody; R1 yields."""
    families = told(example("e7-override"), "r2")
    assert families["value"]["change"] == 1_000_001
    assert 0.25 + 0.2 * families["value"]["factor"] == pytest.approx(0.5026, abs=5e-5)
    hours = families["hours"]
    assert (hours["change"]["hours"], hours["below"]["hours"], hours["displaced"]) == (16, 12, ["r3"])
    assert hours["change"]["cells"] == [{"specialist": "ann", "week": 0, "hours": 16}]
    assert hours["undisplaced"]["hours"] == 80
    assert families["level"]["change"] == {"percent": 80.0, "lines": [{"line": "r2.1", "hours": 64}]}
    assert (families["level"]["method"], families["level"]["displaced"]) == ("exact", ["r3"])
    assert families["yield"]["change"] == {"requests": [{"request": "r1", "level": -1}]}
    assert (families["window"], families["people"]) == (None, None)


@pytest.mark.acceptance
def test_e4_half_of_r1_needs_20_more_hours_and_displaces_nobody() -> None:
    """R2 takes all 40 h at 40 k; 60 h carry both, and any less leaves R2 alone the better plan."""
    families = told(example("e4-s-curve"), "r1", 0)
    assert (families["hours"]["change"]["hours"], families["hours"]["displaced"]) == (80, [])
    assert families["yield"]["change"] == {"requests": [{"request": "r2", "level": 0}]}


def bundle() -> Problem:
    """E5 with a week 13 in which Ann has 128 free."""
    problem, more = example("e5-bundle"), {"ann": 128, "leo": 0, "bob": 160}
    people = tuple(replace(s, capacity=(*s.capacity, more[s.id])) for s in problem.specialists)
    return replace(problem, weeks=(*problem.weeks, "2027-W13"), specialists=people)


def test_a_size_between_useful_amounts_is_found_where_a_tenth_is_none() -> None:
    """Ann has 9 in each of four weeks and works 8 at least: a tenth of 120 fits nowhere, 4 x 9 = 36 do."""
    ann = person(capacity=(9, 9, 9, 9), min_chunk=8)
    few = world((ann,), (request(),), (line(hours=(120,), weeks=(0, 3)),))
    found = card(few, solve(few, LONG), "r", LONG).families["level"]
    assert found is not None
    assert found.change["lines"] == [{"line": "r.1", "hours": 36}]


@pytest.mark.acceptance
def test_e5_five_hours_one_week_or_bob_at_a_level_less() -> None:
    """64 of architect against Ann's 44: 5 h more (20), week 13, 11/16 of the size, or Bob at level 2."""
    families = told(bundle(), "r1", 1)
    assert (families["hours"]["change"]["hours"], families["hours"]["change"]["needs"]) == (
        20,
        [{"architect": 3}],
    )
    assert families["window"]["change"] == {"weeks": 1, "side": "later"}
    assert (families["window"]["method"], families["window"]["below"]) == ("exact", None)
    assert families["level"]["change"]["lines"][0] == {"line": "r1.arch", "hours": 44}
    people = [families["people"]["change"], *families["people"]["also"]]
    assert {
        "line": "r1.arch", "specialist": "bob", "kind": "substitute", "lacks": {"architect": 1}
    } in people  # fmt: skip
    assert (families["value"], families["yield"]) == (None, None)


@pytest.mark.acceptance
def test_e9_r4_lacks_one_and_r2_would_have_to_yield() -> None:
    """22 against 19 and 4 of churn: missing 1; with r2 held back r4 is in."""
    problem = example("e9-stable-keep")
    families = told(problem, "r4")
    assert (families["value"]["change"], families["value"]["displaced"]) == (100_001, ["r2"])
    assert families["yield"]["change"] == {"requests": [{"request": "r2", "level": -1}]}


def test_two_must_yield_where_one_alone_is_not_enough() -> None:
    """r2 needs all 40 h for 10 k; while r1 (48 k) or r3 (30 k) is left, that one is the better plan."""
    problem = example("e7-override")
    cheap = replace(
        problem.request["r2"], levels=(replace(problem.request["r2"].levels[0], value=1_000_000),)
    )
    requests = tuple(cheap if r.id == "r2" else r for r in problem.requests)
    lines = tuple(replace(line, hours=(160,)) if line.id == "r2.1" else line for line in problem.lines)
    family = told(replace(problem, requests=requests, lines=lines), "r2")["yield"]
    assert [row["request"] for row in family["change"]["requests"]] == ["r1", "r3"]
    assert len(family["below"]["requests"]) == 1


@pytest.mark.parametrize("seed", range(0, 90, 3))
def test_what_a_card_says_is_enough_and_the_step_below_is_not(seed: int) -> None:
    """Every family of a refused request of random problems, applied and solved afresh."""
    problem = random_problem(seed)
    result = solve(problem, reasons=True)
    if result.plan is None:
        return
    for short in result.short[:1]:
        families = card(problem, result, short.request, LONG).row()["families"]
        json.dumps(families)
        level = short.level + 1
        for name in NAMES:
            family = families[name]
            if family is None:
                continue
            changed = applied(problem, short.request, level, name, family["change"])
            assert grants(changed, short.request, level), (seed, short.request, name)
            if family["below"] is not None:
                changed = applied(problem, short.request, level, name, family["below"])
                assert not grants(changed, short.request, level), (seed, short.request, name)


def test_a_stopped_card_claims_nothing() -> None:
    """Stopped at once: no family is told and nothing is called impossible or exact."""
    problem = example("e7-override")
    plan = solve(problem).plan or Plan()
    row = card(problem, plan, "r2", cancel=lambda: True).row()
    assert (row["exact"], row["possible"]) == (False, True)
    assert [name for name, family in row["families"].items() if family and name != "value"] == []
