"""The board page: one published plan, read by who may see all, or by a secret link."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now
from planner.permissions import Action, may
from planner.records import BoardLink, Publication
from planner.scope import find_publication
from planner.services.publishing.publishing import content_hash
from planner.verdict import Kind, not_found, refuse, require

LONGEST_DAYS = 30
"""A link is a key that is passed on; it ends by itself."""


def board_view(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    """The content of publication `number` as it was published, with its hash.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_PUBLICATIONS))
    return _content(find_publication(session, actor, number))


def board_by_link(session: Session, secret: str) -> dict[str, Any]:
    """The same for who holds a link; a wrong, expired or revoked one opens nothing.

    Raises:
        Refused: E_NOT_FOUND.
    """
    return _content(publication_by_link(session, secret))


def publication_by_link(session: Session, secret: str) -> Publication:
    """The one publication that a link opens.

    Raises:
        Refused: E_NOT_FOUND.
    """
    link = session.scalars(select(BoardLink).where(BoardLink.digest == _digest(secret))).first()
    if link is None or link.revoked_at is not None or link.expires_at <= now():
        raise not_found()
    return session.get_one(Publication, link.publication_id)


def create_board_link(session: Session, actor: Actor, number: int, days: int) -> str:
    """A secret that opens publication `number` for `days` days; it is told once and only its hash is kept.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_LIMIT when days are not 1 to 30.
    """
    require(may(actor, Action.CREATE_BOARD_LINK))
    publication = find_publication(session, actor, number)
    if not 1 <= days <= LONGEST_DAYS:
        raise refuse(
            Kind.INVALID,
            "E_LIMIT",
            "A link for %(days)s days is not possible.",
            "Use 1 to %(longest)s days.",
            days=days,
            longest=LONGEST_DAYS,
        )
    secret = secrets.token_urlsafe(32)
    link = BoardLink(
        publication_id=publication.id,
        digest=_digest(secret),
        created_by_id=actor.user_id,
        expires_at=now() + timedelta(days=days),
    )
    created(session, actor, Event.BOARD_LINK_CREATED, link)
    return secret


def list_board_links(session: Session, actor: Actor, number: int) -> list[BoardLink]:
    """The links of publication `number`, newest first, ended ones included.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.CREATE_BOARD_LINK))
    publication = find_publication(session, actor, number)
    return list(
        session.scalars(
            select(BoardLink)
            .where(BoardLink.publication_id == publication.id)
            .order_by(BoardLink.created_at.desc(), BoardLink.id)
        )
    )


def revoke_board_link(session: Session, actor: Actor, link_id: str) -> BoardLink:
    """End a link at once; ending it again changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.REVOKE_BOARD_LINK))
    link = session.get(BoardLink, link_id)
    if link is None:
        raise not_found()
    if link.revoked_at is None:
        with changing(session, actor, Event.BOARD_LINK_REVOKED, link):
            link.revoked_at = now()
    return link


def _content(publication: Publication) -> dict[str, Any]:
    """The stored content, its stored hash, and whether the two still belong together."""
    content: dict[str, Any] = json.loads(publication.content)
    intact = content_hash(publication.content) == publication.content_hash
    return {**content, "content_hash": publication.content_hash, "intact": intact}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
