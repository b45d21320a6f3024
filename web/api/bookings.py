"""Soft bookings: hours held for a customer until a day."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.approving import booking_views, soft_bookings
from planner.services.approving.booking_views import BookingView
from planner.services.approving.soft_bookings import BookingValues
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.bookings import BookingEndIn, BookingIn, SoftBookingOut
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of

blueprint = Blueprint("bookings", "Hours held softly until a day.")


@blueprint.get("/soft-bookings")
@policy(Action.VIEW_BOOKINGS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(SoftBookingOut))
def list_bookings(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Bookings in your sight, the next to expire first."""
    return page_of(booking_views.list_bookings(session, actor), query)


@blueprint.post("/soft-bookings")
@policy(Action.ASK_BOOKING)
@blueprint.body(BookingIn)
@writes
@blueprint.answer(SoftBookingOut, 201)
def ask_booking(session: Session, actor: Actor, values: dict[str, Any]) -> BookingView:
    """Ask a head to hold hours of one of the people."""
    booking = soft_bookings.ask_booking(session, actor, BookingValues(**values))
    return booking_views.view_booking(session, actor, booking)


@blueprint.post("/soft-bookings/<id:booking_id>/grant")
@policy(Action.GRANT_BOOKING)
@blueprint.versioned
@writes
@blueprint.answer(SoftBookingOut)
def grant_booking(session: Session, actor: Actor, booking_id: str) -> BookingView:
    """Keep the hours free until it expires."""
    booking = soft_bookings.grant_booking(session, actor, booking_id, asked_version())
    return booking_views.view_booking(session, actor, booking)


@blueprint.post("/soft-bookings/<id:booking_id>/end")
@policy(Action.END_BOOKING)
@blueprint.versioned
@blueprint.body(BookingEndIn)
@writes
@blueprint.answer(SoftBookingOut)
def end_booking(session: Session, actor: Actor, values: dict[str, Any], booking_id: str) -> BookingView:
    """Decline, release or give back; the hours are free at once."""
    booking = soft_bookings.end_booking(session, actor, booking_id, asked_version(), values["reason"])
    return booking_views.view_booking(session, actor, booking)
