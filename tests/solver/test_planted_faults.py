"""`planner verify` finds every fault that is planted in a sound plan, and names the rule it breaks."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import brute_force
import pytest
from click.testing import CliRunner
from planted_case import Case
from planted_faults import FAULTS
from random_problems import random_problem

from planner.solving.commands import verify_command
from solver.bench.generate import generate
from solver.bench.peer_greedy import by_value_per_hour, greedy_plan
from solver.files import problem_hash, write_problem
from solver.referee import measure
from solver.validate import validate

if TYPE_CHECKING:
    from pathlib import Path

PLANS = 120
"""Plans in the suite; `soak.py` plants in 1,000."""

CLAIMS = ("value", "churn", "handovers", "floor_share", "floor_shortfall", "broken_obligations")


@cache
def sound(number: int) -> Case:
    """A plan that keeps every rule: the best one of a small problem, or a greedy one of a company."""
    if number % 4 == 0:
        problem = generate("S", number)
        return Case(problem, greedy_plan(problem, by_value_per_hour))
    problem = random_problem(number)
    found = brute_force.best(problem)
    return sound(number + 1) if found is None else Case(problem, found[1])


def verify(case: Case, folder: Path) -> tuple[int, set[str]]:
    """The exit code of `planner verify` on the files of a case, and the rules it tells."""
    measured = asdict(measure(case.problem, case.plan))
    document = {
        "format": "planner-plan/1",
        "status": "feasible",
        "problem_hash": problem_hash(case.problem),
        **{key: measured[key] for key in CLAIMS},
        "granted": [asdict(grant) for grant in case.plan.granted],
        "hours": [asdict(row) for row in case.plan.hours],
    }
    document |= {key: change(document[key]) for key, change in case.claims.items()}
    problem, plan = folder / "problem.json", folder / "plan.json"
    problem.write_text(write_problem(case.problem))
    plan.write_text(json.dumps(document))
    done = CliRunner().invoke(verify_command, [str(problem), str(plan)])
    told = json.loads(done.stdout)["violations"] if done.stdout else []
    return done.exit_code, {violation["rule"] for violation in told}


def plant(name: str, number: int) -> Case | None:
    """The fault `name` in sound plan `number`; None where it cannot be planted in a valid problem."""
    faulty = FAULTS[name][1](sound(number), Random(f"{name}/{number}"))
    return None if faulty is None or validate(faulty.problem) else faulty


def check_found(name: str, start: int, folder: Path) -> None:
    """Plant `name` in the first sound plan from `start` on that can hold it; verify must find it."""
    number, case = next((n, case) for n in range(start, start + 200) if (case := plant(name, n)) is not None)
    code, rules = verify(case, folder)
    assert (name, number, code, FAULTS[name][0] in rules) == (name, number, 1, True), rules


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_planted_fault_is_found(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In several different plans, each fault is told under the name of the rule it breaks."""
    folder = tmp_path_factory.mktemp("faults")
    for round_ in range(PLANS // len(FAULTS)):
        check_found(name, 3 * round_ + 1, folder)


def test_sound_plans_are_found_sound(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The plans that faults are planted in have none, so what is found is what was planted."""
    folder = tmp_path_factory.mktemp("sound")
    for number in range(12):
        assert (number, *verify(sound(number), folder)) == (number, 0, set())


def test_every_rule_is_broken_by_some_fault() -> None:
    """No rule of the model goes without a planted fault."""
    from solver.rules import RULES

    assert {rule for rule, _ in FAULTS.values()} == {rule.ID for rule in RULES} | {"claim", "problem_hash"}
