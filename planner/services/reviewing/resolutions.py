"""What the board resolves on the items of a review, who sees to it, until when, and whether it was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now
from planner.permissions import Action, may
from planner.records import Publication, Resolution
from planner.scope import an_id, find_publication
from planner.services.reviewing.review_view import ResolutionRow
from planner.verdict import not_found, require

LONGEST_TEXT = 2000
LONGEST_TITLE = 300
LONGEST_NAME = 120
LONGEST_KEY = 120
GENERAL = "general"
"""The key of what belongs to no single item."""


def record_resolution(
    session: Session,
    actor: Actor,
    number: int,
    item: str,
    title: str,
    *,
    text: str,
    responsible: str = "",
    due_on: date | None = None,
) -> Resolution:
    """Write down what was resolved on an item of the review of publication `number`.

    Args:
        session: The unit of work.
        actor: Leadership.
        number: The publication.
        item: The item's key, such as "refused:..." or "general".
        title: What the item is called, kept as it is now.
        text: What was resolved.
        responsible: Who sees to it.
        due_on: Until when.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_INVALID with every text that cannot be kept.
    """
    require(may(actor, Action.RESOLVE))
    publication = find_publication(session, actor, number)
    checks.require_well_formed(
        [
            *checks.text("item", item, LONGEST_KEY, required=True),
            *checks.text("title", title, LONGEST_TITLE, required=True),
            *checks.text("text", text, LONGEST_TEXT, required=True, lines=True),
            *checks.text("responsible", responsible, LONGEST_NAME),
        ]
    )
    row = Resolution(
        publication_id=publication.id,
        item=checks.tidy(item),
        title=checks.tidy(title),
        text=checks.tidy(text),
        responsible=checks.tidy(responsible),
        due_on=due_on,
        recorded_by_id=actor.user_id,
    )
    created(session, actor, Event.RESOLUTION_RECORDED, row)
    return row


def finish_resolution(session: Session, actor: Actor, resolution_id: str) -> Resolution:
    """Say that it was done; again changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.RESOLVE))
    row = session.get(Resolution, an_id(resolution_id))
    if row is None:
        raise not_found()
    if row.done_at is None:
        with changing(session, actor, Event.RESOLUTION_DONE, row):
            row.done_at = now()
            row.done_by_id = actor.user_id
    return row


def by_item(session: Session, publication: Publication) -> dict[str, tuple[ResolutionRow, ...]]:
    """The resolutions on a publication's items, oldest first."""
    found: defaultdict[str, list[ResolutionRow]] = defaultdict(list)
    for row in _rows(session, Resolution.publication_id == publication.id):
        found[row.item].append(row)
    return {item: tuple(rows) for item, rows in found.items()}


def earlier(session: Session, publication: Publication) -> tuple[ResolutionRow, ...]:
    """Resolutions on earlier plans that were still open when this one came out, oldest first."""
    before = Publication.number < publication.number
    open_then = or_(Resolution.done_at.is_(None), Resolution.done_at >= publication.published_at)
    return tuple(_rows(session, before, open_then))


def _rows(session: Session, *conditions: ColumnElement[bool]) -> Sequence[ResolutionRow]:
    query = (
        select(Resolution)
        .join(Publication, Publication.id == Resolution.publication_id)
        .where(*conditions)
        .order_by(Resolution.created_at, Resolution.id)
        .options(joinedload(Resolution.publication), joinedload(Resolution.recorded_by))
    )
    return [
        ResolutionRow(
            id=row.id,
            plan=row.publication.number,
            item=row.item,
            title=row.title,
            text=row.text,
            responsible=row.responsible,
            due_on=row.due_on.isoformat() if row.due_on else None,
            done_at=row.done_at.isoformat() if row.done_at else None,
            recorded_by=row.recorded_by.display_name,
            recorded_at=row.created_at.isoformat(),
        )
        for row in session.scalars(query)
    ]
