"""The check of the whole log in the background, and what it found last.

A long log takes seconds to check, so a page cannot do it at each view. What the last check found is kept with
its time. The note proves nothing by itself: `planner audit verify` with a witness file does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import kept
from planner.audit import GENESIS
from planner.clock import now
from planner.records import AuditEvent, LogCheck
from planner.verdict import Message

EVERY = timedelta(hours=6)
"""How old the last check may be while there are newer events."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole log found, up to which event."""

    at: datetime
    events: int
    newest_hash: str
    problems: Sequence[Message]


def due(session: Session) -> bool:
    """Whether the whole log should be checked again; a read that needs no lock."""
    last = last_check(session)
    if last is None:
        return True
    return now() - last.at >= EVERY and _newest(session) != (last.events, last.newest_hash)


def look(session: Session) -> Checked:
    """Check the whole log and what it tells of, in a session that reads: nobody waits for it."""
    events, newest = _newest(session)
    return Checked(now(), events, newest, kept.check(session))


def keep(session: Session, found: Checked) -> None:
    """Keep what was found in the place of what was found before."""
    row = session.scalars(select(LogCheck)).first() or LogCheck()
    row.at, row.events, row.newest_hash = found.at, found.events, found.newest_hash
    row.problems = [_plain(problem) for problem in found.problems]
    session.add(row)


def last_check(session: Session) -> Checked | None:
    """The last check; None before the first one."""
    row = session.scalars(select(LogCheck)).first()
    if row is None:
        return None
    return Checked(row.at, row.events, row.newest_hash, [_message(each) for each in row.problems])


def _newest(session: Session) -> tuple[int, str]:
    columns = AuditEvent.__table__.columns
    found = session.execute(select(columns.seq, columns.hash).order_by(columns.seq.desc()).limit(1)).first()
    return (found.seq, found.hash) if found else (0, GENESIS)


def _plain(value: Any) -> Any:
    """A message as JSON; other values as text."""
    if isinstance(value, Message):
        return {"text": value.text, "params": {name: _plain(each) for name, each in value.params.items()}}
    return value if isinstance(value, int) else str(value)


def _message(row: Mapping[str, Any]) -> Message:
    params = row["params"]
    return Message(
        row["text"], {name: _message(v) if isinstance(v, dict) else v for name, v in params.items()}
    )
