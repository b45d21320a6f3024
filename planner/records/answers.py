"""Answers to programs, kept for a while in case they send the same again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.records.base import Base


class KeptAnswer(Base):
    """What was answered to one sending until `expires_at`.

    The key is a digest of who sent what where under which key of their own; `content_hash` is of the body.
    `row_id` is the row that was made, so that whoever erases it finds what was told of it.
    """

    __tablename__ = "kept_answer"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column()
    body: Mapped[str] = mapped_column(Text)
    row_id: Mapped[str | None] = mapped_column(String(36), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
