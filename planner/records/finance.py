"""Money per customer and month, and what keeps a closed month from silent change."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User


class FiguresKind(enum.StrEnum):
    """Whether a month's figures happened or are expected."""

    ACTUAL = "actual"
    FORECAST = "forecast"


class AccountFinancials(Row):
    """One account in one month ("2026-11"). Money in minor units; None means unknown, never zero.

    The row always holds what counts now. Once the month is closed, the database lets actual figures change
    only together with a new correction, which `correction_id` names. Sales below zero need a `note`.
    """

    __tablename__ = "account_financials"
    __table_args__ = (
        UniqueConstraint("account_id", "month", "kind"),
        CheckConstraint(
            "discounts >= 0 AND bonuses >= 0 AND returns >= 0 AND cogs >= 0 AND logistics >= 0 "
            "AND support >= 0 AND programme_costs >= 0 AND other_cts >= 0",
            name="signs",
        ),
        CheckConstraint("ar_overdue IS NULL OR ar_open IS NULL OR ar_overdue <= ar_open", name="overdue"),
        CheckConstraint("gross_sales >= 0 OR note <> ''", name="negative_sales"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[FiguresKind] = mapped_column(choice(FiguresKind))
    gross_sales: Mapped[int] = mapped_column()
    discounts: Mapped[int] = mapped_column(default=0)
    bonuses: Mapped[int] = mapped_column(default=0)
    returns: Mapped[int] = mapped_column(default=0)
    cogs: Mapped[int] = mapped_column(default=0)
    logistics: Mapped[int] = mapped_column(default=0)
    support: Mapped[int] = mapped_column(default=0)
    programme_costs: Mapped[int] = mapped_column(default=0)
    other_cts: Mapped[int] = mapped_column(default=0)
    kam_quarter_hours: Mapped[int | None] = mapped_column()
    specialist_quarter_hours: Mapped[int | None] = mapped_column()
    receipts: Mapped[int | None] = mapped_column()
    ar_open: Mapped[int | None] = mapped_column()
    ar_overdue: Mapped[int | None] = mapped_column()
    inventory_dedicated: Mapped[int | None] = mapped_column()
    ap_related: Mapped[int | None] = mapped_column()
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    author_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    imported_from: Mapped[str] = mapped_column(String(200), default="", server_default="")
    as_of: Mapped[date | None] = mapped_column()
    correction_id: Mapped[str | None] = mapped_column(ForeignKey("figures_correction.id"), unique=True)


class FiguresCorrection(Row):
    """Why and how figures of a closed month were changed; kept from change by the database.

    `before` is None when the month had no figures of that account.
    """

    __tablename__ = "figures_correction"
    __table_args__ = (CheckConstraint("note <> ''", name="note"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    note: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column()
    after: Mapped[dict[str, Any]] = mapped_column()
    corrected_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    corrected_at: Mapped[datetime] = mapped_column()

    corrected_by: Mapped[User] = relationship()


class ClosedMonth(Row):
    """A month whose actual figures finance has closed; it is never opened again."""

    __tablename__ = "closed_month"

    month: Mapped[str] = mapped_column(String(7), unique=True)
    closed_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime] = mapped_column()


class ExchangeRate(Row):
    """What one unit of a currency was worth in a month, in millionths of the planning currency."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        UniqueConstraint("currency", "month"),
        CheckConstraint("rate_millionths > 0", name="rate"),
    )

    currency: Mapped[str] = mapped_column(String(3))
    month: Mapped[str] = mapped_column(String(7))
    rate_millionths: Mapped[int] = mapped_column()
    author_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))


class CostRate(Row):
    """What an hour of our people and money itself cost from a month on, until a later rate begins.

    Minor units per hour; `interest` is yearly, in per mille.
    """

    __tablename__ = "cost_rate"
    __table_args__ = (
        CheckConstraint(
            "kam_hour_minor >= 0 AND specialist_hour_minor >= 0 AND interest BETWEEN 0 AND 1000",
            name="rates",
        ),
    )

    valid_from: Mapped[str] = mapped_column(String(7), unique=True)
    kam_hour_minor: Mapped[int] = mapped_column()
    specialist_hour_minor: Mapped[int] = mapped_column()
    interest: Mapped[int] = mapped_column()
    author_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
