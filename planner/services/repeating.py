"""The same sending twice is done once: what was answered to it is kept for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from planner.clock import now
from planner.records import KeptAnswer

KEPT_FOR: Final = timedelta(days=1)


def kept_answer(session: Session, key: str) -> KeptAnswer | None:
    """What was answered under the key; None when nothing was, or too long ago.

    Ask inside the unit of work that would do the thing: its lock is what makes two at once take turns.
    """
    found = session.get(KeptAnswer, key)
    return found if found is not None and found.expires_at > now() else None


def keep_answer(
    session: Session, key: str, content_hash: str, *, status: int, body: str = "", row_id: str | None = None
) -> None:
    """Keep an answer with what it answered; it lasts only if the unit of work does.

    Args:
        session: That of the unit of work.
        key: A digest of 64 characters.
        content_hash: SHA-256 of what was sent.
        status: The HTTP status.
        body: The answer's text; empty when it is made anew from the row.
        row_id: The row that was made, if one can be named.
    """
    session.execute(delete(KeptAnswer).where(KeptAnswer.expires_at <= now()))
    session.add(
        KeptAnswer(
            key=key,
            content_hash=content_hash,
            status=status,
            body=body,
            row_id=row_id,
            expires_at=now() + KEPT_FOR,
        )
    )


def forget_answers(session: Session, row_id: str) -> None:
    """Keep nothing any more that was told of a row, as when a person is erased."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.row_id == row_id))
