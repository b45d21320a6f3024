"""A customer's month by hand: entering, correcting with a reason, what is refused, what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from factories import World, events, refused
from judged import figures as stored
from sqlalchemy import select

from planner.judging import judge
from planner.records import Account, AccountFinancials, ClosedMonth, ExchangeRate, FiguresKind
from planner.services.customers import figures
from planner.services.customers.currencies import currencies
from planner.services.customers.figure_values import FiguresValues
from planner.verdict import Refused
from planner.worth import Flag

# E3 in minor units: gross 120,000 less 10,000 is 110,000; the customer leaves 27,000 of it.
E3 = FiguresValues(
    gross_sales_minor=12_000_000,
    discounts_minor=800_000,
    bonuses_minor=0,
    returns_minor=200_000,
    cogs_minor=7_000_000,
    logistics_minor=400_000,
    support_minor=300_000,
    programme_costs_minor=120_000,
    other_cts_minor=0,
    kam_quarter_hours=160,
    specialist_quarter_hours=120,
    ar_open_minor=19_000_000,
    ar_overdue_minor=0,
)


def enter(
    world: World, values: FiguresValues = E3, month: str = "2026-11", kind: str = "actual", name: str = "alfa"
) -> AccountFinancials:
    """Finance enters a month."""
    with world.database.writing() as session:
        filip = world.actor("filip")
        return figures.enter_figures(session, filip, world.ids[name], values, month=month, kind=kind)


def correct(world: World, row: AccountFinancials, values: FiguresValues) -> AccountFinancials:
    """Finance corrects it as it stands."""
    with world.database.writing() as session:
        return figures.correct_figures(
            session, world.actor("filip"), row.account_id, row.id, values, version=row.version
        )


def close(world: World, month: str) -> None:
    """Finance closes a month."""
    with world.database.writing() as session:
        at = datetime(2026, 12, 10, tzinfo=UTC)
        session.add(ClosedMonth(month=month, closed_by_id=world.ids["filip"], closed_at=at))


def test_an_entered_month_counts_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """E3 with hours at 60 and 80 an hour: profit 27,000; who entered it and when is kept with it."""
    monkeypatch.setenv("PLANNER_KAM_HOUR_MINOR", "6000")
    monkeypatch.setenv("PLANNER_SPECIALIST_HOUR_MINOR", "8000")
    row = enter(world)
    with world.database.reading() as session:
        assert figures.profit_of(session, row).contribution.value == 2_700_000
        company = judge(session, row.created_at.date())
        assert company.judged[world.ids["alfa"]].money.contribution.value == 2_700_000
    assert (row.author_id, row.kind) == (world.ids["filip"], FiguresKind.ACTUAL)
    assert [e.action for e in events(world)][-1] == "figures.changed"


def test_amounts_of_another_currency_are_turned_at_the_rate_of_their_month(world: World) -> None:
    """A krone was worth 0.085 in November: 120,000 are 10,200; hours stay hours; without a rate it waits.

    The correction tells the planning currency on both sides.
    """
    with world.database.writing() as session:
        session.add(ExchangeRate(currency="NOK", month="2026-11", rate_millionths=85_000))
        assert currencies(session, "2026-11") == ("EUR", "NOK")
        assert currencies(session, "2026-12") == ("EUR",)
    row = enter(world, replace(E3, currency="nok"))
    assert (row.gross_sales, row.ar_open, row.receipts) == (1_020_000, 1_615_000, None)
    assert row.kam_quarter_hours == 160
    corrected = correct(world, row, replace(E3, cogs_minor=7_100_000, currency="NOK", reason="Invoice 17."))
    assert corrected.cogs == 603_500
    with world.database.reading() as session:
        (kept,) = figures.corrections(session, world.ids["alfa"], "2026-11")
        assert kept.before == {"cogs": 595_000}
    for code, month in (("NOK", "2026-12"), ("XYZ", "2026-11")):
        with pytest.raises(Refused) as told:
            enter(world, replace(E3, currency=code), month)
        assert [(p.where, p.code) for p in told.value.denied.problems] == [("currency", "E_CURRENCY_RATE")]


def test_a_correction_keeps_what_stood_there(world: World) -> None:
    """Costs of 70,000 were 71,000: the reason, the old and the new figure stay, in an open month too."""
    row = enter(world)
    changed = replace(E3, cogs_minor=7_100_000, reason="Invoice 17 was missing.")
    after = correct(world, row, changed)
    with world.database.reading() as session:
        (kept,) = figures.view_month(session, world.actor("nora"), world.ids["alfa"], "2026-11").corrections
    assert (kept.note, kept.before, kept.after["cogs"]) == (
        "Invoice 17 was missing.",
        {"cogs": 7_000_000},
        7_100_000,
    )
    assert (after.cogs, after.correction_id) == (7_100_000, kept.id)
    last = events(world)[-1]
    assert (last.action, last.reason) == ("figures.changed", "Invoice 17 was missing.")
    assert last.before is not None
    assert last.before["cogs"] == 7_000_000


def test_actual_figures_are_never_corrected_without_a_reason(world: World) -> None:
    """A forecast may change freely, what happened may not."""
    row = enter(world)
    denied = refused(world, "filip", figures.correct_figures, row.account_id, row.id, E3, version=row.version)
    assert [(p.where, p.code) for p in denied.problems] == [("reason", "E_TEXT_BLANK")]
    expected = enter(world, kind="forecast")
    assert correct(world, expected, replace(E3, cogs_minor=1)).cogs == 1


def test_two_people_at_once_lose_nothing(world: World) -> None:
    """The second one is told what the first one changed, and nothing is stored."""
    row = enter(world)
    correct(world, row, replace(E3, cogs_minor=1, reason="First."))
    late = replace(E3, cogs_minor=2, reason="Second.")
    denied = refused(world, "filip", figures.correct_figures, row.account_id, row.id, late, version=1)
    assert denied.code == "E_VERSION_STALE"
    assert denied.details["fields"]["cogs"] == {"before": 7_000_000, "after": 1}


def test_a_closed_month_can_be_entered_late_and_corrected(world: World) -> None:
    """With a reason; the database refuses anything without a new correction."""
    close(world, "2026-11")
    place = {"month": "2026-11", "kind": "actual"}
    denied = refused(world, "filip", figures.enter_figures, world.ids["alfa"], E3, **place)
    assert [p.where for p in denied.problems] == ["reason"]
    row = enter(world, replace(E3, reason="Came late."))
    row = correct(world, row, replace(E3, returns_minor=0, reason="They came back."))
    with world.database.reading() as session:
        found = figures.view_month(session, world.actor("filip"), world.ids["alfa"], "2026-11")
    assert [(c.note, c.before) for c in found.corrections] == [
        ("They came back.", {"returns": 200_000}),
        ("Came late.", None),
    ]
    assert found.closed
    assert row.returns == 0


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"gross_sales_minor": None}, "E_REQUIRED", "gross_sales_minor"),
        ({"cogs_minor": None}, "E_REQUIRED", "cogs_minor"),
        ({"discounts_minor": -1}, "E_MONEY_RANGE", "discounts_minor"),
        ({"gross_sales_minor": -1}, "E_NEGATIVE", "note"),
        ({"ar_open_minor": 5, "ar_overdue_minor": 6}, "E_OVERDUE", "ar_overdue_minor"),
        ({"kam_quarter_hours": 40_001}, "E_NUMBER_RANGE", "kam_quarter_hours"),
        ({"gross_sales_minor": 10**11 + 1}, "E_MONEY_RANGE", "gross_sales_minor"),
    ],
)
def test_what_cannot_be_is_refused(
    world: World, changes: dict[str, int | None], code: str, where: str
) -> None:
    """Each with its field; nothing is stored."""
    values = replace(E3, **changes)  # type: ignore[arg-type]  # - single fields
    place = {"month": "2026-11", "kind": "actual"}
    denied = refused(world, "filip", figures.enter_figures, world.ids["alfa"], values, **place)
    assert [(p.code, p.where) for p in denied.problems] == [(code, where)]
    with world.database.reading() as session:
        assert not session.scalars(select(AccountFinancials)).all()


def test_sales_below_zero_with_a_note_give_negative_shares_no_chance(world: World) -> None:
    """A credit note larger than the sales: the loss stands, the share is 0 and the margin not a number."""
    enter(world, replace(E3, gross_sales_minor=-500_000, note="Credit note 3."), month="2026-12")
    stored(world, "beta", "2026-12", 100_000)
    with world.database.reading() as session:
        company = judge(session, datetime(2027, 1, 4, tzinfo=UTC).date())
    alfa = company.judged[world.ids["alfa"]]
    assert alfa.share.value == 0
    # -5,000 - 8,000 - 2,000 of sales, less 70,000 and 8,200 of costs, 40 h at 70 and 30 h at 90.
    assert alfa.money.contribution.value == -1_500_000 - 7_000_000 - 820_000 - 280_000 - 270_000
    assert Flag.TURNOVER_AT_A_LOSS not in alfa.flags


def test_what_has_not_happened_is_a_forecast(world: World) -> None:
    """February 2027 lies ahead on 4 January; the running month may be entered."""
    place = {"month": "2027-02", "kind": "actual"}
    denied = refused(world, "filip", figures.enter_figures, world.ids["alfa"], E3, **place)
    assert [p.code for p in denied.problems] == ["E_MONTH_FUTURE"]
    assert enter(world, month="2027-02", kind="forecast").month == "2027-02"
    assert enter(world, month="2027-01").month == "2027-01"


def test_a_month_is_entered_at_one_level_of_a_group(world: World) -> None:
    """Gamma belongs to Beta: with Gamma's month there, Beta's would count twice, and the other way round."""
    with world.database.writing() as session:
        session.get_one(Account, world.ids["gamma"]).parent_id = world.ids["beta"]
    enter(world, name="gamma")
    enter(world, name="beta", month="2026-10")
    for name, month in (("beta", "2026-11"), ("gamma", "2026-10")):
        place = {"month": month, "kind": "actual"}
        denied = refused(world, "filip", figures.enter_figures, world.ids[name], E3, **place)
        assert [p.code for p in denied.problems] == ["E_TWO_LEVELS"]
    assert enter(world, name="beta", kind="forecast").kind is FiguresKind.FORECAST


def test_a_month_is_entered_once(world: World) -> None:
    """The second time it is a correction."""
    enter(world)
    place = {"month": "2026-11", "kind": "actual"}
    assert refused(world, "filip", figures.enter_figures, world.ids["alfa"], E3, **place).code == (
        "E_FIGURES_EXIST"
    )


@pytest.mark.parametrize("name", ["nora", "lukas", "petra", "hana", "adam"])
def test_only_finance_enters_money(world: World, name: str) -> None:
    """Not even leadership, and no key account manager of the customer."""
    place = {"month": "2026-11", "kind": "actual"}
    denied = refused(world, name, figures.enter_figures, world.ids["alfa"], E3, **place)
    assert denied.code == "E_FORBIDDEN"
