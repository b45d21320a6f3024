"""What an hour of a skill is worth in a week, as an estimate from the prices of the bound."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from solver.problem import Level, Line, Lock, Problem, Request, Specialist
from solver.scarcity import Scarcity, scarcity
from solver.settings import Settings
from solver.solve import solve
from solver.tradeoffs.price import Change, price

QUICK = Settings(wall_limit_s=600)
"""Few rounds suffice; the clock must not end them on a busy machine."""


def request(name: str, value: int, *needs: str, hours: int = 16, week: int = 0) -> tuple[Request, Line]:
    """All or nothing: one line in one week."""
    asks = Request(name, "acme", "kim", (Level("1", value),), ((f"{name}.1",),), int(name[1:]))
    return asks, Line(f"{name}.1", dict.fromkeys(needs, 3), (hours,), week, week)


def problem(people: tuple[Specialist, ...], *asked: tuple[Request, Line]) -> Problem:
    """Two weeks."""
    requests, lines = zip(*asked, strict=True)
    return Problem("scarce", ("2027-W01", "2027-W02"), people, requests, lines)


def hours(found: Scarcity) -> dict[tuple[str, int], int | None]:
    """Worth of an hour by skill and week."""
    assert found.cells is not None
    return {(cell.skill, cell.week): cell.hour for cell in found.cells}


ANN = Specialist("ann", "it", (24, 96), {"bi": 4, "sql": 4})
THREE = (request("r1", 3200, "bi"), request("r2", 1600, "bi"), request("r3", 800, "bi"))


def test_the_last_hour_is_worth_what_the_request_it_goes_to_pays() -> None:
    """Ann's 24 quarter-hours serve r1 whole and r2 by half: 1,600 for 16, so 400 for one hour of four.

    For any price between 50 and 100 a quarter-hour the bound is 4,800 - 8 x price, above it grows again. In
    the second week r4 takes 16 of 96, so another hour there is worth nothing; nobody asks for SQL.
    """
    found = scarcity(problem((ANN,), *THREE, request("r4", 900, "bi", week=1)), QUICK)
    prices = hours(found)
    assert prices["bi", 0] == pytest.approx(400, abs=8)
    assert prices["bi", 1] == pytest.approx(0, abs=8)
    assert set(prices) == {("bi", 0), ("bi", 1)}
    assert found.cells is not None
    assert [cell.specialist for cell in found.cells] == ["ann", "ann"]
    json.dumps(found.row())


def test_a_free_colleague_makes_the_skill_cheap_and_the_rarer_level_stays_dear() -> None:
    """Bob is free and knows BI too, so an hour of it is free; only Ann knows SQL, which r1 needs too."""
    bob = Specialist("bob", "it", (400, 400), {"bi": 4})
    both = (
        request("r1", 3200, "bi", "sql"),
        request("r2", 1600, "sql"),
        request("r3", 800, "bi"),
    )
    prices = hours(scarcity(problem((ANN, bob), *both), QUICK))
    assert prices["sql", 0] == pytest.approx(400, abs=8)
    alone = hours(scarcity(problem((ANN, bob), both[1], both[2]), QUICK))
    assert alone["bi", 0] == pytest.approx(0, abs=8)


def test_where_nobody_has_time_left_the_price_is_unknown_and_not_nothing() -> None:
    """Ann's whole week is decided for r1: what r2 would pay was never asked, so no figure is given."""
    whole = problem((replace(ANN, capacity=(16, 96)),), *THREE[:2])
    held = replace(whole, locks=(Lock("frozen", line="r1.1", specialist="ann", week=0, hours=16),))
    found = scarcity(held, QUICK)
    assert hours(found) == {("bi", 0): None}
    assert found.cells is not None
    assert found.cells[0].specialist == "ann"


def test_a_skill_that_nobody_has_has_no_price_and_nobody_to_ask_about() -> None:
    """Nobody knows Rust: unknown, and nobody is named."""
    found = scarcity(problem((ANN,), *THREE, request("r4", 900, "rust")), QUICK)
    assert found.cells is not None
    rust = next(cell for cell in found.cells if cell.skill == "rust")
    assert (rust.hour, rust.specialist) == (None, None)


def test_contradicting_decisions_leave_all_prices_unknown() -> None:
    """The same week of Ann is frozen at two different hours, so there is no plan to price."""
    two = tuple(Lock("frozen", line="r1.1", specialist="ann", week=0, hours=amount) for amount in (8, 16))
    bad = replace(problem((ANN,), *THREE), locks=two)
    assert scarcity(bad, QUICK).cells is None


def test_cancelling_before_the_first_round_gives_no_figures() -> None:
    """What was not priced is unknown."""
    found = scarcity(problem((ANN,), *THREE), QUICK, cancel=lambda: True)
    assert (found.cells, found.cut) == (None, True)


def test_two_workers_and_rows_in_another_order_give_the_same_prices() -> None:
    """Sums are exact and rows are put in order first."""
    whole = problem((ANN,), *THREE)
    turned = replace(whole, requests=whole.requests[::-1], lines=whole.lines[::-1])
    assert scarcity(whole, QUICK).cells == scarcity(turned, replace(QUICK, workers=2)).cells


def test_the_exact_worth_of_four_hours_more_agrees_with_the_estimate_where_work_can_be_split() -> None:
    """Two hours more let Ann do r2 too: 1,600 for the 8 quarter-hours missing, 800 for each hour.

    The estimate says 400: it lets r2 be done by half, which no plan may. That is why it is called one.
    """
    whole = problem((ANN,), *THREE)
    change = Change("capacity", specialist="ann", week=0, hours=8)
    exact = price(whole, solve(whole, QUICK), change, QUICK)
    assert (exact.low, exact.high) == (-1600, -1600)
