"""Why a request is below its top level."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import brute_force
import oracle
import pytest
from random_problems import random_problem
from samples import FIXTURES, document, row

from solver.cards.short import SHARE, reasons, searching
from solver.files import read_problem, write_problem
from solver.problem import DepartmentCap, Lock, Problem
from solver.settings import Settings
from solver.solve import solve

if TYPE_CHECKING:
    from solver.plan import Short
    from solver.problem import Request

KINDS = ("locks", "walls", "department_caps", "floors")
REASONS = ("lock", "wall", "department_cap", "floor", "stability")


def fixture(name: str) -> Problem:
    """A problem of the fixtures."""
    return read_problem((FIXTURES / name / "problem.json").read_bytes())


def why(problem: Problem) -> dict[str, Any]:
    """Reason and params of every short request."""
    result = solve(problem, reasons=True)
    assert result.status == "optimal"
    return {short.request: (short.reason, dict(short.params)) for short in result.short}


def test_the_worked_answers_of_the_fixtures() -> None:
    """Tiny and quarrel are outbid; in full r6 is outbid by r5 and r7 stands under a lock."""
    assert why(fixture("tiny")) == {"r2": ("outbid", {"level": 0, "proven": True})}
    halves = ("outbid", {"level": 1, "proven": True})
    assert why(fixture("quarrel")) == {"bank": halves, "port": halves}
    lock = {"kind": "max_level", "request": "r7", "level": -1}
    assert why(fixture("full")) == {
        "r6": ("outbid", {"level": 0, "proven": True}),
        "r7": ("lock", {"level": 0, "locks": [lock], "proven": True}),
    }


def bundle(weeks: int = 3) -> Problem:
    """E5: Ann (architect, 36 and 8 free after leave), Leo (legal); 64 of architect are more than Ann has.

    With a fourth week Ann would have 128 more.
    """
    data = document("tiny")
    data["weeks"] = ["2027-W10", "2027-W11", "2027-W12", "2027-W13"][:weeks]
    data["specialists"] = [
        {"id": "ann", "department": "eng", "capacity": [0, 36, 8, 128][:weeks], "skills": {"architect": 4}},
        {"id": "leo", "department": "legal", "capacity": [0, 32, 0, 0][:weeks], "skills": {"legal": 3}},
        {
            "id": "bob",
            "department": "eng",
            "capacity": [160, 160, 160, 160][:weeks],
            "skills": {"architect": 2},
        },
    ]
    levels = [{"fraction": "0.5", "value": 1_500_000}, {"fraction": "1", "value": 3_000_000}]
    data["requests"] = [
        {"id": "r1", "account": "a", "kam": "k", "levels": levels, "options": [["r1.arch", "r1.legal"]]}
    ]
    data["lines"] = [
        {"id": "r1.arch", "needs": {"architect": 3}, "hours": [32, 64], "first_week": 0, "last_week": 2},
        {"id": "r1.legal", "needs": {"legal": 1}, "hours": [16, 32], "first_week": 0, "last_week": 2},
    ]
    return read_problem(json.dumps(data))


@pytest.mark.acceptance
def test_e5_names_the_line_of_the_bundle_that_fails() -> None:
    """Level 1 needs 64 of an architect of level 3; Ann has 44 in the three weeks, and nobody else counts."""
    assert why(bundle()) == {"r1": ("no_capacity", {"level": 1, "line": "r1.arch", "proven": True})}


@pytest.mark.acceptance
def test_e5_says_that_one_more_week_is_enough() -> None:
    """With week 13 in the plan, extending the window by one week is enough (Ann has 32 h there)."""
    assert why(bundle(4)) == {"r1": ("window", {"level": 1, "line": "r1.arch", "weeks": 1, "proven": True})}


def test_a_deadline_is_a_window_too() -> None:
    """The line may run to week 3, but the level is worthless after week 2: one more week is what it takes."""
    problem = bundle(4)
    full = replace(problem.request["r1"].levels[1], value_by_end=((2, 3_000_000),))
    request = replace(problem.request["r1"], levels=(problem.request["r1"].levels[0], full))
    arch = replace(problem.line["r1.arch"], last_week=3)
    changed = replace(problem, requests=(request,), lines=(arch, problem.line["r1.legal"]))
    assert why(changed)["r1"][0] == "window"
    assert why(changed)["r1"][1]["weeks"] == 1


def test_nobody_eligible_names_the_line() -> None:
    """Excluding the only lawyer leaves r1.legal without anybody, at either level."""
    problem = bundle()
    legal = replace(problem.line["r1.legal"], excluded=("leo",))
    changed = replace(problem, lines=(problem.line["r1.arch"], legal))
    assert why(changed) == {"r1": ("no_skill", {"level": 0, "line": "r1.legal", "proven": True})}


def quarrel_with(**changes: Any) -> Problem:
    """Tiny with its r2 first in value (60,000), so that it is refused only for the reason put in its way."""
    problem = fixture("tiny")
    rich = replace(problem.request["r2"].levels[0], value=6_000_000)
    requests = tuple(replace(r, levels=(rich,)) if r.id == "r2" else r for r in problem.requests)
    return replace(problem, requests=requests, **changes)


def test_each_thing_in_the_way_is_named() -> None:
    """What keeps r2 out, a forbidden pair, a wall, a cap or a floor, is named by its row."""
    assert "r2" not in why(quarrel_with())
    forbid = {"kind": "forbid", "line": "r2.legal", "specialist": "leo", "week": None}
    locked = quarrel_with(locks=(Lock("forbid", line="r2.legal", specialist="leo"),))
    assert why(locked)["r2"] == ("lock", {"level": 0, "locks": [forbid], "proven": True})

    cap = {"department": "legal", "week": 0, "hours": 15}
    capped = quarrel_with(department_caps=(DepartmentCap("legal", 0, 15), DepartmentCap("legal", None, 16)))
    assert why(capped)["r2"] == ("department_cap", {"level": 0, "department_caps": [cap], "proven": True})

    data = json.loads((FIXTURES / "tiny" / "problem.json").read_text(encoding="utf-8"))
    row(data, "requests", "r2")["levels"][0]["value"] = 6_000_000
    data["floors"] = [{"kam": "kim", "value": 4_000_000}]
    floored = read_problem(json.dumps(data))
    named = [{"kam": "kim", "value": 4_000_000}]
    assert why(floored)["r2"] == ("floor", {"level": 0, "floors": named, "proven": True})

    # Ann must serve r1 (promised) and may then not serve bolt; r1 and r2 together would fit into 44 h.
    data = document("tiny")
    row(data, "specialists", "ann")["capacity"] = [176]
    row(data, "requests", "r1")["obligation"] = 0
    data["walls"] = [["acme", "bolt"], ["cora", "other"]]
    walled = read_problem(json.dumps(data))
    assert why(walled)["r2"] == ("wall", {"level": 0, "walls": [["acme", "bolt"]], "proven": True})


@pytest.mark.acceptance
def test_e9_keeps_what_was_published_for_stability() -> None:
    """Switching to r4 gains 300,000 and costs 64 x 6,250 = 400,000 of churn; without a price r4 wins."""
    data = document("tiny")
    data["specialists"] = [{"id": "ann", "department": "eng", "capacity": [128], "skills": {"s": 3}}]
    data["requests"] = [
        {
            "id": name,
            "account": name,
            "kam": name,
            "levels": [{"fraction": "1", "value": value}],
            "options": [[f"{name}.1"]],
        }
        for name, value in (("r1", 2_000_000), ("r2", 1_900_000), ("r4", 2_200_000))
    ]
    data["lines"] = [
        {"id": f"{name}.1", "needs": {"s": 1}, "hours": [64], "first_week": 0, "last_week": 0}
        for name in ("r1", "r2", "r4")
    ]
    hours = [{"line": f"{name}.1", "specialist": "ann", "week": 0, "hours": 64} for name in ("r1", "r2")]
    data["published"] = {"price": 6_250, "free_from_week": 1, "hours": hours}
    assert why(read_problem(json.dumps(data))) == {"r4": ("stability", {"level": 0, "proven": True})}


def test_several_rows_that_only_help_together_are_named_together() -> None:
    """Leo is forbidden by two rows, for week 0 and for all weeks; dropping one of them helps nobody."""
    locks = (
        Lock("forbid", line="r2.legal", specialist="leo"),
        Lock("forbid", line="r2.legal", specialist="leo", week=0),
    )
    reason, params = why(quarrel_with(locks=locks))["r2"]
    assert reason == "lock"
    assert len(params["locks"]) == 2


def test_an_unproven_verdict_says_so() -> None:
    """With next to no work allowed nothing is proven, and the reasons do not claim to be."""
    problem = fixture("full")
    result = solve(problem, Settings(work_limit=1e-9), reasons=True)
    assert result.status == "feasible"
    outbid = [short for short in result.short if short.reason == "outbid"]
    assert outbid
    assert not any(short.params["proven"] for short in outbid)


def test_asking_to_stop_ends_the_reasons() -> None:
    """A caller who stops gets every short request with an unproven reason, at once."""
    result = solve(fixture("full"))
    found = reasons(fixture("full"), result, Settings(), cancel=lambda: True)
    assert [(s.request, s.reason, s.params["proven"]) for s in found] == [
        ("r6", "outbid", False),
        ("r7", "outbid", False),
    ]


def test_reasons_keep_to_their_share_of_the_time() -> None:
    """With a wall limit of 0.4 s all reasons together end within a quarter of it, give or take one solve."""
    problem = fixture("full")
    result = solve(problem)
    assert SHARE == 0.25
    assert len(reasons(problem, result, Settings(wall_limit_s=0.4))) == 2


def test_reasons_have_what_the_solve_left_of_the_time() -> None:
    """Where the solve took the whole wall limit nothing more is asked, and every reason is unproven."""
    problem = fixture("full")
    result = solve(problem)
    late = reasons(problem, replace(result, seconds=60.0), Settings(wall_limit_s=60.0))
    assert [short.params["proven"] for short in late] == [False, False]
    in_time = reasons(problem, replace(result, seconds=30.0), Settings(wall_limit_s=60.0))
    assert [short.params["proven"] for short in in_time] == [True, True]


def test_a_solve_stopped_late_still_has_reasons() -> None:
    """Cancelled after half a minute of sixty seconds there are two seconds for them, and these are enough."""
    problem = fixture("full")
    stopped = replace(solve(problem), stopped="cancelled", seconds=30.0)
    found = reasons(problem, stopped, Settings(wall_limit_s=60.0))
    assert [short.params["proven"] for short in found] == [True, True]


def test_a_solve_with_reasons_has_the_settings_asked_for() -> None:
    """Its search ends earlier so that the reasons end in time, which the result need not tell."""
    asked = Settings(wall_limit_s=50.0)
    assert searching(asked).wall_limit_s == 45.0
    assert solve(fixture("full"), asked, reasons=True).settings.wall_limit_s == 50.0


def test_without_a_plan_there_are_no_reasons() -> None:
    """A conflict has its own list; nothing is short of a plan that does not exist."""
    problem = fixture("tiny")
    clash = (Lock("min_level", request="r1", level=0), Lock("max_level", request="r1", level=-1))
    result = solve(replace(problem, locks=clash), reasons=True)
    assert (result.plan, result.short) == (None, ())


@pytest.mark.parametrize("block", [range(60), range(60, 120)], ids=["0-59", "60-119"])
def test_every_reason_holds_by_its_definition(block: range) -> None:
    """Brute force grants the next level without what is named, and not without anything that comes first."""
    seen = set()
    for seed in block:
        problem = random_problem(seed)
        result = solve(problem, reasons=True)
        for short in result.short:
            assert short.params["proven"] is True, (seed, short)
            # Without a lock or with a longer window there may be more plans than can be tried.
            with suppress(brute_force.TooManyWaysError):
                _holds(problem, short, f"seed {seed}: {short}")
                seen.add(short.reason)
    assert {"no_skill", "no_capacity", "window", "lock", "outbid"} <= seen


def _holds(problem: Problem, short: Short, note: str) -> None:
    request, level = problem.request[short.request], short.level + 1
    able = _able_alone(problem, request, level, 0)
    assert able == (short.reason not in ("no_skill", "no_capacity", "window")), note
    if not able:
        longer = [_able_alone(problem, request, level, weeks) for weeks in range(1, 5)]
        weeks = short.params.get("weeks")
        assert weeks == (longer.index(True) + 1 if short.reason == "window" else None), note
        assert any(longer) == (short.reason == "window"), note
        return
    place = [*REASONS, "outbid"].index(short.reason)
    for earlier in _without_one(problem, place):
        assert min(brute_force.optimal_levels(earlier, request.id), default=-1) < level, note
    if short.reason == "stability":
        assert problem.published is not None
        free = replace(problem, published=replace(problem.published, price=0))
        assert max(brute_force.optimal_levels(free, request.id)) >= level, note
    elif short.reason != "outbid":
        freed = _without_rows(problem, KINDS[place], short.params[KINDS[place]])
        assert freed is None or max(brute_force.optimal_levels(freed, request.id)) >= level, note


def _without_rows(problem: Problem, kind: str, named: Any) -> Problem | None:
    """The problem without the named rows; None when only part of what was left out is named."""
    rows = json.loads(write_problem(problem))[kind]
    left = tuple(x for x, r in zip(getattr(problem, kind), rows, strict=True) if r not in named)
    fewer: dict[str, Any] = {kind: left}
    return replace(problem, **fewer) if len(named) == 1 or not left else None


def _without_one(problem: Problem, kinds: int) -> list[Problem]:
    """The problem without each single row of the first so many kinds."""
    found = []
    for kind in KINDS[:kinds]:
        rows = getattr(problem, kind)
        for place in range(len(rows)):
            fewer: dict[str, Any] = {kind: rows[:place] + rows[place + 1 :]}
            found.append(replace(problem, **fewer))
    if kinds > len(KINDS) and problem.published is not None:
        found.append(replace(problem, published=replace(problem.published, price=0)))
    return found


def _able_alone(problem: Problem, request: Request, level: int, weeks: int) -> bool:
    """Whether brute force can staff the level with nobody else around and windows this much longer."""
    last = len(problem.weeks) - 1
    steps = tuple((min(last, week + weeks), value) for week, value in request.levels[level].value_by_end[-1:])
    levels = list(request.levels)
    levels[level] = replace(levels[level], value_by_end=steps)
    names = {name for option in request.options for name in option}
    lines = tuple(
        replace(line, last_week=min(last, line.last_week + weeks))
        for line in problem.lines
        if line.id in names
    )
    only = replace(request, levels=tuple(levels))
    small = Problem("alone", problem.weeks, problem.specialists, (only,), lines)
    return any(
        piece.grant is not None
        and piece.grant.level == level
        and not oracle.people_faults(small, dict(piece.amounts))
        for piece in brute_force.pieces_of(small, only)
    )
