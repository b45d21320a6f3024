"""The oracle itself, against plans whose faults and worth are counted by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import brute_force
import oracle
import pytest
from random_problems import random_plans, random_problem
from samples import FIXTURES

from solver.files import read_problem
from solver.plan import Grant, Plan
from solver.problem import Hours

FULL = read_problem((FIXTURES / "full" / "problem.json").read_bytes())
BEST = Plan(
    granted=tuple(Grant(r, level, option) for r, level, option in [
        ("r1", 1, 0), ("r2", 0, 0), ("r3", 0, 1), ("r4", 0, 0), ("r5", 0, 0),
    ]),
    hours=tuple(Hours(*row) for row in [
        ("r1.arch", "ann", 0, 64), ("r2.arch", "bob", 0, 40), ("r3.draft", "leo", 0, 24),
        ("r3.review", "leo", 1, 24), ("r3.review", "mia", 1, 24), ("r4.issue", "ann", 1, 8),
        ("r5.day", "ann", 0, 32), ("r5.day", "ann", 1, 32),
    ]),
)  # fmt: skip
"""The plan of fixtures/full/ANSWER.md."""


def changed(line: str, person: str, week: int, hours: int) -> Plan:
    """The best plan with one amount written anew (0 removes it)."""
    amounts = {(r.line, r.specialist, r.week): r.hours for r in BEST.hours} | {(line, person, week): hours}
    return replace(BEST, hours=tuple(Hours(*cell, h) for cell, h in sorted(amounts.items()) if h))


def test_the_worked_answer_of_the_full_fixture() -> None:
    """Worth 6,299,512 with one hand-over; granted r1 to r5 of seven add 7 + 6 + 5 + 4 + 3 = 25."""
    assert oracle.faults(FULL, BEST) == set()
    assert oracle.score(FULL, BEST) == oracle.Score(7, 1000, 0, 6_299_512, -1, 25)
    assert oracle.churn(FULL, {(r.line, r.specialist, r.week): r.hours for r in BEST.hours}) == 7_488


@pytest.mark.parametrize(
    ("broken", "plan"),
    [
        ({"level"}, changed("r1.arch", "ann", 0, 60)),
        ({"capacity", "level"}, changed("r1.arch", "ann", 0, 68)),
        ({"capacity", "level", "weekly"}, changed("r5.day", "ann", 1, 33)),
        ({"chunk", "level", "weekly"}, changed("r5.day", "ann", 1, 7)),
        ({"decided", "level"}, changed("r2.arch", "bob", 0, 41)),
        ({"decided", "level", "team_size", "wall"}, changed("r1.arch", "bob", 0, 4)),
        ({"level", "window"}, changed("r4.issue", "ann", 0, 8)),
        ({"skill", "level", "team_size"}, changed("r4.issue", "bob", 1, 8)),
        ({"level", "decided"}, changed("r3.review", "mia", 1, 0)),
        ({"capacity", "department_cap", "level"}, changed("r3.review", "leo", 1, 25)),
        ({"level", "window"}, changed("r3.review", "leo", 0, 8)),
    ],
)
def test_one_change_breaks_what_it_should(broken: set[str], plan: Plan) -> None:
    """Each change of the worked plan breaks the rules a reader would name."""
    assert oracle.faults(FULL, plan) == broken


@pytest.mark.parametrize("name", ["tiny", "quarrel"])
def test_brute_force_finds_the_worked_answer_in_hours(name: str) -> None:
    """With hours in steps of eight quarter-hours brute force reaches the pencil answer of the fixture."""
    problem = read_problem((FIXTURES / name / "problem.json").read_bytes())
    step = {"tiny": 16, "quarrel": 32}[name]
    coarse = replace(
        problem,
        specialists=tuple(
            replace(s, capacity=tuple(c // step for c in s.capacity), min_chunk=0)
            for s in problem.specialists
        ),
        lines=tuple(replace(line, hours=tuple(h // step for h in line.hours)) for line in problem.lines),
    )
    found = brute_force.best(coarse)
    assert found is not None
    assert found[0].value == {"tiny": 7_800_000, "quarrel": 11_900_000}[name]


def test_the_best_plan_keeps_the_rules_and_no_random_plan_beats_it() -> None:
    """Over 40 problems: what brute force calls best keeps the rules and nothing beats it."""
    for seed in range(40):
        problem = random_problem(seed)
        found = brute_force.best(problem)
        for plan in random_plans(problem, Random(seed), 20):
            if not oracle.faults(problem, plan):
                assert found is not None
                assert oracle.score(problem, plan) <= found[0]
        if found:
            assert oracle.faults(problem, found[1]) == set()
            assert oracle.score(problem, found[1]) == found[0]


def test_random_problems_meet_every_rule() -> None:
    """Every rule is the only one broken by some random plan, so no rule is tested for show."""
    alone: Counter[str] = Counter()
    feasible = 0
    for seed in range(120):
        problem = random_problem(seed)
        for plan in random_plans(problem, Random(seed), 25):
            broken = oracle.faults(problem, plan)
            feasible += not broken
            if len(broken) == 1:
                alone.update(broken)
    assert feasible > 500
    assert set(alone) == {
        "after", "capacity", "chunk", "decided", "department_cap", "level", "max_parallel", "skill",
        "team_size", "wall", "weekly", "window",
    }  # fmt: skip
