"""Soft bookings as readers may see them, and what is due about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Account, Department, NotificationKind, Role, SoftBooking, Specialist
from planner.scope import accounts_of, an_id, departments_of, own_departments, sees_all
from planner.services.staff.due import Due
from planner.verdict import Message, not_found, require

SHOWN_FOR: Final = timedelta(days=56)
"""How long bookings that are over stay in the list."""

WARNING: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking as the actor may use it.

    Attributes:
        booking: The record.
        state: "asked", "held", "expired" or "ended".
        may_grant: Whether the actor may consent to it.
        may_end: Whether the actor may decline, release or give it back.
    """

    booking: SoftBooking
    state: str
    may_grant: bool
    may_end: bool


def state_of(booking: SoftBooking) -> str:
    """Where it stands today; expiry needs nobody."""
    if booking.ended_at is not None:
        return "ended"
    if booking.expires_on < today():
        return "expired"
    return "asked" if booking.granted_at is None else "held"


def _seen(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Condition on SoftBooking: for an own customer, of an own person, or anybody's for overseers."""
    conditions: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.KAM):
        own = select(Account.id).where(accounts_of(session, actor))
        conditions.append(SoftBooking.account_id.in_(own))
    if actor.has(Role.HEAD):
        departments = select(Department.id).where(departments_of(session, actor))
        people = select(Specialist.id).where(Specialist.department_id.in_(departments))
        conditions.append(SoftBooking.specialist_id.in_(people))
    return or_(*conditions)


def list_bookings(session: Session, actor: Actor) -> list[BookingView]:
    """Bookings in the actor's sight, those that were over eight weeks ago left out; the next to expire first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_BOOKINGS))
    query = (
        select(SoftBooking)
        .where(SoftBooking.expires_on >= today() - SHOWN_FOR)
        .order_by(SoftBooking.expires_on, SoftBooking.id)
        .options(
            joinedload(SoftBooking.specialist).joinedload(Specialist.department),
            joinedload(SoftBooking.account),
            joinedload(SoftBooking.request),
            joinedload(SoftBooking.asked_by),
            joinedload(SoftBooking.granted_by),
            joinedload(SoftBooking.ended_by),
        )
    )
    if not sees_all(actor):
        query = query.where(_seen(session, actor))
    heads, keeps = _sides(session, actor)
    return [_view(actor, row, heads, keeps) for row in session.scalars(query)]


def _sides(session: Session, actor: Actor) -> tuple[frozenset[str], frozenset[str]]:
    """Departments that the actor decides for, and customers that the actor keeps."""
    keeps: frozenset[str] = frozenset()
    if actor.has(Role.KAM):
        keeps = frozenset(session.scalars(select(Account.id).where(accounts_of(session, actor))))
    return own_departments(session, actor), keeps


def _view(actor: Actor, row: SoftBooking, heads: frozenset[str], keeps: frozenset[str]) -> BookingView:
    state = state_of(row)
    theirs = row.specialist.department_id in heads
    own = row.account_id in keeps
    going = state in {"asked", "held"}
    # Who keeps the customer does not consent to it; the deputy does.
    return BookingView(
        booking=row,
        state=state,
        may_grant=state == "asked" and theirs and not own and row.asked_by_id != actor.user_id,
        may_end=going and (own or theirs or actor.has(Role.LEADERSHIP)),
    )


def view_booking(session: Session, actor: Actor, booking: SoftBooking) -> BookingView:
    """A booking that the actor has just dealt with."""
    return _view(actor, booking, *_sides(session, actor))


def find_booking(session: Session, actor: Actor, booking_id: str) -> SoftBooking:
    """The booking, if the actor may see it.

    Raises:
        Refused: E_NOT_FOUND.
    """
    query = select(SoftBooking).where(SoftBooking.id == an_id(booking_id))
    if not sees_all(actor):
        query = query.where(_seen(session, actor))
    row = session.scalars(query).one_or_none()
    if row is None:
        raise not_found()
    return row


def ending_bookings(session: Session, actor: Actor) -> Sequence[BookingView]:
    """Bookings that wait for the actor's consent, and own ones that expire within a week."""
    limit = today() + WARNING
    return [
        view
        for view in list_bookings(session, actor)
        if view.may_grant or (view.state == "held" and view.may_end and view.booking.expires_on <= limit)
    ]


def bookings_due(session: Session, day: date) -> list[Due]:
    """Reminders for the holders of bookings that expire within a week."""
    rows = session.scalars(
        select(SoftBooking).where(
            SoftBooking.granted_at.is_not(None),
            SoftBooking.ended_at.is_(None),
            SoftBooking.expires_on >= day,
            SoftBooking.expires_on <= day + WARNING,
        )
    )
    return [
        Due(
            users=frozenset({row.asked_by_id, row.account.kam_id}),
            kind=NotificationKind.REMINDER,
            text=Message(
                "The soft booking of %(person)s for %(account)s expires on %(day)s; its hours are free then.",
                {
                    "person": row.specialist.display_name,
                    "account": row.account.name,
                    "day": row.expires_on,
                },
            ),
            link="/bookings",
            key=f"booking:{row.id}:{row.expires_on.isoformat()}",
        )
        for row in rows
    ]
