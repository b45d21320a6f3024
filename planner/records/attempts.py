"""How often something was tried lately, counted for all processes together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from planner.records.base import Base


class Attempt(Base):
    """Attempts under one key until `expires_at`. The key is a digest: the table names nobody."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    hits: Mapped[int] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(index=True)
