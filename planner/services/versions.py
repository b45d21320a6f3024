"""Optimistic versions: who saves over somebody else's change is told what changed instead."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import AuditEvent, Row, User
from planner.verdict import Denied, Kind, Message, Refused

UNINTERESTING = frozenset({"version", "updated_at"})


def check_version(session: Session, row: Row, version: int) -> None:
    """Go on when `version` is the present one.

    Raises:
        Refused: E_VERSION_STALE; details hold changed_by (a name, None for background work), changed_at (ISO
            time, UTC), version (the present one) and fields {name: {"before", "after"}} since `version`.
    """
    if row.version == version:
        return
    details = _since(session, row, version)
    who = details["changed_by"]
    reason = "Somebody changed this after you opened it."
    if who:
        reason = "%(who)s changed this after you opened it."
    raise Refused(
        Denied(
            Kind.STALE,
            "E_VERSION_STALE",
            Message(reason, {"who": who} if who else {}),
            Message("Look at what changed and decide again; what you typed is still there."),
            details=details,
        )
    )


def _since(session: Session, row: Row, version: int) -> dict[str, Any]:
    """What the audit log knows of the changes after `version`."""
    events = [
        event
        for event in session.scalars(
            select(AuditEvent)
            .where(AuditEvent.entity == row.__tablename__, AuditEvent.entity_id == row.id)
            .order_by(AuditEvent.seq)
        )
        if event.before and event.after and event.after.get("version", 0) > version
    ]
    details: dict[str, Any] = {
        "changed_by": None,
        "changed_at": row.updated_at.isoformat(),
        "version": row.version,
        "fields": {},
    }
    if not events:
        return details
    before, after, last = events[0].before or {}, events[-1].after or {}, events[-1]
    user = session.get(User, last.actor_id) if last.actor_id else None
    details["changed_by"] = user.display_name if user else None
    details["changed_at"] = last.at.isoformat()
    details["fields"] = {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if name not in UNINTERESTING and before.get(name) != after.get(name)
    }
    return details
