"""Demand: what a key account manager asks for, line by line, and why it is worth it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.customers import Account
from planner.records.people import Skill, Specialist, User
from planner.records.relations import StrategicGoal
from planner.worth import Shape, UrgencyKind


class Purpose(enum.StrEnum):
    """What the request is for."""

    WIN = "win"
    GROW = "grow"
    RETAIN = "retain"
    DEFEND = "defend"


class RequestType(enum.StrEnum):
    """The kind of work asked for."""

    TENDER = "tender"
    PROPOSAL = "proposal"
    TECHNICAL_ADVICE = "technical_advice"
    PILOT = "pilot"
    DEMO = "demo"
    ISSUE = "issue"
    DELIVERY = "delivery"
    TRAINING = "training"
    CO_DEVELOPMENT = "co_development"
    EVENT = "event"
    OTHER = "other"


class Stage(enum.StrEnum):
    """How far the cooperation is that a request belongs to."""

    FIRST_CONTACT = "first_contact"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    RUNNING = "running"
    RENEWAL = "renewal"


class RequestStatus(enum.StrEnum):
    """Where a request stands; it changes only through `planner.transitions`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PLANNED = "planned"
    DECIDED = "decided"
    PUBLISHED = "published"
    RUNNING = "running"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Outcome(enum.StrEnum):
    """What the newest plan gives a request."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


class EvidenceKind(enum.StrEnum):
    """Where a claim comes from."""

    CUSTOMER_STATEMENT = "customer_statement"
    RECOMMENDATION = "recommendation"
    PAST_OUTCOME = "past_outcome"
    CONTRACT = "contract"
    MARKET_DATA = "market_data"
    OWN_ESTIMATE = "own_estimate"


class Preference(enum.StrEnum):
    """How strongly a named specialist is meant."""

    NONE = "none"
    PREFER = "prefer"
    REQUIRE = "require"


class ValueSource(enum.StrEnum):
    """What a request is worth if it succeeds: a stream that was typed, or keeping the customer itself."""

    STREAM = "stream"
    LIFETIME = "lifetime"


class ResourceRequest(Row):
    """A request for specialists' time.

    Text never weighs anything. `filing_order` is given at the first submission and kept. Money in minor
    units of the planning currency. An `obligation` counts only once a second person confirmed it. The worth
    fades by `urgency` after `urgency_week`, the faster the larger `urgency_pace` (see `planner.worth`), and
    only if `deadline_source` says who set that. With the source `lifetime` the benefit is the customer's
    lifetime value, and `benefits` are left aside. `curve_top` is the ceiling of an ADBUDG curve, per mille;
    `curve_reason` says why the chances differ from those usual at the `stage` (None is not known). A `goal`
    says what the request serves; it never weighs.
    After `offer_valid_until` the offer to the customer lapses; `money_budget_minor` bounds what may be bought
    outside for the request.
    """

    __tablename__ = "resource_request"
    __table_args__ = (CheckConstraint("earliest_week <= latest_week", name="window"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    kam_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    filed_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    title: Mapped[str] = mapped_column(String(160))
    purpose: Mapped[Purpose | None] = mapped_column(choice(Purpose))
    type: Mapped[RequestType | None] = mapped_column(choice(RequestType))
    stage: Mapped[Stage | None] = mapped_column(choice(Stage))
    goal_id: Mapped[str | None] = mapped_column(ForeignKey("strategic_goal.id"), index=True)
    earliest_week: Mapped[str | None] = mapped_column(String(8))
    latest_week: Mapped[str | None] = mapped_column(String(8))
    deadline: Mapped[date | None] = mapped_column()
    deadline_source: Mapped[str] = mapped_column(String(300), default="")
    offer_valid_until: Mapped[date | None] = mapped_column()
    need_statement: Mapped[str] = mapped_column(Text, default="")
    value_source: Mapped[ValueSource] = mapped_column(
        choice(ValueSource), default=ValueSource.STREAM, server_default="stream"
    )
    avoidable_cost_minor: Mapped[int] = mapped_column(default=0)
    money_budget_minor: Mapped[int | None] = mapped_column()
    obligation: Mapped[bool] = mapped_column(default=False)
    contract_reference: Mapped[str] = mapped_column(String(160), default="")
    curve_shape: Mapped[Shape] = mapped_column(choice(Shape), default=Shape.STEPS, server_default="steps")
    curve_top: Mapped[int | None] = mapped_column()
    curve_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    urgency: Mapped[UrgencyKind] = mapped_column(
        choice(UrgencyKind), default=UrgencyKind.NONE, server_default="none"
    )
    urgency_week: Mapped[str | None] = mapped_column(String(8))
    urgency_pace: Mapped[int | None] = mapped_column()
    obligation_confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    status: Mapped[RequestStatus] = mapped_column(
        choice(RequestStatus), default=RequestStatus.DRAFT, index=True
    )
    status_since: Mapped[datetime] = mapped_column()
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    filing_order: Mapped[int | None] = mapped_column(unique=True)
    submitted_at: Mapped[datetime | None] = mapped_column()
    return_reason: Mapped[str] = mapped_column(Text, default="")

    account: Mapped[Account] = relationship()
    goal: Mapped[StrategicGoal | None] = relationship()
    kam: Mapped[User] = relationship(foreign_keys=[kam_id])
    filed_by: Mapped[User] = relationship(foreign_keys=[filed_by_id])
    lines: Mapped[list[RequestLine]] = relationship(
        primaryjoin="and_(ResourceRequest.id == RequestLine.request_id, RequestLine.retired.is_(False))",
        cascade="all, delete-orphan",
        order_by="RequestLine.position",
        back_populates="request",
    )
    benefits: Mapped[list[Benefit]] = relationship(
        cascade="all, delete-orphan", order_by="Benefit.month_offset"
    )
    curve: Mapped[list[ResponsePoint]] = relationship(
        cascade="all, delete-orphan", order_by="ResponsePoint.fraction"
    )
    evidence: Mapped[list[Evidence]] = relationship(
        cascade="all, delete-orphan", order_by="Evidence.position"
    )


class RequestLine(Row):
    """One skill of a request.

    `quarter_hours` is the effort at the full level. Lines with the same `alternative` number belong to one
    alternative, of which exactly one is staffed; lines without a number belong to all. `after` holds the
    positions of lines that come before this one. The whole line can be bought outside for
    `outside_cost_minor`, null when it cannot; `outside_source` says who offers that. A line that was changed
    after a plan used it is `retired`, and a new one takes its place.
    """

    __tablename__ = "request_line"
    __table_args__ = (
        CheckConstraint("quarter_hours > 0", name="effort"),
        CheckConstraint("min_level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("max_specialists >= 1", name="team"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    position: Mapped[int] = mapped_column()
    skill_id: Mapped[str] = mapped_column(ForeignKey("skill.id"))
    min_level: Mapped[int] = mapped_column(default=1)
    quarter_hours: Mapped[int] = mapped_column()
    language_id: Mapped[str | None] = mapped_column(ForeignKey("skill.id"))
    language_level: Mapped[int | None] = mapped_column()
    customer_facing: Mapped[bool] = mapped_column(default=False)
    activity: Mapped[str] = mapped_column(String(120), default="")
    specialist_id: Mapped[str | None] = mapped_column(ForeignKey("specialist.id"))
    preference: Mapped[Preference] = mapped_column(choice(Preference), default=Preference.NONE)
    max_specialists: Mapped[int] = mapped_column(default=1)
    weekly_min: Mapped[int | None] = mapped_column()
    weekly_max: Mapped[int | None] = mapped_column()
    after: Mapped[list[Any]] = mapped_column(default=list)
    alternative: Mapped[int | None] = mapped_column()
    outside_cost_minor: Mapped[int | None] = mapped_column()
    outside_source: Mapped[str] = mapped_column(String(300), default="", server_default="")
    retired: Mapped[bool] = mapped_column(default=False)

    request: Mapped[ResourceRequest] = relationship(back_populates="lines")
    skill: Mapped[Skill] = relationship(foreign_keys=[skill_id])
    language: Mapped[Skill | None] = relationship(foreign_keys=[language_id])
    specialist: Mapped[Specialist | None] = relationship()


class Benefit(Row):
    """Contribution expected `month_offset` months ahead, in minor units."""

    __tablename__ = "benefit"
    __table_args__ = (CheckConstraint("month_offset BETWEEN 0 AND 120", name="month"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    month_offset: Mapped[int] = mapped_column()
    amount_minor: Mapped[int] = mapped_column()


class ResponsePoint(Row):
    """Success probability at a fraction of the hours, both in per mille; 0 and 1,000 must be given."""

    __tablename__ = "response_point"
    __table_args__ = (
        UniqueConstraint("request_id", "fraction"),
        CheckConstraint("fraction BETWEEN 0 AND 1500", name="fraction"),
        CheckConstraint("probability BETWEEN 0 AND 1000", name="probability"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    fraction: Mapped[int] = mapped_column()
    probability: Mapped[int] = mapped_column()


class Evidence(Row):
    """What a claim rests on."""

    __tablename__ = "evidence"

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    position: Mapped[int] = mapped_column()
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind))
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(500), default="")
