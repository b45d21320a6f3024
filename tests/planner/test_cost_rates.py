"""What an hour and money cost since when: old months keep their rates, closed ones for good."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories import World, refused
from judged import figures

from planner.judging import judge
from planner.measuring import MonthFigures
from planner.records import ClosedMonth, CostRate
from planner.services.customers import cost_rates

DEARER: dict[str, Any] = {"kam_hour_minor": 10_000, "specialist_hour_minor": 12_000, "interest": 240}


def set_rate(world: World, valid_from: str, **changes: Any) -> CostRate:
    """Finance sets rates."""
    with world.database.writing() as session:
        filip = world.actor("filip")
        return cost_rates.set_rate(session, filip, **{**DEARER, "valid_from": valid_from, **changes})


def reckoned(world: World) -> dict[str, MonthFigures]:
    """Alfa's months as they are reckoned now."""
    with world.database.reading() as session:
        money = judge(session, date(2027, 1, 4)).judged[world.ids["alfa"]].money
    return {month.month.month: month for month in money.months}


def test_old_months_keep_the_rates_of_their_time(world: World) -> None:
    """10 h of a KAM cost 700 in October at the settings' rate and 1,000 from November on; so does money.

    Mean receivables of 12,000 cost 100 a month at 10 % and 240 at 24 %.
    """
    for month in ("2026-09", "2026-10", "2026-11", "2026-12"):
        figures(world, "alfa", month, 500_000, kam_quarter_hours=40, ar_open=1_200_000)
    set_rate(world, "2026-11")
    found = reckoned(world)
    profits = {month: each.profit.contribution.value for month, each in found.items()}
    assert profits == {
        "2026-09": 500_000 - 70_000,
        "2026-10": 500_000 - 70_000,
        "2026-11": 500_000 - 100_000,
        "2026-12": 500_000 - 100_000,
    }
    assert [found[m].charge.value for m in ("2026-10", "2026-11")] == [Decimal(10_000), Decimal(24_000)]
    told = found["2026-11"].profit.cost_to_serve.working()
    (kam,) = [each for each in told["inputs"] if each["name"] == "kam_cost"]
    assert [(i["name"], i["value"], i.get("subject")) for i in kam["inputs"]] == [
        ("kam_quarter_hours", 40, None),
        ("hourly_rate", 10_000, "2026-11"),
    ]


def test_a_later_rate_ends_an_earlier_one(world: World) -> None:
    """Each holds until the next begins, whatever the order they were set in."""
    for month in ("2026-10", "2026-11", "2026-12"):
        figures(world, "alfa", month, 0, kam_quarter_hours=4)
    set_rate(world, "2026-12", kam_hour_minor=300)
    set_rate(world, "2026-10", kam_hour_minor=100)
    costs = [-(each.profit.contribution.value or 0) for each in reckoned(world).values()]
    assert costs == [100, 100, 300]


def test_a_closed_month_keeps_what_it_had(world: World) -> None:
    """No rate may begin in or before it, and one that it used is not corrected; later ones are free."""
    row = set_rate(world, "2026-06")
    with world.database.writing() as session:
        at = datetime(2026, 12, 10, tzinfo=UTC)
        session.add(ClosedMonth(month="2026-11", closed_by_id=world.ids["filip"], closed_at=at))
    for changes in ({"valid_from": "2026-11"}, {"valid_from": "2026-12", "rate_id": row.id, "version": 1}):
        denied = refused(world, "filip", cost_rates.set_rate, **{**DEARER, **changes})
        assert [(p.where, p.code) for p in denied.problems] == [("valid_from", "E_MONTH_CLOSED")]
    assert set_rate(world, "2026-12").version == 1


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"valid_from": "2026-13"}, "valid_from", "E_MONTH"),
        ({"kam_hour_minor": None}, "kam_hour_minor", "E_REQUIRED"),
        ({"specialist_hour_minor": -1}, "specialist_hour_minor", "E_NUMBER_RANGE"),
        ({"interest": 1_001}, "interest", "E_NUMBER_RANGE"),
        ({"valid_from": "2027-01"}, "valid_from", "E_DUPLICATE"),
    ],
)
def test_what_cannot_be_is_told(world: World, changes: dict[str, Any], where: str, code: str) -> None:
    """Each beside its field."""
    set_rate(world, "2027-01")
    denied = refused(world, "filip", cost_rates.set_rate, **{**DEARER, "valid_from": "2027-02", **changes})
    assert [(p.where, p.code) for p in denied.problems] == [(where, code)]


def test_only_finance_sets_rates(world: World) -> None:
    """Leadership sees them."""
    denied = refused(world, "lukas", cost_rates.set_rate, **{**DEARER, "valid_from": "2027-02"})
    assert denied.code == "E_FORBIDDEN"
    with world.database.reading() as session:
        assert list(cost_rates.list_rates(session, world.actor("lukas"))) == []
