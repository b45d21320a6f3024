"""Notifications: what the planner tells one person inside the application."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.records.base import Row


class NotificationKind(enum.StrEnum):
    """What a notification is about."""

    COMMENT = "comment"
    COUNTER_OFFER = "counter_offer"
    COUNTER_ANSWER = "counter_answer"
    REJECTION = "rejection"
    APPROVED = "approved"
    REOPENED = "reopened"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    NEAR_START = "near_start"
    PUBLISHED = "published"
    SURVEY = "survey"
    DELEGATION = "delegation"
    OVERRIDE = "override"
    SWAP = "swap"
    BOOKING = "booking"


class Notification(Row):
    """One thing told to one person; `text` with `params` is a Message, `link` the page that shows more.

    `kind` is not limited by the database, so that a new kind needs no migration. `key` tells the same thing
    said twice apart from two things; null when every one counts.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_unread", "user_id", "read_at"),
        Index("uq_notification_user_id_key", "user_id", "key", unique=True),
    )

    user_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"))
    kind: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column()
    link: Mapped[str] = mapped_column(String(400))
    key: Mapped[str | None] = mapped_column(String(120))
    read_at: Mapped[datetime | None] = mapped_column()
