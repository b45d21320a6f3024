"""Where specialists' hours go against where profit comes from; nobody is dropped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from factories import World
from judged import figures, year

from planner.judging import judge
from planner.records import Account
from planner.services.customers.effort import Balance, Effort, effort_of, efforts
from planner.verdict import Refused

TODAY = date(2027, 1, 4)


def found(world: World) -> dict[str, Effort]:
    """Every customer by name."""
    with world.database.reading() as session:
        return {row.judgement.account.name: row for row in efforts(judge(session, TODAY))}


def test_hours_against_profit_by_hand(world: World) -> None:
    """Alfa earns 9,720.00 after hours at 90.00, Beta 1,080.00, Gamma nothing: .9, .1 and 0 of 10,800.00."""
    year(world, "alfa", 1_242_000, specialist_quarter_hours=10)
    year(world, "beta", 648_000, specialist_quarter_hours=20)
    year(world, "gamma", 120_000, 240_000, specialist_quarter_hours=10)
    rows = found(world)
    shares = {name: (row.hours_share.value, row.profit_share.value) for name, row in rows.items()}
    # 120, 240 and 120 of 480 quarter-hours.
    assert shares["Alfa"] == (Decimal("0.25"), Decimal("0.9"))
    assert shares["Beta"] == (Decimal("0.5"), Decimal("0.1"))
    assert shares["Gamma"] == (Decimal("0.25"), Decimal(0))
    assert {name: rows[name].balance for name in ("Alfa", "Beta", "Gamma")} == {
        "Alfa": Balance.MORE_PROFIT,
        "Beta": Balance.MORE_HOURS,
        "Gamma": Balance.NO_PROFIT,
    }
    assert rows["Beta"].gap == Decimal("0.4")


def test_what_is_not_known_is_told_and_not_zero(world: World) -> None:
    """Nobody knows Lost's figures; of Beta the hours are missing; they are in the list and in no sum."""
    year(world, "alfa", 1_200_000, specialist_quarter_hours=10)
    year(world, "beta", 1_200_000, specialist_quarter_hours=None)
    rows = found(world)
    assert rows["Lost"].balance is Balance.PROFIT_UNKNOWN
    assert (rows["Lost"].hours_share.value, rows["Lost"].gap) == (None, None)
    assert (rows["Alfa"].hours_share.value, rows["Beta"].hours_share.value) == (1, None)
    assert len(rows) == 5


def test_missing_months_are_noted(world: World) -> None:
    """One month of twelve: the hours are a sum of what there is, and say so."""
    figures(world, "alfa", "2026-12", 10_000, specialist_quarter_hours=8)
    row = found(world)["Alfa"]
    assert (row.hours.value, row.hours.note) == (8, "months_missing")


def test_shares_within_two_points_are_alike(world: World) -> None:
    """Half of the hours and half of the profit each; a branch is part of its parent."""
    year(world, "alfa", 1_200_000, specialist_quarter_hours=10)
    year(world, "beta", 1_200_000, specialist_quarter_hours=10)
    with world.database.writing() as session:
        session.get_one(Account, world.ids["gamma"]).parent_id = world.ids["beta"]
    rows = found(world)
    assert rows["Alfa"].balance is rows["Beta"].balance is Balance.ALIKE
    assert "Gamma" not in rows


def test_one_is_found_by_its_id(world: World) -> None:
    """Another id is not there."""
    year(world, "alfa", 120_000)
    with world.database.reading() as session:
        rows = efforts(judge(session, TODAY))
    assert effort_of(rows, world.ids["alfa"]).judgement.account.name == "Alfa"
    with pytest.raises(Refused, match="E_NOT_FOUND"):
        effort_of(rows, "nobody")
