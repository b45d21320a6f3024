"""Telling people what happened, inside the application and in the transaction of the thing itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import now
from planner.permissions import Action, may
from planner.records import Notification, NotificationKind, User
from planner.scope import an_id
from planner.verdict import Message, not_found, require

NEWEST = 100
"""How many notifications the list shows."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification as its reader sees it.

    Attributes:
        notification_id: Its id.
        kind: What it is about.
        message: What it says.
        link: The page that shows more, an address inside the application.
        at: When it was said.
        read: Whether the reader has seen it.
    """

    notification_id: str
    kind: str
    message: Message
    link: str
    at: datetime
    read: bool


def notify(
    session: Session,
    *,
    users: Iterable[str | None],
    kind: NotificationKind,
    text: Message,
    link: str,
    key: str | None = None,
) -> int:
    """Store one notification for each of the users, in the caller's transaction; how many were new.

    Args:
        session: The unit of work.
        users: Ids of users; None, repeated and inactive ones are passed over.
        kind: What it is about.
        text: What is said; params are texts, whole numbers, times or messages again.
        link: The page that shows more, beginning with "/".
        key: The same key reaches the same user only once, ever.
    """
    wanted = {user for user in users if user is not None}
    if not wanted:
        return 0
    people = set(session.scalars(select(User.id).where(User.id.in_(wanted), User.active)))
    if key is not None:
        told = select(Notification.user_id).where(Notification.key == key, Notification.user_id.in_(people))
        people -= set(session.scalars(told))
    said = _plain(text)
    for user in sorted(people):
        row = Notification(
            user_id=user, kind=kind.value, text=said["text"], params=said["params"], link=link, key=key
        )
        session.add(row)
    session.flush()
    return len(people)


def notices(session: Session, actor: Actor, *, unread_only: bool = False) -> Sequence[Notice]:
    """The actor's own notifications, newest first, at most NEWEST.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_NOTICES))
    query = select(Notification).where(Notification.user_id == actor.user_id)
    if unread_only:
        query = query.where(Notification.read_at.is_(None))
    rows = session.scalars(
        query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(NEWEST)
    )
    return [
        Notice(
            notification_id=row.id,
            kind=row.kind,
            message=_read({"text": row.text, "params": row.params}),
            link=row.link,
            at=row.created_at,
            read=row.read_at is not None,
        )
        for row in rows
    ]


def unread(session: Session, actor: Actor) -> int:
    """How many of the actor's notifications are unread."""
    if actor.user_id is None:
        return 0
    query = (
        select(func.count())
        .select_from(Notification)
        .where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    )
    return session.scalar(query) or 0


def mark_read(session: Session, actor: Actor, notification_id: str | None = None) -> int:
    """Mark one of the actor's notifications, or all of them, as read; how many are still unread.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND for somebody else's.
    """
    require(may(actor, Action.READ_NOTICES))
    mine = [Notification.user_id == actor.user_id]
    if notification_id is not None:
        mine.append(Notification.id == an_id(notification_id))
        if session.scalar(select(Notification.id).where(*mine)) is None:
            raise not_found()
    session.execute(
        update(Notification)
        .where(*mine, Notification.read_at.is_(None))
        .values(read_at=now())
        .execution_options(synchronize_session=False)
    )
    return unread(session, actor)


def _plain(value: Any) -> Any:
    """A message, a time or a plain value as JSON can hold it."""
    if isinstance(value, Message):
        params = {name: _plain(param) for name, param in value.params.items()}
        return {"text": value.text, "params": params}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _read(plain: Any) -> Any:
    """What was made plain."""
    if not isinstance(plain, dict):
        return plain
    if "at" in plain:
        return datetime.fromisoformat(plain["at"])
    if "day" in plain:
        return date.fromisoformat(plain["day"])
    return Message(plain["text"], {name: _read(value) for name, value in plain["params"].items()})
