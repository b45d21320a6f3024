"""The audit log: one row per thing done, chained by hashes so that tampering shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.records.base import Base, Row


class AuditEvent(Base):
    """Who did what to which row, with the row before and after. Append-only; `seq` has no gaps.

    `hash` is SHA-256 over all other columns in canonical JSON, `prev_hash` the hash of the row before.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_entity", "entity", "entity_id"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column()
    actor_id: Mapped[str | None] = mapped_column(String(36))
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(64))
    entity: Mapped[str] = mapped_column(String(64))
    entity_id: Mapped[str] = mapped_column(String(36))
    before: Mapped[dict[str, Any] | None] = mapped_column()
    after: Mapped[dict[str, Any] | None] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LogCheck(Row):
    """The last check of the whole log in the background: when, how far, and what was found, as messages.

    It is a note for people and proves nothing: who can rewrite the log can rewrite this row.
    """

    __tablename__ = "log_check"

    at: Mapped[datetime] = mapped_column()
    events: Mapped[int] = mapped_column()
    newest_hash: Mapped[str] = mapped_column(String(64))
    problems: Mapped[list[Any]] = mapped_column(default=list)
