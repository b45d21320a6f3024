"""Who does something: a person with roles, or the planner itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import today
from planner.database import READING
from planner.records import Delegation, Role, User


@dataclass(frozen=True, slots=True)
class Actor:
    """One person at work; `on_behalf_of` is the id of the user stood in for, if any."""

    user_id: str | None
    name: str
    roles: frozenset[Role]
    language: str = "en"
    on_behalf_of: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor has at least one of the roles."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(None, "planner", frozenset())
"""Background work and the operator at the command line: may do everything, sees everything."""


def actor_for(session: Session, user: User) -> Actor:  # noqa: ARG001 - every lookup of people takes the session
    """The actor that a signed-in user is."""
    return Actor(user.id, user.display_name, user.roles, user.language)


def acts_for(session: Session, actor: Actor) -> frozenset[str]:
    """Ids of the users the actor may act for today: the actor, and who delegated to the actor."""
    if actor.user_id is None:
        return frozenset()
    # Nearly every lookup of a page asks this, and what only reads sees one answer throughout.
    known: dict[object, frozenset[str]] = session.info.get(READING, {})
    key, day = (acts_for, actor.user_id), today()
    if key not in known:
        lenders = session.scalars(
            select(Delegation.from_user_id).where(
                Delegation.to_user_id == actor.user_id,
                Delegation.first_day <= day,
                Delegation.last_day >= day,
                Delegation.revoked_at.is_(None),
            )
        )
        known[key] = frozenset({actor.user_id, *lenders})
    return known[key]
