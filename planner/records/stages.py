"""What is usual at a stage of cooperation: the chances that stand where a request states none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User
from planner.records.requests import Stage
from planner.worth import Shape

WAITING = text("confirmed_at IS NULL AND ended_at IS NULL")


class UsualChances(Row):
    """One version for one stage, chances in per mille; the newest that a second person confirmed holds.

    `at_none`, `at_half` and `at_full` answer to none, half and all of the hours; `top` is the ceiling of an
    ADBUDG curve. `ended_at` is set when it was taken back or turned down before it was confirmed.
    """

    __tablename__ = "usual_chances"
    __table_args__ = (
        CheckConstraint(
            "at_none >= 0 AND at_none <= at_half AND at_half <= at_full AND at_full <= 1000", name="chances"
        ),
        CheckConstraint("top IS NULL OR (top > at_full AND top <= 1000)", name="top"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> stated_by_id", name="second_person"),
        Index(
            "uq_usual_chances_waiting", "stage", unique=True, sqlite_where=WAITING, postgresql_where=WAITING
        ),
    )

    stage: Mapped[Stage] = mapped_column(choice(Stage))
    shape: Mapped[Shape] = mapped_column(choice(Shape))
    at_none: Mapped[int] = mapped_column()
    at_half: Mapped[int] = mapped_column()
    at_full: Mapped[int] = mapped_column()
    top: Mapped[int | None] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    stated_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    stated_by: Mapped[User] = relationship(foreign_keys=[stated_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
