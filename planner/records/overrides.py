"""Overrides by leadership, and swaps between account managers: decisions that bend the best plan openly."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import Specialist, User
from planner.records.plans import PlanningCycle, PlanRun, Question
from planner.records.requests import RequestLine, ResourceRequest


class OverrideKind(enum.StrEnum):
    """What an override does to the next plans."""

    GRANT = "grant"
    REFUSE = "refuse"
    FORBID = "forbid"
    PIN = "pin"
    CAPACITY = "capacity"


class OverrideState(enum.StrEnum):
    """Where an override stands; only an active one that has not expired becomes a lock."""

    WAITING = "waiting"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Override(Row):
    """An exception that leadership makes, with the price it was known to have when it was signed.

    `fraction` is the least share granted, per mille. `quarter_hours` are added to the person's capacity in
    `week`; `week` alone limits a forbidden pair. The price lies from `price_low_minor` to `price_high_minor`
    and counts strategy, `money_minor` is the difference in money alone. `effects` holds winners and losers
    as they were shown at signing. The last day of the lock is `expires_on`.
    """

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint("price_low_minor <= price_high_minor", name="interval"),
        CheckConstraint("second_id IS NULL OR second_id <> sponsor_id", name="two_people"),
    )

    cycle_id: Mapped[str] = mapped_column(ForeignKey("planning_cycle.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"))
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), index=True)
    kind: Mapped[OverrideKind] = mapped_column(choice(OverrideKind))
    request_id: Mapped[str | None] = mapped_column(ForeignKey("resource_request.id"), index=True)
    fraction: Mapped[int | None] = mapped_column()
    line_id: Mapped[str | None] = mapped_column(ForeignKey("request_line.id"))
    specialist_id: Mapped[str | None] = mapped_column(ForeignKey("specialist.id"))
    week: Mapped[str | None] = mapped_column(String(8))
    quarter_hours: Mapped[int | None] = mapped_column()
    sponsor_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    price_low_minor: Mapped[int] = mapped_column()
    price_high_minor: Mapped[int] = mapped_column()
    money_minor: Mapped[int | None] = mapped_column()
    churn_minor: Mapped[int] = mapped_column(default=0)
    effects: Mapped[dict[str, Any]] = mapped_column()
    expires_on: Mapped[date] = mapped_column()
    signed_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[OverrideState] = mapped_column(choice(OverrideState), index=True)
    second_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    second_at: Mapped[datetime | None] = mapped_column()
    second_reason: Mapped[str] = mapped_column(Text, default="")

    cycle: Mapped[PlanningCycle] = relationship()
    run: Mapped[PlanRun] = relationship()
    question: Mapped[Question] = relationship()
    request: Mapped[ResourceRequest | None] = relationship()
    line: Mapped[RequestLine | None] = relationship()
    specialist: Mapped[Specialist | None] = relationship()
    sponsor: Mapped[User] = relationship(foreign_keys=[sponsor_id])
    second: Mapped[User | None] = relationship(foreign_keys=[second_id])


class SwapState(enum.StrEnum):
    """Where an offer between two account managers stands."""

    OFFERED = "offered"
    CHECKING = "checking"
    AGREED = "agreed"
    FAILED = "failed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class SwapOffer(Row):
    """One account manager asks another to let a request yield; nobody is named before both agree.

    `request_id` shall get `level` or more, `yields_id` less than it has, and so shall `offered_id`, a request
    of who asks, if one is offered. It becomes a lock only when a re-solve found that nobody else loses.
    """

    __tablename__ = "swap_offer"

    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"), index=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    level: Mapped[int] = mapped_column()
    yields_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    offered_id: Mapped[str | None] = mapped_column(ForeignKey("resource_request.id"))
    from_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    state: Mapped[SwapState] = mapped_column(choice(SwapState), default=SwapState.OFFERED, index=True)
    answered_at: Mapped[datetime | None] = mapped_column()
    question_id: Mapped[str | None] = mapped_column(ForeignKey("question.id"), index=True)

    run: Mapped[PlanRun] = relationship()
    request: Mapped[ResourceRequest] = relationship(foreign_keys=[request_id])
    yields: Mapped[ResourceRequest] = relationship(foreign_keys=[yields_id])
    offered: Mapped[ResourceRequest | None] = relationship(foreign_keys=[offered_id])
    asker: Mapped[User] = relationship(foreign_keys=[from_id])
    holder: Mapped[User] = relationship(foreign_keys=[to_id])
    question: Mapped[Question | None] = relationship()
