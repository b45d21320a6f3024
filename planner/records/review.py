"""The board's review of a published plan, what it resolved, and what people say about working together."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Base, Row, choice, new_id
from planner.records.people import User
from planner.records.plans import Publication


class Element(enum.StrEnum):
    """The seven aspects of alignment between departments."""

    STRATEGY = "strategy"
    STRUCTURE = "structure"
    SYSTEMS = "systems"
    SHARED_VALUES = "shared_values"
    STYLE = "style"
    STAFF = "staff"
    SKILLS = "skills"


class BoardReview(Row):
    """A review as it was sent to the board; unchangeable, a correction has the next number.

    `content` is canonical JSON of the whole review, `content_hash` its SHA-256.
    """

    __tablename__ = "board_review"
    __table_args__ = (UniqueConstraint("publication_id", "number"),)

    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    number: Mapped[int] = mapped_column()
    prepared_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    prepared_at: Mapped[datetime] = mapped_column()
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(71))

    publication: Mapped[Publication] = relationship()
    prepared_by: Mapped[User] = relationship()


class Resolution(Row):
    """What the board resolved on one item of a review; `item` is its key, `title` how it was called then."""

    __tablename__ = "resolution"

    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    item: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(String(120), default="")
    due_on: Mapped[date | None] = mapped_column()
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    done_at: Mapped[datetime | None] = mapped_column()
    done_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))

    publication: Mapped[Publication] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])


class SurveyRound(Row):
    """One round of questions about the seven aspects; results are shown once it is closed."""

    __tablename__ = "survey_round"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    closes_on: Mapped[date] = mapped_column()
    opened_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column()


class SurveyInvitation(Base):
    """Who is asked in a round, as a member of which group, and whether they have answered; never what."""

    __tablename__ = "survey_invitation"

    round_id: Mapped[str] = mapped_column(ForeignKey("survey_round.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), primary_key=True, index=True)
    group: Mapped[str] = mapped_column("group_name", String(120))
    answered: Mapped[bool] = mapped_column(default=False)


class SurveyAnswer(Base):
    """One mark of somebody in a group.

    Nothing ties it to a person or to the same person's other marks: no user, no time, and an order of rows
    that follows from the random id.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (
        CheckConstraint("current BETWEEN 1 AND 5", name="current"),
        CheckConstraint("target BETWEEN 1 AND 5", name="target"),
        Index("ix_survey_answer_round_id", "round_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("survey_round.id"))
    group: Mapped[str] = mapped_column("group_name", String(120))
    element: Mapped[Element] = mapped_column(choice(Element))
    current: Mapped[int] = mapped_column()
    target: Mapped[int] = mapped_column()


class SurveyComment(Base):
    """Something written in a round; shown without group or name."""

    __tablename__ = "survey_comment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("survey_round.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
