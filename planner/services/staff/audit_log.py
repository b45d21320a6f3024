"""The audit log for administrators: who did what when, without what customers are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import verify
from planner.kept import check
from planner.permissions import Action, may
from planner.records import AuditEvent, User
from planner.services.paging import Page, one_page
from planner.services.staff.log_checks import Checked, last_check
from planner.verdict import Message, require


@dataclass(frozen=True, slots=True)
class EventView:
    """One event; names are None for background work and for people nobody knows. No before and after."""

    seq: int
    at: datetime
    action: str
    who: str | None
    on_behalf_of: str | None
    entity: str
    entity_id: str
    reason: str
    hash: str


def list_events(session: Session, actor: Actor, *, page: int = 1, per_page: int = 50) -> Page[EventView]:
    """The events, the newest first.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for a page out of range.
    """
    require(may(actor, Action.VIEW_AUDIT))
    found = one_page(session, select(AuditEvent).order_by(AuditEvent.seq.desc()), page, per_page)
    ids = {e.actor_id for e in found.rows} | {e.on_behalf_of_id for e in found.rows}
    names = {u.id: u.display_name for u in session.scalars(select(User).where(User.id.in_(ids - {None})))}
    views = [
        EventView(
            seq=e.seq,
            at=e.at,
            action=e.action,
            who=names.get(e.actor_id or ""),
            on_behalf_of=names.get(e.on_behalf_of_id or ""),
            entity=e.entity,
            entity_id=e.entity_id,
            reason=e.reason,
            hash=e.hash,
        )
        for e in found.rows
    ]
    return Page(views, found.total, found.page, found.per_page)


def problems_among(session: Session, actor: Actor, events: Sequence[EventView]) -> list[Message]:
    """What was tampered with among these events and their links to those before and after them.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_AUDIT))
    numbers = [event.seq for event in events]
    return verify(session, min(numbers), max(numbers)) if numbers else []


def last_whole_check(session: Session, actor: Actor) -> Checked | None:
    """What the last check of the whole log found; None before the first one.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_AUDIT))
    return last_check(session)


def chain_problems(session: Session, actor: Actor) -> list[Message]:
    """Everything that was tampered with in the log and in what it tells of; an empty list when all is well.

    It walks the whole log, which takes seconds when that is long.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_AUDIT))
    return check(session)
