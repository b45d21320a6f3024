"""A limit of what a new plan takes back is kept wherever it can be, and the plan is the best within it."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

import brute_force
import oracle
import pytest
from random_problems import random_problem

from solver.bench.generate import Shape, generate_shape
from solver.plan import Grant, Plan
from solver.problem import Hours, Level, Line, Problem, Published, Request, Specialist
from solver.referee import rank, violations
from solver.settings import Settings
from solver.solve import solve
from solver.tradeoffs.frontier import UnknownTradeError, frontier
from solver.tradeoffs.moves import Limit, at_most
from solver.tradeoffs.moves_large import as_published
from solver.tradeoffs.taken import Kind, moves, withdrawn

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from solver.plan import Result

LONG = Settings(wall_limit_s=1200)
"""Small problems are proven at once; a busy machine must not make that unproven."""

WEEKS = tuple(f"2027-W{week:02d}" for week in range(1, 5))


def job(name: str, value: int, line: str) -> Request:
    """A request of one line that is done or not."""
    return Request(name, name, "kim", (Level("1", value),), ((line,),), submitted=0)


def rivals() -> Problem:
    """Ann has one of two jobs of a week in each of four weeks; the published ones are worth 10, 9, 8 and 7.

    Their rivals are worth 11, 12, 16 and 20, so that a switch gains 1, 3, 8 and 13: one row for each.
    """
    worth = ((10, 11), (9, 12), (8, 16), (7, 20))
    names = [(week, side) for week in range(4) for side in (0, 1)]
    return Problem(
        "rivals",
        WEEKS,
        (Specialist("ann", "d", (8,) * 4, {"k": 3}),),
        tuple(job(f"r{w}{side}", worth[w][side], f"l{w}{side}") for w, side in names),
        tuple(Line(f"l{w}{side}", {"k": 1}, (8,), w, w) for w, side in names),
        published=Published(0, 4, tuple(Hours(f"l{w}0", "ann", w, 8) for w in range(4))),
    )


def test_every_number_of_moves_has_its_best_plan() -> None:
    """0 to 4 switches, the dearest first: 34, then + 13, + 8, + 3, + 1."""
    for most, value in enumerate((34, 47, 55, 58, 59)):
        found = at_most(rivals(), Limit("moves", most), LONG)
        assert found.measures is not None
        assert (found.measures.value, found.bound, found.proven_stages) == (value, value, (1, 2, 3, 4, 5))
        assert found.plan is not None
        assert moves(rivals(), found.plan) == most


def test_the_limits_asked_for_are_the_points() -> None:
    """Each limit is a plan of its own; five moves are no more than four."""
    found = frontier(rivals(), "moves", at=(0, 1, 3, 5), settings=LONG)
    assert [(p.setting, p.value, p.other, p.bound, p.proven) for p in found.points] == [
        (4, 59, 4, 59, True),
        (3, 58, 3, 58, True),
        (1, 47, 1, 47, True),
        (0, 34, 0, 34, True),
    ]
    assert found.complete
    with pytest.raises(UnknownTradeError):
        frontier(rivals(), "floor", at=(0, 1), settings=LONG)
    with pytest.raises(UnknownTradeError):
        frontier(rivals(), "moves", at=(-1,), settings=LONG)


def inside() -> Problem:
    """Two switches of one row each; the one that gains 4 takes back 2 hours, the one that gains 5 takes 1.

    Together 9 for 12 quarter-hours. A third one, 2 for 8, lies inside the hull of the others.
    """
    jobs = (("a", 4, 10, 15), ("b", 8, 10, 12))
    lines, requests, rows = [], [], []
    for week, (name, hours, old, new) in enumerate(jobs):
        for side, value in enumerate((old, new)):
            requests.append(job(f"{name}{side}", value, f"l{name}{side}"))
            lines.append(Line(f"l{name}{side}", {"k": 1}, (hours,), week, week))
        rows.append(Hours(f"l{name}0", "ann", week, hours))
    return Problem(
        "inside",
        WEEKS[:2],
        (Specialist("ann", "d", (4, 8), {"k": 3}),),
        tuple(requests),
        tuple(lines),
        published=Published(0, 2, tuple(rows)),
    )


def test_points_inside_the_hull_are_found() -> None:
    """Hours withdrawn 0, 4, 8, 12 gain 0, 5, 2, 7: the one of 8 alone is beaten."""
    found = frontier(inside(), "stability", at=(0, 4, 8, 12), settings=LONG)
    assert [(p.value, p.other) for p in found.points] == [(27, 12), (25, 4), (20, 0)]
    steps = frontier(rivals(), "stability", 12, LONG)
    assert [(p.value, p.other) for p in steps.points] == [(59, 32), (58, 24), (55, 16), (47, 8), (34, 0)]


def republished(seed: int) -> Problem | None:
    """A random problem whose best plan was published before half of the values changed."""
    problem = random_problem(seed)
    found = brute_force.best(problem)
    if found is None or not found[1].hours:
        return None
    dice = Random(seed)
    requests = tuple(
        replace(r, levels=tuple(replace(x, value=dice.randint(0, 60), value_by_end=()) for x in r.levels))
        if dice.random() < 0.5
        else r
        for r in problem.requests
    )
    rows = tuple(row for row in found[1].hours if row.hours)
    price = dice.choice((0, 2, 6))
    return replace(problem, requests=requests, published=Published(price, len(problem.weeks), rows))


def all_plans(problem: Problem) -> list[Plan]:
    """Every plan that keeps the rules, those that another one beats included; none when they are too many."""
    with pytest.MonkeyPatch.context() as patch, suppress(brute_force.TooManyWaysError):
        patch.setattr(brute_force, "_undominated", lambda _problem, found: found)
        ways = [brute_force.pieces_of(problem, request) for request in problem.requests]
        if prod(map(len, ways)) <= 800:
            plans = map(brute_force.plan_of, brute_force._combined(problem, ways, []))
            return [plan for plan in plans if not oracle.faults(problem, plan)]
    return []


def taken_back(problem: Problem, plan: Plan, kind: Kind) -> float:
    """Rows that lose hours, or quarter-hours withdrawn with moved ones at half, read from the plan alone."""
    now = {(r.line, r.specialist, r.week): r.hours for r in plan.hours}
    assert problem.published is not None
    old = {(r.line, r.specialist, r.week): r.hours for r in problem.published.hours}
    if kind == "moves":
        return sum(now.get(cell, 0) < hours for cell, hours in old.items())
    halves = 0
    for line, week in {(line, week) for line, _, week in old}:
        before = sum(h for (x, _, w), h in old.items() if (x, w) == (line, week))
        after = sum(h for (x, _, w), h in now.items() if (x, w) == (line, week))
        gone = sum(max(0, h - now.get(c, 0)) for c, h in old.items() if (c[0], c[2]) == (line, week))
        halves += max(0, before - after) + gone
    return halves / 2


@pytest.mark.parametrize("kind", ["moves", "stability"])
def test_brute_force_finds_nothing_better_within_the_limit(kind: Kind) -> None:
    """Random problems with every rule, every limit up to three: least beyond it, then the five stages."""
    compared = 0
    for seed in range(0, 120, 6):
        problem = republished(seed)
        plans = [] if problem is None else all_plans(problem)
        if problem is None or not plans:
            continue
        amounts = {id(plan): taken_back(problem, plan, kind) for plan in plans}
        for most in range(3):
            best = max((-max(0, amounts[id(plan)] - most), oracle.score(problem, plan)) for plan in plans)
            found = at_most(problem, Limit(kind, most), LONG)
            assert found.plan is not None
            assert violations(problem, found.plan) == []
            beyond = max(0, taken_back(problem, found.plan, kind) - most)
            assert (seed, most, beyond) == (seed, most, -best[0])
            assert oracle.score(problem, found.plan) == best[1], (seed, most)
            assert (seed, found.bound, found.proven_stages) == (seed, best[1].value, (1, 2, 3, 4, 5))
            compared += 1
    assert compared >= 20


def test_a_problem_too_large_for_the_exact_engine_keeps_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the exact engine held to neighbourhoods every limit is kept and more room is never worth less."""
    monkeypatch.setattr("solver.tradeoffs.moves.HELD", 0)
    shape = Shape(people=6, requests=14, weeks=5, skills=3)
    old = generate_shape(shape, "moves", 3)
    plan = solve(old, Settings(work_limit=1)).plan
    assert plan is not None
    assert as_published(replace(old, published=Published(0, 5, plan.hours))) == plan
    dice = Random(3)
    requests = tuple(
        replace(r, levels=tuple(replace(x, value=x.value * dice.randint(3, 20) // 10) for x in r.levels))
        for r in old.requests
    )
    problem = replace(old, requests=requests, published=Published(0, 5, plan.hours))
    found = frontier(problem, "moves", at=(0, 2, 4), settings=Settings(work_limit=4), start=plan)
    assert all(violations(problem, p.plan) == [] and p.other <= p.setting for p in found.points)
    assert [p.value for p in found.points] == sorted({p.value for p in found.points}, reverse=True)
    assert {0} <= {p.setting for p in found.points}
    assert all(p.bound is None or p.bound >= p.value for p in found.points)


def test_what_cannot_be_worked_is_taken_back_whatever_the_limit() -> None:
    """Ann is away in the first week: its row goes, and nothing else although the rivals are worth more."""
    problem = rivals()
    away = replace(problem.specialists[0], capacity=(0, 8, 8, 8))
    found = at_most(replace(problem, specialists=(away,)), Limit("moves", 0), LONG)
    assert found.plan is not None
    assert found.measures is not None
    assert (moves(problem, found.plan), found.measures.value) == (1, 24)


def test_rows_of_the_same_person_and_week_count_once() -> None:
    """Published twice four quarter-hours on the same line: one move, and eight of them are to be worked."""
    problem = rivals()
    assert problem.published is not None
    twice = tuple(replace(row, hours=4) for row in problem.published.hours for _ in range(2))
    problem = replace(problem, published=replace(problem.published, hours=twice))
    half = Plan((Grant("r00", 0, 0),), (Hours("l00", "ann", 0, 7),))
    assert (moves(problem, half), withdrawn(problem, half)) == (4, 25)


def test_without_anything_published_a_limit_changes_nothing() -> None:
    """The same plan as without it."""
    problem = replace(rivals(), published=None)
    free, found = solve(problem, LONG), at_most(problem, Limit("moves", 0), LONG)
    assert free.measures is not None
    assert found.measures is not None
    assert rank(free.measures) == rank(found.measures)


@pytest.mark.parametrize("most", [0, 2])
def test_a_start_that_breaks_a_rule_is_mended_first(most: int) -> None:
    """Ann works twice her hours in the first week of the start: its cheaper job goes, the rest is a plan."""
    problem = rivals()
    rows = tuple(Hours(f"l{w}0", "ann", w, 8) for w in range(4))
    twice = Plan(
        tuple(Grant(name, 0, 0) for name in ("r00", "r01", "r10", "r20", "r30")),
        tuple(sorted((*rows, Hours("l01", "ann", 0, 8)), key=lambda row: row.line)),
    )
    assert violations(problem, twice) != []
    found = at_most(problem, Limit("moves", most), LONG, start=twice)
    assert found.plan is not None
    assert found.measures is not None
    assert violations(problem, found.plan) == []
    assert (moves(problem, found.plan), found.measures.value) == (most, {0: 34, 2: 55}[most])


def test_whoever_searches_parts_is_asked_in_every_solve_of_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solve without the limit and the dear one both get the executor; so large a problem has parts."""
    monkeypatch.setattr("solver.tradeoffs.moves.HELD", 0)
    asked: list[Executor | None] = []

    def noted(*what: Any, executor: Executor | None = None, **how: Any) -> Result:
        asked.append(executor)
        return solve(*what, **how)

    monkeypatch.setattr(sys.modules["solver.solve"], "solve", noted)
    with ThreadPoolExecutor(1) as pool:
        at_most(rivals(), Limit("moves", 1), Settings(work_limit=1), executor=pool)
    assert len(asked) >= 2
    assert set(asked) == {pool}
