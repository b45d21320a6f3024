"""The parts of the motor: what it begins with, its prices and order of people, how it ends early."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from company import company
from rule_world import line, person, plan, request, world

from solver import compiling
from solver.exact.watch import Watch
from solver.motor import drive
from solver.problem import Lock, Problem
from solver.referee import measure, violations
from solver.search.bounds import bound
from solver.search.construct import first_state, guided_state, rank_of
from solver.search.improve import tidied
from solver.search.plans import plan_of, state_of
from solver.search.presolve import tighten
from solver.search.state import S_PAIR, SLOT_HOURS, SLOTS
from solver.settings import Settings
from solver.solve import solve
from solver.tables.arrays import case_of
from solver.tables.books import pages
from solver.tables.tables import (
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    HOURS,
    KIND,
    LEVEL,
    LINES,
    MODES,
    N_LINE,
    NEEDS,
    P_LINE,
    PAIRS,
    PERSON,
    POSSIBLE,
    REQUEST,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from solver.search.bounds import Bound
    from solver.tables.books import Ints
    from solver.tables.tables import Case


def test_a_grant_that_a_lock_rules_out_is_left_out_of_the_state() -> None:
    """The start plan serves the request at level 1; locked at level 0 or below it begins as refused."""
    people = (person(capacity=(40,)),)
    asked, rows = (request(worth=(50, 90)),), (line(hours=(8, 16), weeks=(0, 0)),)
    served = plan({"r": 1}, ("r.1", "ann", 0, 16))
    free = case_of(world(people, asked, rows))
    assert plan_of(free, state_of(free, served)) == served
    held = case_of(world(people, asked, rows, locks=(Lock("max_level", request="r", level=0),)))
    assert plan_of(held, state_of(held, served)) == plan({})


def test_a_plan_to_begin_from_may_hold_what_locks_rule_out() -> None:
    """One request must rise to its top level, another must go; everything else begins as it was."""
    problem = company()
    first = solve(problem, Settings(wall_limit_s=60.0, work_limit=0.2)).plan
    assert first is not None
    case = tighten(problem).case
    modes = case.table(MODES)
    able = {(case.requests[m[REQUEST]], int(m[LEVEL])) for m in modes[modes[:, POSSIBLE] > 0]}
    low = next(g for g in first.granted if (g.request, g.level + 1) in able)
    out = next(g for g in first.granted if g != low)
    locks = (
        Lock("min_level", request=low.request, level=low.level + 1),
        Lock("max_level", request=out.request, level=-1),
    )
    again = solve(replace(problem, locks=locks), Settings(wall_limit_s=60.0, work_limit=0.2), start=first)
    assert again.plan is not None
    levels = {g.request: g.level for g in again.plan.granted}
    assert levels[low.request] == low.level + 1
    assert out.request not in levels


def test_two_people_give_way_to_one_who_can_do_it_alone() -> None:
    """Eight hours are shared by two although either has ten free: same value, one hand-over less."""
    people = (person("ann", (10,)), person("bob", (10,)))
    shared = world(people, (request(),), (line(weeks=(0, 0), max_specialists=2),))
    case = tighten(shared).case
    before = plan({"r": 0}, ("r.1", "ann", 0, 4), ("r.1", "bob", 0, 4))
    after = tidied(case, before, bound(case, rounds=5))
    assert violations(shared, after) == []
    assert [measure(shared, p).handovers for p in (before, after)] == [1, 0]
    assert measure(shared, after).value == measure(shared, before).value


def test_tidying_never_makes_a_plan_worse() -> None:
    """A whole company: the same money, no more hand-overs, every rule kept."""
    problem = company()
    case = tighten(problem).case
    prices = bound(case, rounds=30)
    before = plan_of(case, guided_state(case, prices))
    after = tidied(case, before, prices)
    assert violations(problem, after) == []
    one, other = measure(problem, before), measure(problem, after)
    assert (other.value, -other.handovers) >= (one.value, -one.handovers)


def test_people_stand_in_the_order_of_what_they_cost_at_least() -> None:
    """What one person alone really costs in a plan at the prices is never below what was said."""
    case = tighten(company()).case
    prices = bound(case, rounds=30)
    least, needs = prices.least, case.table(NEEDS)
    assert least is not None
    for start, end in needs[:, [CHOICE_A, CHOICE_Z]].tolist():
        # Two who are never able alone both stand behind all others.
        assert (np.diff(np.minimum(least[0, start:end], 1e300)) >= 0).all()
    seen = sum(_checked(case, prices, slot) for slot in _staffed(guided_state(case, prices)))
    assert seen > 0


def _staffed(state: Ints) -> list[tuple[int, Ints]]:
    """Who works, as pairs, with their hours by week."""
    hours = pages(state, SLOT_HOURS)
    return [(int(pair), hours[slot]) for slot, pair in enumerate(pages(state, SLOTS)[:, S_PAIR]) if pair >= 0]


def _checked(case: Case, prices: Bound, staffed: tuple[int, Ints]) -> int:
    """How many needs the pair does alone; what it costs is held against what was said."""
    pair, hours = staffed
    row, choices, seen = case.table(PAIRS)[pair], case.table(CHOICES)[:, 0], 0
    least = prices.least
    assert least is not None
    for need in case.table(NEEDS):
        if need[N_LINE] != row[P_LINE] or need[HOURS] != hours.sum():
            continue
        kind = case.table(LINES)[need[N_LINE], KIND]
        cost = float((prices.price[kind, row[PERSON]] * hours).sum())
        at = [c for c in range(need[CHOICE_A], need[CHOICE_Z]) if choices[c] == pair]
        assert all(least[0, c] <= cost for c in at)
        seen += len(at)
    return seen


def test_pricing_that_is_stopped_at_once_claims_nothing() -> None:
    """No round was done, so there is no bound; with one round there is, and more rounds make it less."""
    case = tighten(company()).case
    none = bound(case, rounds=50, cancel=lambda: True)
    assert (none.value, none.rounds, none.cut) == (None, 0, True)
    one, many = bound(case, rounds=1), bound(case, rounds=100)
    assert one.value is not None
    assert many.value is not None
    assert many.value < one.value


def test_tightening_that_is_stopped_leaves_a_sound_case() -> None:
    """Nothing was struck; a plan of the untouched tables keeps every rule all the same."""
    problem = company()
    tight = tighten(problem, cancel=lambda: True)
    assert (tight.counted, tight.proven, tight.cut) == (0, 0, True)
    assert violations(problem, plan_of(tight.case, first_state(tight.case))) == []


def test_a_first_plan_is_kept_however_early_it_is_stopped() -> None:
    """Asked before anything is granted, it is the empty plan; not asked, it is worth something."""
    case = tighten(company()).case
    assert plan_of(case, first_state(case, lambda: True)) == plan({})
    assert rank_of(case, first_state(case)) > rank_of(case, first_state(case, lambda: True))


def test_the_motor_ends_with_its_first_plan_when_there_is_no_time() -> None:
    """A watch whose time is over still gets what was made by then, and no bound is claimed."""
    problem = replace(company(), name="late")
    watch = Watch(problem, 1e-9, None, None)
    found = drive(problem, Settings(), watch, seconds=1e-9, work=None, small=False)
    assert found is None or (found.bound is None and found.hurried)


def test_compiled_code_of_older_sources_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three older folders of this checkout the last one stays; another checkout's are left alone."""
    folders = [tmp_path / name for name in ("mine-1", "mine-2", "mine-3", "mine-4", "other-1")]
    for age, folder in enumerate(folders):
        folder.mkdir()
        (folder / compiling.COMPLETE).touch()
        os.utime(folder / compiling.COMPLETE, (1000 + age, 1000 + age))
    monkeypatch.setattr(compiling, "_folder", lambda: folders[3])
    compiling._clear_old()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine-3", "mine-4", "other-1"]


def test_who_is_able_is_asked_once_for_each_set_of_needs() -> None:
    """Required, excluded and candidates still hold line by line although needs are looked up once."""
    people = (person("ann"), person("bob"), person("cy", skills={}))
    rows = (
        line("r.1"),
        line("r.2", excluded=("ann",)),
        line("r.3", required="bob"),
        line("r.4", needs={}),
    )
    asked = (request("r", options=(("r.1", "r.2", "r.3", "r.4"),)),)
    problem: Problem = world(people, asked, rows)
    assert problem.eligible == {
        "r.1": ("ann", "bob"),
        "r.2": ("bob",),
        "r.3": ("bob",),
        "r.4": ("ann", "bob", "cy"),
    }
