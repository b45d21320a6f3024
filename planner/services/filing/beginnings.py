"""Published work begins by itself: in the first week in which somebody has hours for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import SYSTEM
from planner.audit import Event, changing
from planner.clock import today, week_of
from planner.records import PublishedHours, RequestStatus, ResourceRequest
from planner.supply import promises
from planner.transitions import RequestAction, move


def _to_begin(session: Session) -> Sequence[ResourceRequest]:
    """Published requests whose first published week that stands is here or past."""
    week = week_of(today())
    candidates = select(PublishedHours.id).where(
        PublishedHours.request_id == ResourceRequest.id, PublishedHours.week <= week
    )
    rows = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.status == RequestStatus.PUBLISHED, candidates.exists())
        .order_by(ResourceRequest.filing_order, ResourceRequest.id)
    ).all()
    if not rows:
        return ()
    # A later publication may have moved the hours away again.
    begun = {promise.request_id for promise in promises(session) if promise.week <= week}
    return [row for row in rows if row.id in begun]


def anything_begins(session: Session) -> bool:
    """Whether `begin` would change anything; reading first keeps the writers' lock free."""
    return bool(_to_begin(session))


def begin(session: Session) -> int:
    """Let published requests run whose first week has come; how many began."""
    rows = _to_begin(session)
    for row in rows:
        with changing(session, SYSTEM, Event.REQUEST_STARTED, row):
            move(row, RequestAction.START)
    return len(rows)
