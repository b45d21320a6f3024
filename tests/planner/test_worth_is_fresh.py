"""What was reckoned once is kept by the figures it followed from, so that a change shows at once."""

from __future__ import annotations

from decimal import Decimal

from factories import World
from judged import criterion, defined, rated, year
from sqlalchemy import select

from planner.clock import today
from planner.judging import Judgement, judge
from planner.records import AccountFinancials, QualificationScore


def judged(world: World, account: str) -> Judgement:
    """The customer as any page would see it now."""
    with world.database.reading() as session:
        return judge(session, today()).judged[world.ids[account]]


def test_a_corrected_month_shows_at_once(world: World) -> None:
    """Twelve months of 100 minor units; then one of them is 300, and then its hours are unknown."""
    year(world, "alfa", 1_200)
    assert judged(world, "alfa").money.contribution.value == 1_200
    for column, value, expected in (
        ("gross_sales", 300, (1_400, "")),
        ("kam_quarter_hours", None, (1_100, "months_missing")),
    ):
        with world.database.writing() as session:
            month = session.scalars(
                select(AccountFinancials).where(
                    AccountFinancials.account_id == world.ids["alfa"], AccountFinancials.month == "2026-05"
                )
            ).one()
            setattr(month, column, value)
        found = judged(world, "alfa").money.contribution
        assert (found.value, found.note) == expected


def test_the_balance_before_the_window_counts(world: World) -> None:
    """The twelve months stay as they are; what was owed before them changes the first month's cash flow."""
    year(world, "alfa", 1_200)
    assert judged(world, "alfa").money.cash_flow.value == 1_200
    with world.database.writing() as session:
        before = session.scalars(
            select(AccountFinancials).where(
                AccountFinancials.account_id == world.ids["alfa"], AccountFinancials.month == "2025-12"
            )
        ).one()
        before.ar_open = 50
    assert judged(world, "alfa").money.cash_flow.value == 1_250


def test_a_new_rating_shows_at_once(world: World) -> None:
    """Half of the way between the anchors is 50 points, all of it 100."""
    defined(world, criterion("fit", low=0, high=100))
    rated(world, "alfa", "fit", 50)
    assert judged(world, "alfa").standing.priority.value == Decimal(50)
    with world.database.writing() as session:
        session.scalars(select(QualificationScore)).one().value_current_milli = 100_000
    assert judged(world, "alfa").standing.priority.value == Decimal(100)
