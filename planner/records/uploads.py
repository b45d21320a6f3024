"""Files that were handed in for import and wait for a yes."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User


class ImportKind(enum.StrEnum):
    """What a file holds, in the order in which an empty company needs it."""

    DEPARTMENTS = "departments"
    HOLIDAYS = "holidays"
    SKILLS = "skills"
    SPECIALISTS = "specialists"
    ATTESTATIONS = "attestations"
    LEAVE = "leave"
    ACCOUNTS = "accounts"
    FIGURES = "figures"
    RATES = "rates"
    REQUESTS = "requests"


class ImportState(enum.StrEnum):
    """Where a file stands."""

    CHECKING = "checking"
    READY = "ready"
    FAULTY = "faulty"
    STORED = "stored"
    DISCARDED = "discarded"


class ImportFile(Row):
    """A file between upload and confirmation. Its content is dropped once it is stored or discarded.

    `report` holds what was found: counts of new, changed and unchanged rows and every error.
    """

    __tablename__ = "import_file"
    __table_args__ = (
        CheckConstraint(
            "rows_done >= 0 AND (rows_total IS NULL OR rows_done <= rows_total)", name="progress"
        ),
        CheckConstraint("content IS NOT NULL OR state IN ('stored', 'discarded')", name="content"),
    )

    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind))
    state: Mapped[ImportState] = mapped_column(choice(ImportState), default=ImportState.CHECKING)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(71), index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    rows_total: Mapped[int | None] = mapped_column()
    rows_done: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    stored_at: Mapped[datetime | None] = mapped_column()

    created_by: Mapped[User] = relationship()
