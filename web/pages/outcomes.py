"""What became of requests: the list of what is due, closing one, confirming it; and hours really worked."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action
from planner.records import Closing, Result
from planner.scope import find_request
from planner.services.closing import due_outcomes, outcomes, worklogs
from planner.services.closing.outcomes import OutcomeValues
from planner.transitions import RequestAction, target
from planner.verdict import Kind, Problem, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of
from web.pages.forms import Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import label

pages = Blueprint("outcomes", __name__)

ANCHORS: Final = {"delivered_quarter_hours": "hours", "realised_value_minor": "realised"}
TEXTS: Final = ("feedback_text", "reference_text", "lesson", "correction_reason")
QUARTERS: Final = 4
MINOR: Final = 100


def _names() -> dict[str, str]:
    return {
        "result": _("How did it end?"),
        "hours": _("Hours delivered"),
        "ended_on": _("Known since"),
        "realised": _("Contribution it brought"),
        "feedback": _("The customer's feedback"),
        "feedback_text": _("In the customer's words"),
        "reference_text": _("What we may tell others"),
        "lesson": _("What we learnt"),
        "correction_reason": _("What was wrong"),
        "reason": _("Reason"),
    }


@pages.get("/outcomes")
@policy(Action.LIST_OUTCOMES)
@reads
def show_due(session: Session, actor: Actor) -> str:
    """What is due, what waits for confirmation, and references."""
    due = due_outcomes.due_outcomes(session, actor)
    return page(session, actor, "outcomes/list.html", due=due, references=outcomes.references(session, actor))


@pages.get("/outcomes/<id:request_id>")
@policy(Action.LIST_OUTCOMES)
@reads
def show(session: Session, actor: Actor, request_id: str) -> str:
    """How one request ended, or the form that asks."""
    return _page(session, actor, request_id, None)


def _page(session: Session, actor: Actor, request_id: str, form: Form | None) -> str:
    rows = outcomes.outcome_of(session, actor, request_id)
    row = find_request(session, actor, request_id)
    delivered = outcomes.delivered_so_far(session, row)
    return page(
        session,
        actor,
        "outcomes/show.html",
        request_row=row,
        rows=rows,
        closable=target(row, RequestAction.CLOSE) is not None,
        delivered=delivered,
        form=form or _filled(rows[0] if rows else None, delivered),
        results=[(each.value, label(each)) for each in Result],
    )


def _filled(row: Closing | None, delivered: int) -> Form:
    """The form with what is known."""
    if row is None:
        return Form({"hours": f"{delivered / QUARTERS:g}", "ended_on": today().isoformat()})
    realised = row.realised_value_minor
    punctual = row.punctual_start
    return Form(
        {
            "result": row.result.value,
            "hours": f"{row.delivered_quarter_hours / QUARTERS:g}",
            "ended_on": row.ended_on.isoformat(),
            "realised": "" if realised is None else f"{realised / MINOR:.2f}",
            "punctual": "" if punctual is None else "1" if punctual else "0",
            "feedback": str(row.feedback or ""),
            "referral": "1" if row.referral else "",
            "reference_letter": "1" if row.reference_letter else "",
            "feedback_text": row.feedback_text,
            "reference_text": row.reference_text,
            "lesson": row.lesson,
        }
    )


def _typed() -> tuple[OutcomeValues, list[Problem]]:
    """The form as values, and what cannot even be read."""
    form, found = request.form, list[Problem]()
    hours = scaled(form.get("hours", ""), QUARTERS)
    if hours is None:
        found.append(fault("hours", "E_NUMBER", _("This is no number of hours."), _("Type it such as 12.5.")))
    realised_text = form.get("realised", "").strip()
    realised = scaled(realised_text, MINOR) if realised_text else None
    if realised_text and realised is None:
        found.append(fault("realised", "E_NUMBER", _("This is no amount."), _("Type it such as 1200.50.")))
    try:
        ended = date.fromisoformat(form.get("ended_on", ""))
    except ValueError:
        ended = today()
        found.append(fault("ended_on", "E_DATE", _("This is no day."), _("Type it such as 2027-01-04.")))
    feedback = form.get("feedback", "")
    values = OutcomeValues(
        result=form.get("result", ""),
        delivered_quarter_hours=hours or 0,
        ended_on=ended,
        realised_value_minor=realised,
        punctual_start={"1": True, "0": False}.get(form.get("punctual", "")),
        feedback=int(feedback) if feedback.isdecimal() and len(feedback) < 3 else None,
        referral=bool(form.get("referral")),
        reference_letter=bool(form.get("reference_letter")),
        **{name: form.get(name, "") for name in TEXTS},
    )
    return values, found


@pages.post("/outcomes/<id:request_id>")
@policy(Action.RECORD_OUTCOME)
def record(request_id: str) -> tuple[str, int] | Response:
    """Keep how it ended, or show the form again with what is wrong."""
    values, found = _typed()
    try:
        with writing() as session:
            if found:
                # Who may not see the request learns nothing from its form.
                find_request(session, current_actor(), request_id)
                return _again(request_id, found), 422
            outcomes.record_outcome(session, current_actor(), request_id, values)
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        return _again(request_id, refused.denied.problems), answer_of(refused.denied).status
    flash(_("Recorded. Finance confirms it."), "good")
    return redirect(f"/outcomes/{request_id}", 303)


def _again(request_id: str, problems: object) -> str:
    found: tuple[Problem, ...] = tuple(problems)  # type: ignore[arg-type]  # - a sequence of problems
    form = Form(request.form.to_dict(), field_errors(found, ANCHORS, _names()))
    with reading() as session:
        return _page(session, current_actor(), request_id, form)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@pages.post("/outcomes/<id:request_id>/confirm")
@policy(Action.CONFIRM_OUTCOME)
def confirm(request_id: str) -> Response:
    """Confirm what was recorded."""
    with writing() as session:
        outcomes.confirm_outcome(session, current_actor(), request_id, _version())
    flash(_("Confirmed; it counts from now on."), "good")
    return redirect("/outcomes", 303)


@pages.post("/outcomes/<id:request_id>/return")
@policy(Action.CONFIRM_OUTCOME)
def send_back(request_id: str) -> Response:
    """Send a record back with a reason."""
    with writing() as session:
        reason = request.form.get("reason", "")
        outcomes.return_outcome(session, current_actor(), request_id, _version(), reason)
    flash(_("Returned to who recorded it."), "good")
    return redirect("/outcomes", 303)


@pages.get("/work")
@policy(Action.LOG_WORK)
@reads
def show_work(session: Session, actor: Actor) -> str:
    """Past weeks with what was planned and what was worked."""
    return _work_page(session, actor, Form())


def _work_page(session: Session, actor: Actor, form: Form) -> str:
    rows = worklogs.worked_hours(session, actor)
    return page(session, actor, "outcomes/work.html", rows=rows, form=form)


@pages.post("/work")
@policy(Action.LOG_WORK)
def log_work() -> tuple[str, int] | Response:
    """Keep what was worked, or show the page again with what is wrong."""
    entries: dict[worklogs.Cell, tuple[int, str]] = {}
    found = list[Problem]()
    for name, text in request.form.items():
        parts = name.split("/")
        if len(parts) != 4 or parts[0] != "hours" or not text.strip():
            continue
        hours = scaled(text, QUARTERS)
        if hours is None:
            found.append(
                fault(name, "E_NUMBER", _("This is no number of hours."), _("Type it such as 12.5."))
            )
            continue
        note = request.form.get("/".join(("note", *parts[1:])), "")
        entries[parts[1], parts[2], parts[3]] = (hours, note)
    try:
        if found:
            return _work_again(found), 422
        with writing() as session:
            changed = worklogs.log_work(session, current_actor(), entries)
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        return _work_again(list(refused.denied.problems)), answer_of(refused.denied).status
    flash(ngettext("%(num)d entry saved.", "%(num)d entries saved.", changed), "good")
    return redirect("/work", 303)


def _work_again(problems: list[Problem]) -> str:
    form = Form(request.form.to_dict(), field_errors(problems, {}, {}))
    with reading() as session:
        return _work_page(session, current_actor(), form)
