"""Soft bookings: asked for by account managers, granted and released by heads, gone by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.checks import require_well_formed
from planner.clock import horizon, today, week_of
from planner.permissions import Action, may
from planner.services.approving import booking_views, soft_bookings
from planner.services.approving.soft_bookings import BookingValues
from planner.services.customers import accounts
from planner.services.filing import requests
from planner.services.filing.offer_ends import OPEN
from planner.services.staff import people
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import QUARTERS_PER_HOUR, week

pages = Blueprint("bookings", __name__)

WEEKS_AHEAD = 26
MOST_REQUESTS = 200
ANCHORS = {"quarter_hours": "hours", "specialist_code": "specialist"}

Answer = str | tuple[str, int] | Response


@pages.get("/bookings")
@policy(Action.VIEW_BOOKINGS)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """Who is held softly for whom, the next to expire first."""
    return _list(session, actor, Form())


def _list(session: Session, actor: Actor, form: Form) -> str:
    found = booking_views.list_bookings(session, actor)
    return page(
        session,
        actor,
        "bookings/list.html",
        going=[view for view in found if view.state in {"asked", "held"}],
        over=[view for view in found if view.state in {"expired", "ended"}],
        form=form,
        options=_options(session, actor) if may(actor, Action.ASK_BOOKING) else None,
    )


def _options(session: Session, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """The choices of the form."""
    weeks = horizon(week_of(today()), WEEKS_AHEAD)
    states = [status.value for status in OPEN]
    waiting = requests.list_requests(session, actor, status=states, per_page=MOST_REQUESTS).rows
    return {
        "accounts": [(row.id, row.name) for row in accounts.account_options(session, actor)],
        "people": [(row.code, row.name) for row in people.list_specialists(session, actor)],
        "weeks": [(name, week(name)) for name in weeks],
        "requests": [(row.id, f"{row.title} ({row.account.name})") for row in waiting],
    }


@pages.post("/bookings")
@policy(Action.ASK_BOOKING)
def ask() -> Answer:
    """Ask a head to hold hours of one of the people."""
    names = {
        "account_id": _("Account"),
        "specialist": _("Person"),
        "first_week": _("From"),
        "last_week": _("Until"),
        "hours": _("Hours in each week"),
        "purpose": _("What for"),
        "expires_on": _("Expires on"),
    }
    try:
        values = _values()
        with writing() as session:
            soft_bookings.ask_booking(session, current_actor(), values)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        denied = refused.denied
        errors = field_errors(denied.problems, ANCHORS, names) or (
            FieldError("", "", words(denied.reason), words(denied.remedy)),
        )
        with reading() as session:
            return _list(session, current_actor(), Form(request.form.to_dict(), errors)), answer_of(
                denied
            ).status
    flash(_("Asked. The head is told and decides."), "good")
    return redirect("/bookings", 303)


def _values() -> BookingValues:
    """What was typed.

    Raises:
        Refused: E_INVALID for what cannot be read.
    """
    typed = request.form
    problems = []
    hours = scaled(typed.get("hours", ""), QUARTERS_PER_HOUR)
    if hours is None:
        problems.append(
            fault("quarter_hours", "E_NUMBER", _("This is not understood."), _("Write hours such as 7.5."))
        )
    try:
        expires = date.fromisoformat(typed.get("expires_on", ""))
    except ValueError:
        problems.append(fault("expires_on", "E_DATE", _("This is not a day."), _("Choose a day.")))
    if not typed.get("account_id"):
        problems.append(fault("account_id", "E_CHOICE", _("No customer is chosen."), _("Choose an account.")))
    require_well_formed(problems)
    return BookingValues(
        account_id=typed["account_id"],
        specialist_code=typed.get("specialist", ""),
        first_week=typed.get("first_week", ""),
        last_week=typed.get("last_week", ""),
        quarter_hours=hours or 0,
        purpose=typed.get("purpose", ""),
        expires_on=expires,
        request_id=typed.get("request_id") or None,
    )


@pages.post("/bookings/<id:booking_id>/grant")
@policy(Action.GRANT_BOOKING)
def grant(booking_id: str) -> Response:
    """Keep the hours free until it expires."""
    return _do(
        lambda session, actor, version: soft_bookings.grant_booking(session, actor, booking_id, version),
        _("Held. The hours are free again by themselves when it expires."),
    )


@pages.post("/bookings/<id:booking_id>/end")
@policy(Action.END_BOOKING)
def end(booking_id: str) -> Response:
    """Decline, release or give back."""
    reason = request.form.get("reason", "")
    return _do(
        lambda session, actor, version: soft_bookings.end_booking(
            session, actor, booking_id, version, reason
        ),
        _("Ended. The hours are free."),
    )


def _do(step: Callable[[Session, Actor, int], object], done: str) -> Response:
    version = request.form.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        with writing() as session:
            step(session, current_actor(), number)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    else:
        flash(done, "good")
    return redirect("/bookings", 303)
