"""Deciding together: booked hours, counter-offers, heads named for one request, comments."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import Department, Specialist, User
from planner.records.plans import Proposal
from planner.records.requests import ResourceRequest


class PersonWeek(Row):
    """Approved quarter-hours of one person in one week, and the most that was allowed when last booked.

    `plain` counts requests that are not expedite, `total` all. The database refuses more than the limits, so
    that nothing is booked above capacity by whatever path. Only `planner.booking` writes here.
    """

    __tablename__ = "person_week"
    __table_args__ = (
        UniqueConstraint("specialist_id", "week"),
        CheckConstraint("plain >= 0 AND plain <= plain_limit", name="plain"),
        CheckConstraint("total >= plain AND total <= total_limit", name="total"),
    )

    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"))
    week: Mapped[str] = mapped_column(String(8))
    plain_limit: Mapped[int] = mapped_column()
    total_limit: Mapped[int] = mapped_column()
    plain: Mapped[int] = mapped_column()
    total: Mapped[int] = mapped_column()


class NamedHead(Row):
    """A head whom leadership named to decide on one request for a department that cannot do so itself."""

    __tablename__ = "named_head"
    __table_args__ = (UniqueConstraint("request_id", "department_id"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    named_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str] = mapped_column(Text)

    request: Mapped[ResourceRequest] = relationship()
    department: Mapped[Department] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class OfferState(enum.StrEnum):
    """Where a counter-offer stands; `planner.transitions` has the table."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    VOID = "void"


class CounterOffer(Row):
    """What a head offers instead of what the plan proposes: other people, weeks or fewer hours.

    `fraction` is the share of the line's hours, per mille. Once its key account manager accepts, the next
    plan keeps to it.
    """

    __tablename__ = "counter_offer"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id"), index=True)
    state: Mapped[OfferState] = mapped_column(choice(OfferState), default=OfferState.OPEN)
    fraction: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    on_behalf_of_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    made_at: Mapped[datetime] = mapped_column()
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    answered_at: Mapped[datetime | None] = mapped_column()
    answer: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    hours: Mapped[list[CounterHours]] = relationship(
        cascade="all, delete-orphan", order_by="CounterHours.week"
    )


class CounterHours(Row):
    """Quarter-hours of one specialist in one ISO week that a counter-offer names."""

    __tablename__ = "counter_hours"
    __table_args__ = (
        UniqueConstraint("offer_id", "specialist_id", "week"),
        CheckConstraint("quarter_hours > 0", name="effort"),
    )

    offer_id: Mapped[str] = mapped_column(ForeignKey("counter_offer.id"), index=True)
    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"))
    week: Mapped[str] = mapped_column(String(8))
    quarter_hours: Mapped[int] = mapped_column()

    specialist: Mapped[Specialist] = relationship()


class Comment(Row):
    """What somebody said about a request, or about the decision on one of its proposals; never changed."""

    __tablename__ = "comment"

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("proposal.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    text: Mapped[str] = mapped_column(Text)

    author: Mapped[User] = relationship()
