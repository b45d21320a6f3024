"""Alignment: rounds of the survey and their results, and the form that everybody who is asked fills in."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask import Response as AnyResponse
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Element
from planner.services.reviewing import alignment_view, surveys, trends
from planner.services.reviewing.surveys import Mark
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.charts import lines
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.labels_review import review_label
from web.pages.forms import Form, fault, field_errors
from web.pages.frame import page
from web.policy import policy
from web.rendering import reason_name, reject_reason

pages = Blueprint("surveys", __name__)

USUAL_DAYS: Final = 14
SIDES: Final = ("current", "target")
DRAWN: Final = ("evenness", "level", "agreement", "held")
"""What the chart of quarters draws."""

FULL: Final = 1000


@pages.get("/alignment")
@policy(Action.VIEW_ALIGNMENT)
@reads
def show(session: Session, actor: Actor) -> str:
    """Results of the closed rounds, and for leadership the form for a new one."""
    return _page(session, actor, None)


def _page(session: Session, actor: Actor, form: Form | None, chosen: frozenset[str] | None = None) -> str:
    groups = surveys.groups(session, actor) if may(actor, Action.OPEN_SURVEY) else []
    quarter = f"{today().year} Q{(today().month + 2) // 3}"
    last = (today() + timedelta(days=USUAL_DAYS)).isoformat()
    rows = trends.quarters(session, actor)
    return page(
        session,
        actor,
        "review/alignment.html",
        quarters=rows,
        trend=lines([[getattr(row, name) for row in rows] for name in DRAWN], FULL),
        found=alignment_view.alignment_view(session, actor),
        rounds=surveys.list_rounds(session, actor),
        groups=groups,
        chosen=frozenset(group.key for group in groups) if chosen is None else chosen,
        form=form or Form({"name": quarter, "closes_on": last}),
    )


@pages.get("/alignment/quarters.csv")
@policy(Action.VIEW_ALIGNMENT)
@reads
def export_quarters(session: Session, actor: Actor) -> AnyResponse:
    """The quarters for a spreadsheet: one row for each figure, shares in percent, nothing where unknown."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([_("Quarter"), _("What"), _("Reason"), _("Number")])
    names = {
        "evenness": _("Evenness of shares"),
        "least_share": _("Smallest share"),
        "level": _("Alignment: level"),
        "agreement": _("Agreement"),
        "held": _("Confirmed of what was claimed"),
    }
    for row in trends.quarters(session, actor):
        for title, found, name in (
            (_("Refused by the plan"), row.refused, reason_name),
            (_("Refused by heads"), row.rejected, reject_reason),
        ):
            table.writerows([row.quarter, title, name(code or None), number] for code, number in found or ())
        for key, title in names.items():
            share = getattr(row, key)
            table.writerow([row.quarter, f"{title}, %", "", "" if share is None else share / 10])
    headers = {"Content-Disposition": "attachment; filename=quarters.csv"}
    return AnyResponse("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


@pages.post("/surveys")
@policy(Action.OPEN_SURVEY)
def open_round() -> tuple[str, int] | Response:
    """Open a round, or show the form again with what is wrong."""
    typed = {name: request.form.get(name, "") for name in ("name", "closes_on")}
    chosen = frozenset(request.form.getlist("groups"))
    names = {"name": _("Name"), "closes_on": _("Last day"), "groups": _("Who is asked")}
    try:
        last = date.fromisoformat(typed["closes_on"])
    except ValueError:
        problem = fault("closes_on", "E_DATE", _("This is not a day."), _("Write it as 2027-01-31."))
        return _again(Form(typed, field_errors([problem], {}, names)), chosen, 422)
    try:
        with writing() as session:
            surveys.open_round(session, current_actor(), typed["name"], last, chosen)
    except Refused as refused:
        denied = refused.denied
        if denied.kind is not Kind.INVALID:
            flash(f"{words(denied.reason)} {words(denied.remedy)}", "bad")
        errors = field_errors(denied.problems, {}, names)
        return _again(Form(typed, errors), chosen, answer_of(denied).status)
    flash(_("The round is open, and everybody asked has a notification."), "good")
    return redirect("/alignment", 303)


def _again(form: Form, chosen: frozenset[str], status: int) -> tuple[str, int]:
    with reading() as session:
        return _page(session, current_actor(), form, chosen), status


@pages.post("/surveys/<id:round_id>/close")
@policy(Action.OPEN_SURVEY)
def close(round_id: str) -> Response:
    """Take no more answers and show the results."""
    with writing() as session:
        surveys.close_round(session, current_actor(), round_id)
    flash(_("The round is closed; its results are shown below."), "good")
    return redirect("/alignment", 303)


@pages.get("/surveys/<id:round_id>")
@policy(Action.ANSWER_SURVEY)
@reads
def show_form(session: Session, actor: Actor, round_id: str) -> str:
    """Seven statements, each with a mark for how it is and one for how it should be."""
    return _form_page(session, actor, round_id, Form({}))


def _form_page(session: Session, actor: Actor, round_id: str, form: Form) -> str:
    row, answered = surveys.round_for(session, actor, round_id)
    return page(
        session,
        actor,
        "review/survey.html",
        round=row,
        answered=answered,
        open=surveys.is_open(row),
        elements=list(Element),
        form=form,
    )


@pages.post("/surveys/<id:round_id>")
@policy(Action.ANSWER_SURVEY)
def answer(round_id: str) -> tuple[str, int] | Response:
    """Keep the answer, or show the form again with all that was marked."""
    fields = [f"{element.value}-{side}" for element in Element for side in SIDES]
    typed = {name: request.form.get(name, "") for name in (*fields, "comment")}
    marks = {
        element.value: Mark(*(_mark(typed[f"{element.value}-{side}"]) for side in SIDES))
        for element in Element
    }
    try:
        with writing() as session:
            surveys.answer(session, current_actor(), round_id, marks, typed["comment"])
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.NOT_FOUND:
            raise
        if denied.kind is not Kind.INVALID:
            flash(f"{words(denied.reason)} {words(denied.remedy)}", "bad")
        sides = {"current": _("So it is"), "target": _("So it should be")}
        names = {
            f"{element.value}-{side}": f"{review_label('Element', element.value)}, {sides[side]}"
            for element in Element
            for side in SIDES
        }
        form = Form(typed, field_errors(denied.problems, {}, {**names, "comment": _("Comment")}))
        with reading() as session:
            return _form_page(session, current_actor(), round_id, form), answer_of(denied).status
    flash(_("Thank you. Your answer is kept without your name."), "good")
    return redirect("/", 303)


def _mark(text: str) -> int | None:
    return int(text) if text in {"1", "2", "3", "4", "5"} else None
