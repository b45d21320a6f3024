"""Plans that make no sense at all: every one is a violation, none is an exception."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from rule_world import line, person, plan, request, world

from solver.plan import Grant, Plan
from solver.problem import DepartmentCap, Floor, Hours, Lock, Published
from solver.referee import measure, violations
from solver.rules import RULES

EVERYTHING = world(
    (person(max_parallel=1, min_chunk=2), person("bob", department="sales")),
    (request("q", obligation=0), request(worth=(40, 100), options=(("r.1", "r.2"), ("r.2",)))),
    (line("q.1"), line(hours=(4, 8)), line("r.2", (0, 4), weekly_min=2, after=("r.1",))),
    walls=(("q", "r"),),
    department_caps=(DepartmentCap("eng", None, 12),),
    locks=(Lock("pin", line="q.1", specialist="bob"), Lock("min_level", request="q", level=0)),
    floors=(Floor(10, kam="kim"),),
    published=Published(2, 2, (Hours("q.1", "ann", 0, 4),)),
)
NAMES: list[Any] = ["q", "r", "q.1", "r.1", "r.2", "ann", "bob", "nobody", "", None, 3]
NUMBERS: list[Any] = [-(10**20), -1, 0, 1, 2, 7, 10**20, 1.5, True, None, "4"]


@pytest.mark.parametrize("seed", range(50))
def test_random_nonsense_is_told_and_measured(seed: int) -> None:
    """Wrong names, types and numbers in any place; the forced request is missing or unreadable too."""
    dice = Random(seed)
    found = Plan(
        tuple(
            Grant(dice.choice(NAMES[1:]), dice.choice(NUMBERS), dice.choice(NUMBERS))
            for _ in range(dice.randint(0, 4))
        ),
        tuple(
            Hours(dice.choice(NAMES), dice.choice(NAMES), dice.choice(NUMBERS), dice.choice(NUMBERS))
            for _ in range(dice.randint(0, 8))
        ),
    )
    told = violations(EVERYTHING, found)
    assert told
    assert all(violation.message and violation.where for violation in told)
    assert measure(EVERYTHING, found).churn >= 0


def test_every_rule_has_a_name_of_its_own() -> None:
    """Twelve rules, in words for people too."""
    assert len({rule.ID for rule in RULES}) == len({rule.LABEL for rule in RULES}) == len(RULES) == 12


def test_hours_in_no_known_week_do_not_hide_other_faults() -> None:
    """An unreadable row is told, and the readable ones are still checked."""
    found = plan({"q": 0}, ("q.1", "ann", 0, 11), ("q.1", "ann", 9, -3))
    assert {violation.rule for violation in violations(EVERYTHING, found)} >= {"level", "capacity"}
