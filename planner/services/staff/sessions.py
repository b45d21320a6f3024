"""Browser sessions: whose a cookie is, and that it opens nothing once its owner signed out."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from planner import settings
from planner.actor import Actor
from planner.audit import Event, record
from planner.clock import now
from planner.records import EndedSession, User
from planner.services.staff.users import user_of_session


def signed_in(session: Session, user_id: str, epoch: int, key: str) -> User | None:
    """The user of the browser session `key`; None once it ended, or whatever `user_of_session` says."""
    user = user_of_session(session, user_id, epoch)
    return user if user is not None and session.get(EndedSession, key) is None else None


def end(session: Session, actor: Actor, key: str) -> None:
    """Sign out: whoever kept a copy of the cookie is out as well. What ran out meanwhile is forgotten."""
    session.execute(delete(EndedSession).where(EndedSession.expires_at < now()))
    if session.get(EndedSession, key) is None:
        hours = settings.read().session_hours
        session.add(EndedSession(key=key, expires_at=now() + timedelta(hours=hours)))
    user = session.get(User, actor.user_id)
    record(session, actor, Event.USER_SIGNED_OUT, user, before=None, after=None)
