"""Customers: who they are, who keeps them, and what else than money makes one of them key."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
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


class Channel(enum.StrEnum):
    """How we reach the customer."""

    DIRECT = "direct"
    DISTRIBUTOR = "distributor"
    ECOMMERCE = "ecommerce"


class RelationshipStage(enum.StrEnum):
    """How far the cooperation has come, from first talks to one team."""

    EXPLORATORY = "exploratory"
    BASIC = "basic"
    COOPERATIVE = "cooperative"
    INTERDEPENDENT = "interdependent"
    INTEGRATED = "integrated"


class Account(Row):
    """A customer, or a branch of one (`parent_id`), with its key account manager and deputy.

    Money in minor units of the planning currency; None means unknown, never zero. `wallet_minor` is what the
    customer buys of our kind in a year from anybody, `budget_minor` what it has to spend. `threat` is how
    near a competitor is, 0 to 3, and has a source and a day.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("deputy_kam_id IS NULL OR kam_id <> deputy_kam_id", name="deputy"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent"),
        CheckConstraint(
            "threat IS NULL OR (threat BETWEEN 0 AND 3 AND threat_on IS NOT NULL)", name="threat"
        ),
        CheckConstraint("budget_minor IS NULL OR budget_minor >= 0", name="budget"),
        CheckConstraint("wallet_minor IS NULL OR wallet_minor >= 0", name="wallet"),
    )

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
    channel: Mapped[Channel | None] = mapped_column(choice(Channel))
    relationship_stage: Mapped[RelationshipStage | None] = mapped_column(choice(RelationshipStage))
    need: Mapped[str] = mapped_column(Text, default="", server_default="")
    budget_minor: Mapped[int | None] = mapped_column()
    wallet_minor: Mapped[int | None] = mapped_column()
    threat: Mapped[int | None] = mapped_column()
    threat_source: Mapped[str] = mapped_column(String(300), default="", server_default="")
    threat_on: Mapped[date | None] = mapped_column()
    months_to_replace: Mapped[int | None] = mapped_column()

    kam: Mapped[User] = relationship(foreign_keys=[kam_id])
    deputy_kam: Mapped[User | None] = relationship(foreign_keys=[deputy_kam_id])


class Trait(enum.StrEnum):
    """What else than its share makes a customer key, the definitions D2 to D6."""

    POTENTIAL = "potential"
    REFERENCE = "reference"
    PARTNER = "partner"
    TEACHER = "teacher"
    INNOVATOR = "innovator"


class AccountTrait(Row):
    """One such trait of one customer, with what it rests on; it counts once a second person confirmed it.

    `checklist` holds the keys of what was found true, such as the five signs of a partner.
    """

    __tablename__ = "account_trait"
    __table_args__ = (
        CheckConstraint("evidence <> ''", name="evidence"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> stated_by_id", name="second_person"),
        Index(
            "uq_account_trait_current",
            "account_id",
            "trait",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    trait: Mapped[Trait] = mapped_column(choice(Trait))
    evidence: Mapped[str] = mapped_column(Text)
    checklist: Mapped[list[Any]] = mapped_column(default=list)
    stated_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    stated_on: Mapped[date] = mapped_column()
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    expires_on: Mapped[date | None] = mapped_column()
    ended_on: Mapped[date | None] = mapped_column()

    stated_by: Mapped[User] = relationship(foreign_keys=[stated_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
