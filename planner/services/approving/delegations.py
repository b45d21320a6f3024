"""Standing in: a key account manager or head lends the own rights to a colleague for some days."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import SYSTEM, Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import Delegation, NotificationKind, Role, User
from planner.scope import an_id
from planner.services.staff.notifying import notify
from planner.verdict import Message, Problem, not_found, require

LONGEST_DAYS = 366
LENDABLE = frozenset({Role.KAM, Role.HEAD})
"""Only the work with own customers and own people can be lent; power over others' cannot."""


def may_delegate(actor: Actor) -> bool:
    """Whether the actor has rights that can be lent."""
    return bool(may(actor, Action.DELEGATE))


def colleagues(session: Session, actor: Actor) -> list[User]:
    """Who could stand in for the actor: active people who share a lendable role, by name.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.DELEGATE))
    people = session.scalars(
        select(User).where(User.active, User.id != actor.user_id).order_by(User.display_name, User.id)
    )
    return [person for person in people if person.roles & actor.roles & LENDABLE]


def create_delegation(
    session: Session, actor: Actor, to_user_id: str, first_day: date, last_day: date
) -> Delegation:
    """Let a colleague act for the actor from the first to the last day, both included.

    The colleague acts in the own name; the log keeps for whom.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for somebody who cannot stand in; E_INVALID for days in the past, in
            the wrong order, more than LONGEST_DAYS of them, or lent to the same colleague already.
    """
    require(may(actor, Action.DELEGATE))
    wanted = an_id(to_user_id)
    colleague = next((person for person in colleagues(session, actor) if person.id == wanted), None)
    if colleague is None:
        raise not_found()
    checks.require_well_formed(_day_problems(session, actor, colleague, first_day, last_day))
    delegation = Delegation(
        from_user_id=actor.user_id, to_user_id=colleague.id, first_day=first_day, last_day=last_day
    )
    created(session, actor, Event.DELEGATION_CREATED, delegation)
    words = {"who": actor.name, "first": first_day.isoformat(), "last": last_day.isoformat()}
    notify(
        session,
        users=[colleague.id],
        kind=NotificationKind.DELEGATION,
        text=Message("You act for %(who)s from %(first)s to %(last)s.", words),
        link="/delegations",
    )
    return delegation


def _day_problems(
    session: Session, actor: Actor, colleague: User, first_day: date, last_day: date
) -> list[Problem]:
    if last_day < first_day:
        reason = "The last day comes before the first."
        return [checks.problem("last_day", "E_RANGE_REVERSED", reason, "Swap them.")]
    if last_day < today():
        reason, remedy = "These days are over.", "Choose today or later."
        return [checks.problem("last_day", "E_DAYS_PAST", reason, remedy)]
    if last_day - first_day >= timedelta(days=LONGEST_DAYS):
        reason, remedy = "This is too long.", "Lend at most %(days)d days at once."
        return [checks.problem("last_day", "E_DAYS_LONG", reason, remedy, days=LONGEST_DAYS)]
    same = select(Delegation.id).where(
        Delegation.from_user_id == actor.user_id,
        Delegation.to_user_id == colleague.id,
        Delegation.revoked_at.is_(None),
        Delegation.first_day <= last_day,
        Delegation.last_day >= first_day,
    )
    if session.scalar(same.limit(1)) is None:
        return []
    reason = "This colleague stands in for you on some of these days already."
    remedy = "Revoke the other one first or choose other days."
    return [checks.problem("first_day", "E_EXISTS", reason, remedy)]


def list_delegations(session: Session, actor: Actor) -> list[Delegation]:
    """What the actor lent and was lent, today and later; an administrator sees everybody's.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_DELEGATIONS))
    query = (
        select(Delegation)
        .where(Delegation.revoked_at.is_(None), Delegation.last_day >= today())
        .options(joinedload(Delegation.from_user), joinedload(Delegation.to_user))
        .order_by(Delegation.first_day, Delegation.id)
    )
    if actor != SYSTEM and not actor.has(Role.ADMIN):
        mine = or_(Delegation.from_user_id == actor.user_id, Delegation.to_user_id == actor.user_id)
        query = query.where(mine)
    return list(session.scalars(query))


def revoke_delegation(session: Session, actor: Actor, delegation_id: str) -> Delegation:
    """End a delegation at once; again is the same as once. Who lent it or an administrator may.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for somebody else's.
    """
    require(may(actor, Action.REVOKE_DELEGATION))
    delegation = session.get(Delegation, an_id(delegation_id))
    theirs = delegation is not None and delegation.from_user_id == actor.user_id
    if delegation is None or not (theirs or actor == SYSTEM or actor.has(Role.ADMIN)):
        raise not_found()
    if delegation.revoked_at is None:
        with changing(session, actor, Event.DELEGATION_REVOKED, delegation):
            delegation.revoked_at = now()
    return delegation
