"""Planning cycles: the list, opening and closing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, flash, redirect, request
from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import add_weeks, horizon, monday, today, week_of
from planner.permissions import Action
from planner.records import CycleKind
from planner.services.planning import cycles
from planner.services.planning.cycles import CycleValues
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, fault, field_errors
from web.pages.frame import page
from web.policy import policy
from web.rendering import label, week

pages = Blueprint("cycles", __name__)

TIMES = ("request_cutoff", "decision_deadline", "publish_at")
NUMBERS = ("horizon_weeks", "frozen_weeks", "slushy_weeks")
FIRST_WEEKS = 14


def _names() -> dict[str, str]:
    return {
        "name": _("Name"),
        "kind": _("Rhythm"),
        "first_week": _("First week"),
        "horizon_weeks": _("Weeks planned"),
        "frozen_weeks": _("Frozen weeks"),
        "slushy_weeks": _("Weeks in which changes cost"),
        "request_cutoff": _("Requests until"),
        "decision_deadline": _("Decisions until"),
        "publish_at": _("Published at"),
    }


@pages.get("/cycles")
@policy(Action.VIEW_CYCLES)
@reads
def show(session: Session, actor: Actor) -> str:
    """All cycles, and for who may the form for a new one."""
    return _page(session, actor, Form(_defaults()))


def _page(session: Session, actor: Actor, form: Form) -> str:
    weeks = horizon(week_of(today()), FIRST_WEEKS)
    return page(
        session,
        actor,
        "cycles/show.html",
        cycles=cycles.list_cycles(session, actor),
        form=form,
        kinds=[(kind.value, label(kind)) for kind in CycleKind],
        weeks=[(each, f"{week(each)} {monday(each).year}") for each in weeks],
        last_week=lambda cycle: add_weeks(cycle.first_week, cycle.horizon_weeks - 1),
    )


def _defaults() -> dict[str, str]:
    """A weekly cycle that begins next Monday: requests by noon, decisions by Wednesday, out on Thursday."""
    first = add_weeks(week_of(today()), 1)
    start = datetime.combine(monday(first), time(12))
    return {
        "name": _("Cycle %(week)s %(year)s", week=week(first, short=True), year=monday(first).year),
        "kind": CycleKind.WEEKLY.value,
        "first_week": first,
        "horizon_weeks": "13",
        "frozen_weeks": "2",
        "slushy_weeks": "4",
        "request_cutoff": start.isoformat(timespec="minutes"),
        "decision_deadline": (start + timedelta(days=2, hours=4)).isoformat(timespec="minutes"),
        "publish_at": (start + timedelta(days=3, hours=-2)).isoformat(timespec="minutes"),
    }


@pages.post("/cycles")
@policy(Action.OPEN_CYCLE)
def open_cycle() -> tuple[str, int] | Response:
    """Open a cycle, or show the form again with what is wrong."""
    typed = request.form.to_dict()
    values, errors = _read(typed)
    status = 422
    if values is not None:
        try:
            with writing() as session:
                cycles.open_cycle(session, current_actor(), values)
        except Refused as refused:
            denied = refused.denied
            status = answer_of(denied).status
            errors = field_errors(denied.problems, {}, _names()) or (
                FieldError("", "", words(denied.reason), words(denied.remedy)),
            )
        else:
            flash(_("The cycle is open; requests can be submitted."), "good")
            return redirect("/cycles", 303)
    with reading() as session:
        return _page(session, current_actor(), Form(typed, errors)), status


def _utc(local: datetime) -> datetime:
    """A time on the reader's clock as an instant."""
    zone = get_timezone()
    return zone.localize(local).astimezone(UTC) if zone else local.replace(tzinfo=UTC)


def _read(typed: dict[str, str]) -> tuple[CycleValues | None, tuple[FieldError, ...]]:
    problems = []
    numbers = {}
    for name in NUMBERS:
        text = typed.get(name, "").strip()
        if text.isdecimal() and len(text) < 4:
            numbers[name] = int(text)
        else:
            problems.append(fault(name, "E_NUMBER", _("This is not understood."), _("Write a whole number.")))
    times = {}
    for name in TIMES:
        try:
            local = datetime.fromisoformat(typed.get(name, ""))
            times[name] = _utc(local.replace(tzinfo=None))
        except ValueError:
            problems.append(fault(name, "E_DATE", _("This is not a time."), _("Give a day and a time.")))
    if problems:
        return None, field_errors(problems, {}, _names())
    values = CycleValues(
        name=typed.get("name", ""),
        kind=typed.get("kind", ""),
        first_week=typed.get("first_week", ""),
        request_cutoff=times["request_cutoff"],
        decision_deadline=times["decision_deadline"],
        publish_at=times["publish_at"],
        horizon_weeks=numbers["horizon_weeks"],
        frozen_weeks=numbers["frozen_weeks"],
        slushy_weeks=numbers["slushy_weeks"],
    )
    return values, ()


@pages.post("/cycles/<id:cycle_id>/close")
@policy(Action.CLOSE_CYCLE)
def close(cycle_id: str) -> Response:
    """End a cycle."""
    version = request.form.get("version", "")
    try:
        with writing() as session:
            number = int(version) if version.isdecimal() and len(version) < 10 else 0
            cycles.close_cycle(session, current_actor(), cycle_id, number)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    else:
        flash(_("The cycle is closed."), "good")
    return redirect("/cycles", 303)
