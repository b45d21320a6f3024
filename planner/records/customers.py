"""Customers: accounts, their figures per month and the definition of a key account."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User


class AccountStatus(enum.StrEnum):
    """Lost and archived accounts cannot receive new requests."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    LOST = "lost"
    ARCHIVED = "archived"


class CreditStatus(enum.StrEnum):
    """A blocked customer gets no requests to win or grow."""

    OK = "ok"
    WATCH = "watch"
    BLOCKED = "blocked"


class Account(Row):
    """A customer, or a branch of one (`parent_id`), with its key account manager and deputy."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("deputy_kam_id IS NULL OR kam_id <> deputy_kam_id", name="deputy"),)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    segment: Mapped[str] = mapped_column(String(60))
    territory: Mapped[str] = mapped_column(String(60))
    strategic_segment: Mapped[bool] = mapped_column(default=False)
    status: Mapped[AccountStatus] = mapped_column(choice(AccountStatus))
    kam_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    deputy_kam_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    credit_status: Mapped[CreditStatus] = mapped_column(choice(CreditStatus))
    credit_limit_minor: Mapped[int | None] = mapped_column()
    contract_end: Mapped[date | None] = mapped_column()
    data_as_of: Mapped[date | None] = mapped_column()

    kam: Mapped[User] = relationship(foreign_keys=[kam_id])
    deputy_kam: Mapped[User | None] = relationship(foreign_keys=[deputy_kam_id])


class FiguresKind(enum.StrEnum):
    """Whether a month's figures happened or are expected."""

    ACTUAL = "actual"
    FORECAST = "forecast"


class AccountFinancials(Row):
    """One account in one month ("2026-11"). Money in minor units; None means unknown, never zero."""

    __tablename__ = "account_financials"
    __table_args__ = (
        UniqueConstraint("account_id", "month", "kind"),
        CheckConstraint(
            "discounts >= 0 AND bonuses >= 0 AND returns >= 0 AND cogs >= 0 AND logistics >= 0 "
            "AND support >= 0 AND programme_costs >= 0 AND other_cts >= 0",
            name="signs",
        ),
        CheckConstraint("ar_overdue IS NULL OR ar_open IS NULL OR ar_overdue <= ar_open", name="overdue"),
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


class Basis(enum.StrEnum):
    """What an account's share is measured on."""

    CONTRIBUTION_PROFIT = "contribution_profit"
    GROSS_MARGIN = "gross_margin"
    REVENUE = "revenue"


class KeyAccountDefinition(Row):
    """What "key" means here, from a day on. Shares in per mille, compared strictly.

    A plan cannot be published without a definition that is active on the day.
    """

    __tablename__ = "key_account_definition"
    __table_args__ = (
        CheckConstraint(
            "0 < key_share AND key_share <= critical_share AND critical_share <= mono_warning "
            "AND mono_warning <= mono_severe AND mono_severe <= 1000",
            name="shares",
        ),
    )

    basis: Mapped[Basis] = mapped_column(choice(Basis))
    window_months: Mapped[int] = mapped_column(default=12)
    key_share: Mapped[int] = mapped_column(default=100)
    critical_share: Mapped[int] = mapped_column(default=200)
    mono_warning: Mapped[int] = mapped_column(default=700)
    mono_severe: Mapped[int] = mapped_column(default=750)
    absolute_threshold_minor: Mapped[int | None] = mapped_column()
    approved_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
