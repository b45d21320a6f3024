"""Attempts are counted in the database, so that a limit is one limit however many processes serve."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from planner.clock import now
from planner.records import Attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts under `key` in `seconds` from the first one on."""

    key: str
    most: int
    seconds: int


def count(session: Session, limits: Sequence[Limit]) -> bool:
    """Count one attempt under each key; whether all of them are still within their limits.

    Every counter is raised, so that one that is full does not shield another. The unit of work holds the
    writers' lock, so two processes cannot read the same number.
    """
    at = now()
    session.execute(delete(Attempt).where(Attempt.expires_at <= at))
    within = [_hit(session, limit) <= limit.most for limit in limits]
    return all(within)


def _hit(session: Session, limit: Limit) -> int:
    key = hashlib.sha256(limit.key.encode()).hexdigest()
    row = session.get(Attempt, key)
    if row is None:
        row = Attempt(key=key, hits=0, expires_at=now() + timedelta(seconds=limit.seconds))
        session.add(row)
    row.hits += 1
    session.flush()
    return row.hits
