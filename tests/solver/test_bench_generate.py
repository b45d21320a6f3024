"""Instances look as the bench says, and the same seed gives the same one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean, pstdev
from typing import TYPE_CHECKING

import pytest

from solver.bench.generate import SHAPES, Size, generate
from solver.files import problem_hash, read_problem, write_problem
from solver.validate import validate

if TYPE_CHECKING:
    from solver.problem import Problem


def demand(problem: Problem) -> float:
    """Hours asked for, all levels at the top, over hours that exist."""
    asked = sum(line.hours[-1] for line in problem.lines)
    return asked / sum(sum(person.capacity) for person in problem.specialists)


@pytest.mark.parametrize("size", ["S", "M"])
@pytest.mark.parametrize("plain", [False, True])
def test_sizes_are_exact_and_demand_is_above_supply(size: Size, plain: bool) -> None:
    """S has 30 people, 60 requests, 13 weeks; M 200, 500, 13; people are asked for 1.6 times their hours."""
    problem = generate(size, 7, plain=plain)
    people, requests = {"S": (30, 60), "M": (200, 500)}[size]
    assert (len(problem.specialists), len(problem.requests)) == (people, requests)
    assert len(problem.weeks) == 13
    assert validate(problem) == []
    assert demand(problem) == pytest.approx(1.6, abs=0.02)
    assert problem_hash(read_problem(write_problem(problem))) == problem_hash(problem)


def test_large_sizes_are_what_they_say() -> None:
    """L has 1,000 people and 3,000 requests, XL 5,000 and 20,000, both 26 weeks; L itself is valid."""
    assert (SHAPES["L"].people, SHAPES["L"].requests, SHAPES["L"].weeks) == (1_000, 3_000, 26)
    assert (SHAPES["XL"].people, SHAPES["XL"].requests, SHAPES["XL"].weeks) == (5_000, 20_000, 26)
    problem = generate("L", 1)
    assert (len(problem.specialists), len(problem.requests)) == (1_000, 3_000)
    assert validate(problem) == []
    assert demand(problem) == pytest.approx(1.6, abs=0.02)


def test_the_seed_decides_everything() -> None:
    """Twice the same seed is the same problem; another seed, or plain, is another one."""
    assert problem_hash(generate("S", 4)) == problem_hash(generate("S", 4))
    assert len({problem_hash(generate("S", 4)), problem_hash(generate("S", 5))}) == 2
    assert problem_hash(generate("S", 4)) != problem_hash(generate("S", 4, plain=True))


def test_a_company_looks_like_one() -> None:
    """Shares of a M instance, within what chance explains: bundles, halves, order, teams, people."""
    problem = generate("M", 11)
    lines = Counter(len(request.options[0]) for request in problem.requests)
    assert [round(lines[n] / 500, 1) for n in (1, 2, 3, 4)] == pytest.approx([0.5, 0.25, 0.15, 0.1], abs=0.06)
    assert mean(len(r.levels) == 2 for r in problem.requests) == pytest.approx(0.4, abs=0.06)
    later = [line for line in problem.lines if not line.id.endswith(".0")]
    assert mean(bool(line.after) for line in later) == pytest.approx(0.2, abs=0.06)
    assert {line.max_specialists for line in problem.lines} == {1, 2, 3}
    assert all(2 <= line.last_week - line.first_week + 1 <= 9 for line in problem.lines)
    assert all(1 <= len(person.skills) <= 3 for person in problem.specialists)
    assert {person.max_parallel for person in problem.specialists} == {3, 4}
    assert all(4 <= person.min_chunk <= 8 for person in problem.specialists)
    assert {level for person in problem.specialists for level in person.skills.values()} == {2, 3, 4, 5}
    assert problem.walls
    assert any(0 in person.capacity for person in problem.specialists)
    assert all(len(r.levels) == 1 or r.levels[0].value < r.levels[1].value for r in problem.requests)


def test_skills_are_few_and_values_are_spread() -> None:
    """The first skill is asked for far more than the last; the best tenth pays far more than the mean."""
    problem = generate("M", 11)
    asked = Counter(skill for line in problem.lines for skill in line.needs)
    assert asked["k000"] > 3 * asked["k024"]
    tops = sorted(request.levels[-1].value for request in problem.requests)
    assert pstdev(tops) > mean(tops)
    assert mean(tops[-50:]) > 3 * mean(tops)


def test_a_plain_company_has_none_of_the_hard_rules() -> None:
    """No chunks, parallel limits, precedence or walls; teams only where one person cannot do a line."""
    problem = generate("M", 11, plain=True)
    assert problem.walls == ()
    assert all(p.min_chunk == 0 and p.max_parallel is None for p in problem.specialists)
    assert all(not line.after for line in problem.lines)
    for line in problem.lines:
        if line.max_specialists > 1:
            assert line.hours[-1] > 100 * (line.last_week - line.first_week + 1)


def test_most_lines_have_people_who_can_do_them() -> None:
    """Nearly every line of a company has somebody; where nobody is able, that is for the engine to say."""
    problem = generate("M", 11)
    staffed = [len(people) for people in problem.eligible.values()]
    assert mean(count > 0 for count in staffed) > 0.95
    assert all(a <= b for line in problem.lines for a, b in pairwise(line.hours))
