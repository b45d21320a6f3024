"""A publication as one file: what was published and all it follows from, for who has no database."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import HASHED, Event
from planner.permissions import Action, may
from planner.records import AuditEvent, Publication
from planner.scope import find_publication
from planner.verdict import require

FORMAT = "planner-publication/1"


def export_publication(session: Session, actor: Actor, number: int) -> str:
    """Publication `number` with its problem, its plan, the publication before it and its event of the log.

    Args:
        session: A reading session.
        actor: Who may see published plans.
        number: The publication's number.

    Returns:
        JSON in the format planner-publication/1, which `planner replay` recomputes without a database.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_PUBLICATIONS))
    publication = find_publication(session, actor, number)
    before = session.get(Publication, publication.previous_id) if publication.previous_id else None
    run = publication.run
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    document = {
        "format": FORMAT,
        "number": publication.number,
        "content_hash": publication.content_hash,
        "content": json.loads(publication.content),
        "previous": json.loads(before.content) if before else None,
        "previous_hash": before.content_hash if before else None,
        "problem": json.loads(run.snapshot.problem),
        "plan": json.loads(run.result or "{}"),
        "event": _event(session, publication),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _event(session: Session, publication: Publication) -> dict[str, Any] | None:
    """The event that saw the publication, whole, so that its hash can be computed again."""
    event = session.scalars(
        select(AuditEvent).where(
            AuditEvent.action == Event.PLAN_PUBLISHED.value, AuditEvent.entity_id == publication.id
        )
    ).first()
    if event is None:
        return None
    values = {name: getattr(event, name) for name in HASHED}
    return {**values, "at": event.at.isoformat(), "hash": event.hash}
