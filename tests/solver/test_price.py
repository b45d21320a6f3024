"""What an override costs: exact where both solves are proven, an interval else, losers and churn named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import brute_force
import pytest
from company import company
from random_problems import random_problem

from solver.files import problem_hash, read_problem
from solver.plan import Plan
from solver.problem import Lock, Problem
from solver.referee import violations
from solver.settings import Settings
from solver.solve import solve
from solver.tradeoffs.price import Change, ChangeError, price, priced
from solver.tradeoffs.price_limits import most_it_moves

DATA = Path(__file__).parent / "data"
GRANT = Change("grant", request="r2")

LONG = Settings(wall_limit_s=1200)
"""Small problems are proven at once; a busy machine must not make that unproven."""


def example(name: str) -> Problem:
    """A worked example."""
    return read_problem((DATA / f"{name}.json").read_bytes())


@pytest.mark.acceptance
def test_e7_granting_r2_costs_10_and_r1_loses() -> None:
    """R1 + R3 = 78, R2 + R3 = 68: the price is 10 k, R1 has nothing, R2 has 38 k."""
    problem = example("e7-override")
    found = price(problem, solve(problem), GRANT, LONG)
    assert (found.low, found.high, found.exact, found.possible) == (1_000_000, 1_000_000, True, True)
    assert (found.value_before, found.value_after, found.churn) == (7_800_000, 6_800_000, 0)
    assert [(c.request, c.before, c.after, c.value) for c in found.losers] == [("r1", 0, -1, -4_800_000)]
    assert [(c.request, c.value) for c in found.winners] == [("r2", 3_800_000)]
    assert found.plan is not None
    assert violations(GRANT.applied(problem), found.plan) == []
    json.dumps(found.row())


@pytest.mark.acceptance
def test_e7_a_forced_run_that_stops_at_68_of_71_gives_7_to_10() -> None:
    """The free run is proven at 78; the forced one is worth 68 and at most 71: 78 - 71 to 78 - 68."""
    problem = example("e7-override")
    free, forced = solve(problem), solve(GRANT.applied(problem))
    stopped = replace(forced, status="feasible", proven_stages=(1, 2), bound=7_100_000)
    found = priced(problem, free, stopped, GRANT)
    assert (found.low, found.high, found.exact, found.estimate) == (700_000, 1_000_000, False, 1_000_000)


@pytest.mark.acceptance
def test_e9_the_churn_is_its_own_part_of_the_price() -> None:
    """Keeping r2 when switching to r4 pays: 20 + 24 - 4 churn = 40; with r2 it is 39 and no churn."""
    problem = example("e9-stable-switch")
    found = price(problem, solve(problem), GRANT, LONG)
    assert (found.low, found.exact, found.churn) == (100_000, True, -400_000)
    assert [c.request for c in found.losers] == ["r4"]


@pytest.mark.parametrize(
    ("change", "cost"),
    [
        (Change("grant", request="r1"), 0),  # has it already
        (Change("refuse", request="r2"), 0),  # has nothing already
        (Change("refuse", request="r1"), 1_000_000),  # then r2 + r3 = 68
        (Change("forbid", line="r1.1", specialist="ann"), 1_000_000),
        (Change("forbid", line="r1.1", specialist="ann", week=0), 1_000_000),
        (Change("pin", line="r1.1", specialist="ann"), 0),
        (Change("capacity", specialist="ann", week=0, hours=16), -800_000),  # 44 h: r1 + r2 = 86
        (Change("capacity", specialist="ann", week=0, hours=80), -3_800_000),  # 60 h: all, 116
        (Change("capacity", specialist="ann", week=0, hours=-4), 1_000_000),  # 39 h: r2 + r3 = 68
    ],
)
def test_every_kind_of_change_of_e7(change: Change, cost: int) -> None:
    """Figures by hand; what the plan does already costs nothing, capacity more gains."""
    problem = example("e7-override")
    found = price(problem, solve(problem), change, LONG)
    assert (found.low, found.high, found.exact) == (cost, cost, True)


def test_a_bare_plan_is_priced_against_the_best_plan() -> None:
    """Nothing granted is in hand: refusing r1 still costs 10 k, for the best plan without that has 78."""
    problem = example("e7-override")
    bare = price(problem, Plan(), GRANT, LONG)
    assert (bare.low, bare.exact, bare.value_before, bare.value_after) == (1_000_000, True, 0, 6_800_000)
    assert [c.request for c in bare.winners] == ["r2", "r3"]


def test_a_bare_plan_that_does_what_is_ordered_is_no_proof_that_it_costs_nothing() -> None:
    """Refusing r1 costs 10 k whatever is in hand; a search that is stopped at once may not say 0 exactly."""
    problem, change = example("e7-override"), Change("refuse", request="r1")
    found = price(problem, Plan(), change, LONG)
    assert (found.low, found.high, found.exact) == (1_000_000, 1_000_000, True)
    stopped = price(problem, Plan(), change, Settings(), cancel=lambda: True)
    assert stopped.high is None or stopped.high >= 1_000_000


def test_the_plan_told_is_one_of_the_changed_problem() -> None:
    """r2 has nothing in the best plan, so that plan is told, under the hash of the problem with the order."""
    problem, change = example("e7-override"), Change("refuse", request="r2")
    found = price(problem, solve(problem), change, LONG)
    assert (found.low, found.exact) == (0, True)
    assert found.row()["plan"]["problem_hash"] == problem_hash(change.applied(problem))


def test_nothing_is_told_while_more_promises_might_be_kept() -> None:
    """r1 is promised and both plans at hand break that: what the best ones are worth, nobody knows."""
    problem = example("e7-override")
    first, *others = problem.requests
    problem = replace(problem, requests=(replace(first, obligation=0), *others))
    found = solve(Change("refuse", request="r1").applied(problem))
    unknown = replace(found, status="feasible", proven_stages=(), bound=None)
    grant = priced(problem, unknown, unknown, Change("grant", request="r2"))
    assert (grant.low, grant.high, grant.exact) == (None, None, False)
    plain = priced(example("e7-override"), unknown, unknown, Change("grant", request="r2"))
    assert (plain.low, plain.exact) == (0, False)


def test_a_change_against_the_locks_is_impossible_and_names_them() -> None:
    """r2 was refused by decision; ordering it contradicts that."""
    locked = Lock("max_level", request="r2", level=-1)
    problem = replace(example("e7-override"), locks=(locked,))
    found = price(problem, solve(problem), GRANT, LONG)
    assert (found.possible, found.low, found.high, found.plan) == (False, None, None, None)
    assert [row["kind"] for row in found.conflicts] == ["max_level", "min_level"]


def test_a_caller_who_stops_gets_no_false_figure() -> None:
    """Stopped at once nothing is proven; the interval may be open, but 10 k lies in it."""
    problem = example("e7-override")
    found = price(problem, Plan(), GRANT, Settings(), cancel=lambda: True)
    assert found.low is None or found.low <= 1_000_000
    assert found.high is None or found.high >= 1_000_000


def test_a_large_price_names_few_losers_and_an_interval() -> None:
    """A company that is not proven: the plan with the order changes little, and the interval holds."""
    problem = company()
    result = solve(problem, Settings(wall_limit_s=3))
    assert result.plan is not None
    granted = {grant.request for grant in result.plan.granted}
    name = next(r.id for r in problem.requests if r.id not in granted)
    change = Change("grant", request=name, level=0)
    found = price(problem, result, change, Settings(wall_limit_s=8))
    assert found.possible is not False
    if found.plan is None:
        return
    assert violations(change.applied(problem), found.plan) == []
    assert not found.exact
    assert len(found.losers) <= 13
    assert found.low is not None
    assert found.high is None or found.low <= found.high
    assert found.estimate is not None
    assert found.estimate >= 0


@pytest.mark.parametrize(
    "change",
    [
        Change("grant", request="r9"),
        Change("grant", request="r2", level=1),
        Change("forbid", line="r1.1", specialist="bob"),
        Change("forbid", line="r9.1", specialist="ann"),
        Change("capacity", specialist="ann", week=1, hours=4),
        Change("capacity", specialist="ann", week=0, hours=-164),
        Change("capacity", specialist="ann", week=0),
    ],
)
def test_what_the_problem_does_not_have_is_refused(change: Change) -> None:
    """Unknown requests, levels, lines, people and weeks, and hours that are not there."""
    with pytest.raises(ChangeError):
        price(example("e7-override"), Plan(), change)


@pytest.mark.parametrize(
    ("change", "low", "high"),
    [
        (Change("refuse", request="r1"), 0, 4_800_000),
        (Change("refuse", request="r3"), 0, 3_000_000),
        (Change("forbid", line="r3.1", specialist="ann"), 0, 3_000_000),
        (Change("capacity", specialist="ann", week=0, hours=-16), 0, 4_800_000),
        (Change("capacity", specialist="ann", week=0, hours=16), -4_800_000, 0),
    ],
)
def test_a_price_is_never_beyond_what_could_be_dropped(change: Change, low: int, high: int) -> None:
    """Of two runs that prove next to nothing: refusing r1 costs its 48 k at most, r3 its 30 k.

    Of three requests in ann's 40 h those of 3 x 4 / 40 = 0.3, so one, make way for 4 h; three may work in one
    week without a limit, so that one is the dearest, 48 k.
    """
    problem = example("e7-override")
    free = replace(solve(problem), status="feasible", proven_stages=(1, 2), bound=10**12)
    forced = replace(solve(change.applied(problem)), status="feasible", proven_stages=(1, 2), bound=10**12)
    found = priced(problem, free, forced, change)
    assert (found.low, found.high) == (low, high)
    assert found.estimate is not None
    assert low <= found.estimate <= high


def test_no_best_values_differ_by_more_than_what_could_be_dropped() -> None:
    """Brute force over random problems: requests refused, pairs forbidden or pinned, hours added or taken."""
    compared = 0
    for seed in range(0, 60, 5):
        problem = random_problem(seed)
        free = brute_force.best(problem)
        for change in changes_of(problem) if free else ():
            most = most_it_moves(problem, change)
            with_it = brute_force.best(change.applied(problem)) if most is not None else None
            if free is None or with_it is None or most is None:
                continue
            one, other = free[0], with_it[0]
            if (one.kept, one.share, one.shortfall) == (other.kept, other.share, other.shortfall):
                compared += 1
                assert abs(one.value - other.value) <= most, (seed, change)
    assert compared > 25


def changes_of(problem: Problem) -> list[Change]:
    """One change of each kind for each request and person."""
    pairs = [(line.id, person) for line in problem.lines for person in problem.eligible[line.id][:1]]
    found = [Change("refuse", request=request.id) for request in problem.requests]
    found += [Change("forbid", line=line, specialist=person) for line, person in pairs]
    found += [Change("pin", line=line, specialist=person) for line, person in pairs]
    for person in problem.specialists:
        found.append(Change("capacity", specialist=person.id, week=0, hours=1))
        if person.capacity[0]:
            found.append(Change("capacity", specialist=person.id, week=0, hours=-1))
    return found
