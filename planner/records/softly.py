"""Hours that a head lets a key account manager hold softly, until a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row
from planner.records.customers import Account
from planner.records.people import Specialist, User
from planner.records.requests import ResourceRequest


class SoftBooking(Row):
    """`quarter_hours` of one person in every week of a span, kept free for what a customer may yet order.

    It counts from the head's consent until `expires_on`, that day included, unless it was ended before; then
    the hours are free again by themselves, as nothing but these columns says that they are held. Declining,
    releasing and giving back all end it; who ended it tells which.
    """

    __tablename__ = "soft_booking"
    __table_args__ = (
        CheckConstraint("quarter_hours > 0", name="effort"),
        CheckConstraint("first_week <= last_week", name="window"),
    )

    specialist_id: Mapped[str] = mapped_column(ForeignKey("specialist.id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    request_id: Mapped[str | None] = mapped_column(ForeignKey("resource_request.id"), index=True)
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    first_week: Mapped[str] = mapped_column(String(8))
    last_week: Mapped[str] = mapped_column(String(8))
    quarter_hours: Mapped[int] = mapped_column()
    purpose: Mapped[str] = mapped_column(String(300))
    expires_on: Mapped[date] = mapped_column(index=True)
    granted_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    granted_at: Mapped[datetime | None] = mapped_column()
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column()
    end_reason: Mapped[str] = mapped_column(String(300), default="")

    specialist: Mapped[Specialist] = relationship()
    account: Mapped[Account] = relationship()
    request: Mapped[ResourceRequest | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    granted_by: Mapped[User | None] = relationship(foreign_keys=[granted_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])
