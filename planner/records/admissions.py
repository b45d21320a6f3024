"""What was taken into a cycle although it came too late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from planner.records.base import Row


class LateAdmission(Row):
    """One request that somebody took into one cycle after its cut-off, with the reason; never taken back."""

    __tablename__ = "late_admission"
    __table_args__ = (
        UniqueConstraint("request_id", "cycle_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("resource_request.id"))
    cycle_id: Mapped[str] = mapped_column(ForeignKey("planning_cycle.id"))
    reason: Mapped[str] = mapped_column(Text)
    admitted_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    admitted_at: Mapped[datetime] = mapped_column()
