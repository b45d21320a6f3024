"""What came of it: hours really worked, and what a request brought in the end."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import Specialist, User
from planner.records.requests import ResourceRequest


class Result(enum.StrEnum):
    """How it ended. What was cancelled tests no claim."""

    WON = "won"
    LOST = "lost"
    RETAINED = "retained"
    LOST_CUSTOMER = "lost_customer"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


SUCCESSES = frozenset({Result.WON, Result.RETAINED, Result.RESOLVED})
FAILURES = frozenset({Result.LOST, Result.LOST_CUSTOMER})


class ClosingState(enum.StrEnum):
    """Only what a second person confirmed counts; a confirmed closing is replaced, never edited."""

    RECORDED = "recorded"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"


class Closing(Row):
    """The outcome of one request, as recorded when it was closed.

    What had been claimed stands beside it as it was at that time: `claimed_probability` in per mille at the
    level really delivered (a request that got nothing tests the chance without hours), and
    `claimed_value_minor`, the present value of its benefits. `delivered_fraction` is in per mille of the
    hours asked for. Money in minor units; None means not known. A correction is a new revision; until it is
    confirmed the older one counts.
    """

    __tablename__ = "closing"
    __table_args__ = (
        UniqueConstraint("request_id", "revision"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> recorded_by_id", name="second_person"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'superseded') OR confirmed_by_id IS NOT NULL", name="confirmed"
        ),
        CheckConstraint("delivered_quarter_hours >= 0", name="hours"),
        CheckConstraint("delivered_fraction >= 0", name="fraction"),
        CheckConstraint("claimed_probability BETWEEN 0 AND 1000", name="probability"),
        CheckConstraint("feedback IS NULL OR feedback BETWEEN 1 AND 5", name="feedback"),
        CheckConstraint("revision = 1 OR correction_reason <> ''", name="correction"),
        Index(
            "uq_closing_confirmed",
            "request_id",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
        Index(
            "uq_closing_open",
            "request_id",
            unique=True,
            sqlite_where=text("state IN ('recorded', 'returned')"),
            postgresql_where=text("state IN ('recorded', 'returned')"),
        ),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[ClosingState] = mapped_column(choice(ClosingState), default=ClosingState.RECORDED)
    result: Mapped[Result] = mapped_column(choice(Result))
    delivered_quarter_hours: Mapped[int] = mapped_column()
    delivered_fraction: Mapped[int] = mapped_column()
    claimed_probability: Mapped[int] = mapped_column()
    claimed_value_minor: Mapped[int] = mapped_column()
    realised_value_minor: Mapped[int | None] = mapped_column()
    ended_on: Mapped[date] = mapped_column()
    punctual_start: Mapped[bool | None] = mapped_column()
    feedback: Mapped[int | None] = mapped_column()
    feedback_text: Mapped[str] = mapped_column(Text, default="")
    referral: Mapped[bool] = mapped_column(default=False)
    reference_letter: Mapped[bool] = mapped_column(default=False)
    reference_text: Mapped[str] = mapped_column(Text, default="")
    lesson: Mapped[str] = mapped_column(Text, default="")
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    return_reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[datetime] = mapped_column()
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column()

    request: Mapped[ResourceRequest] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])


class WorkLog(Row):
    """Quarter-hours that one specialist really worked on one line in one ISO week.

    Past weeks count as planned until such a row corrects them. `planned_quarter_hours` is what the
    published plan said when the row was written.
    """

    __tablename__ = "work_log"
    __table_args__ = (
        UniqueConstraint("line_id", "specialist_id", "week"),
        CheckConstraint("worked_quarter_hours BETWEEN 0 AND 672", name="worked"),
        CheckConstraint("planned_quarter_hours >= 0", name="planned"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("request_line.id"))
    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"), index=True)
    week: Mapped[str] = mapped_column(String(8))
    planned_quarter_hours: Mapped[int] = mapped_column()
    worked_quarter_hours: Mapped[int] = mapped_column()
    note: Mapped[str] = mapped_column(String(300), default="")
    confirmed_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    confirmed_at: Mapped[datetime] = mapped_column()

    specialist: Mapped[Specialist] = relationship()
    confirmed_by: Mapped[User] = relationship()


class OutcomeReminder(Row):
    """One reminder of an outcome that is due; without an answer it counts as a failure after two of them."""

    __tablename__ = "outcome_reminder"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"), index=True)
    number: Mapped[int] = mapped_column()
    sent_at: Mapped[datetime] = mapped_column()
