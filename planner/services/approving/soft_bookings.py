"""Soft bookings: hours that a head keeps free for a customer until a day.

Then they are free by themselves: every reading of capacity counts only what has not expired. A booking for a
request steps aside once that request is planned; then its worth decides, as everybody's does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import add_weeks, monday, now, today, week_of, weeks_between
from planner.permissions import Action, may
from planner.records import NotificationKind, SoftBooking, Specialist
from planner.scope import find_account, find_request
from planner.services.approving.booking_views import BookingView, find_booking, view_booking
from planner.services.filing.request_store import employed
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.supply import promises, specialists, taken_elsewhere, week_table, weeks_from
from planner.verdict import Denied, Kind, Message, Problem, Refused, not_found, refuse, require

LONGEST: Final = timedelta(days=56)
"""Offers are answered within weeks; who needs longer asks again."""

MOST_WEEKS: Final = 13
MOST_OPEN: Final = 20
"""Bookings that one person may have asked for and that are not over."""

MOST_HOURS: Final = 240
"""Quarter-hours in a week, 60 hours."""


@dataclass(frozen=True, slots=True)
class BookingValues:
    """What is asked: `quarter_hours` of a person in every week from the first to the last."""

    account_id: str
    specialist_code: str
    first_week: str
    last_week: str
    quarter_hours: int
    purpose: str
    expires_on: date
    request_id: str | None = None


def ask_booking(session: Session, actor: Actor, values: BookingValues) -> SoftBooking:
    """Ask a head to keep hours of one of the people free for an own customer.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for a customer or request that is not the actor's; E_INVALID with
            everything at fault; E_QUOTA when the actor has asked for too many already.
    """
    require(may(actor, Action.ASK_BOOKING))
    account = find_account(session, actor, values.account_id)
    request = find_request(session, actor, values.request_id) if values.request_id else None
    if request is not None and request.account_id != account.id:
        raise not_found()
    person, found = _person(session, values.specialist_code)
    checks.require_well_formed([*_problems(values), *found])
    open_ones = select(func.count(SoftBooking.id)).where(
        SoftBooking.asked_by_id == actor.user_id,
        SoftBooking.ended_at.is_(None),
        SoftBooking.expires_on >= today(),
    )
    if (session.scalar(open_ones) or 0) >= MOST_OPEN:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_QUOTA",
                Message("You have asked for %(most)d soft bookings that are not over.", {"most": MOST_OPEN}),
                Message("Give one back first."),
            )
        )
    assert person is not None  # noqa: S101 - a missing one is among the problems
    booking = SoftBooking(
        specialist_id=person.id,
        account_id=account.id,
        request_id=request.id if request else None,
        asked_by_id=actor.user_id,
        first_week=values.first_week,
        last_week=values.last_week,
        quarter_hours=values.quarter_hours,
        purpose=checks.tidy(values.purpose),
        expires_on=values.expires_on,
    )
    created(session, actor, Event.BOOKING_ASKED, booking)
    words = {"who": actor.name, "person": person.display_name, "day": values.expires_on}
    notify(
        session,
        users=[person.department.head_id, person.department.deputy_head_id],
        kind=NotificationKind.BOOKING,
        text=Message("%(who)s asks to hold hours of %(person)s softly until %(day)s.", words),
        link="/bookings",
    )
    return booking


def _person(session: Session, code: str) -> tuple[Specialist | None, list[Problem]]:
    found = checks.text("specialist_code", code, 40, required=True)
    if found:
        return None, found
    person = session.scalar(select(Specialist).where(Specialist.code == code, employed()))
    if person is None:
        names = session.scalars(select(Specialist.code).where(employed()))
        return None, [checks.unknown("specialist_code", code, names)]
    return person, []


def _problems(values: BookingValues) -> list[Problem]:
    found = checks.week("first_week", values.first_week) + checks.week("last_week", values.last_week)
    found += checks.whole("quarter_hours", values.quarter_hours, 1, MOST_HOURS, code="E_HOURS_RANGE")
    found += checks.text("purpose", values.purpose, 300, required=True)
    if found:
        return found
    weeks = weeks_between(values.first_week, values.last_week) + 1
    if weeks < 1:
        reason = "The last week comes before the first."
        found.append(checks.problem("last_week", "E_WINDOW_REVERSED", reason, "Swap them."))
    elif weeks > MOST_WEEKS:
        reason, remedy = "This is too long.", "Hold at most %(most)d weeks at once."
        found.append(checks.problem("last_week", "E_WINDOW_HORIZON", reason, remedy, most=MOST_WEEKS))
    if weeks_between(week_of(today()), values.first_week) < 0:
        reason, remedy = "This week is over.", "Choose a week from %(week)s on."
        found.append(checks.problem("first_week", "E_WINDOW_PAST", reason, remedy, week=week_of(today())))
    if weeks < 1:
        return found
    last = min(today() + LONGEST, monday(add_weeks(values.last_week, 1)) - timedelta(days=1))
    if not today() <= values.expires_on <= last:
        reason = "It must expire before its weeks are over, and within eight weeks."
        remedy = "Choose a day from today to %(last)s."
        found.append(checks.problem("expires_on", "E_EXPIRY", reason, remedy, last=last))
    return found


def grant_booking(session: Session, actor: Actor, booking_id: str, version: int) -> SoftBooking:
    """Keep the hours free until the booking expires.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE; E_STATE when it is over or held already;
            E_SELF_APPROVAL for an own customer; E_CAPACITY_BELOW with figures when the hours are not there.
    """
    require(may(actor, Action.GRANT_BOOKING))
    booking = find_booking(session, actor, booking_id)
    check_version(session, booking, version)
    view = view_booking(session, actor, booking)
    _require_state(view, "asked")
    if not view.may_grant:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "Only another head of the department consents to this.",
            "Ask the head, or the deputy when you are the head.",
        )
    _require_room(session, booking)
    with changing(session, actor, Event.BOOKING_GRANTED, booking):
        booking.granted_by_id, booking.granted_at = actor.user_id, now()
    words = {**_names(booking, actor), "day": booking.expires_on}
    _tell(
        session,
        booking,
        actor,
        Message("%(who)s holds %(person)s softly for %(account)s until %(day)s.", words),
    )
    return booking


def end_booking(
    session: Session, actor: Actor, booking_id: str, version: int, reason: str = ""
) -> SoftBooking:
    """Decline, release or give back: the hours are free at once.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE; E_STATE when it is over; E_INVALID for a bad
            reason.
    """
    require(may(actor, Action.END_BOOKING))
    booking = find_booking(session, actor, booking_id)
    check_version(session, booking, version)
    view = view_booking(session, actor, booking)
    checks.require_well_formed(checks.text("reason", reason, 300))
    _require_state(view, "asked", "held")
    if not view.may_end:
        raise refuse(
            Kind.FORBIDDEN,
            "E_FORBIDDEN",
            "Only the head, the account manager or leadership ends this.",
            "Ask one of them.",
        )
    with changing(session, actor, Event.BOOKING_ENDED, booking, reason=checks.tidy(reason)):
        booking.ended_by_id, booking.ended_at = actor.user_id, now()
        booking.end_reason = checks.tidy(reason)
    words = _names(booking, actor)
    text = Message("%(who)s ended the soft booking of %(person)s for %(account)s.", words)
    _tell(session, booking, actor, text)
    return booking


def _require_state(view: BookingView, *states: str) -> None:
    if view.state not in states:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This soft booking does not stand like that any more.",
            "Load the list again; ask for a new booking if the hours are still needed.",
        )


def _require_room(session: Session, booking: SoftBooking) -> None:
    """Go on when the person has the hours in every week, promises and other soft bookings taken off."""
    weeks = weeks_from(booking.first_week, booking.last_week)
    people = specialists(session, {booking.specialist_id})
    table = week_table(session, people, weeks, taken_elsewhere(session, promises(session), ()))
    short = [
        {
            "specialist": booking.specialist.display_name,
            "week": week,
            "capacity_quarter_hours": hours.capacity,
            "asked_quarter_hours": booking.quarter_hours,
        }
        for week, hours in zip(weeks, table[booking.specialist_id], strict=True)
        if hours.capacity < booking.quarter_hours
    ]
    if short:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_CAPACITY_BELOW",
                Message("There is not so much time in %(count)d of these weeks.", {"count": len(short)}),
                Message("Ask for fewer hours or other weeks."),
                details={"weeks": short},
            )
        )


def _names(booking: SoftBooking, actor: Actor) -> dict[str, object]:
    person, account = booking.specialist.display_name, booking.account.name
    return {"who": actor.name, "person": person, "account": account}


def _tell(session: Session, booking: SoftBooking, actor: Actor, text: Message) -> None:
    """The other side, and who else decides for the person."""
    department = booking.specialist.department
    sides = {booking.asked_by_id, booking.account.kam_id, department.head_id, department.deputy_head_id}
    notify(
        session,
        users=sides - {actor.user_id},
        kind=NotificationKind.BOOKING,
        text=text,
        link="/bookings",
    )
