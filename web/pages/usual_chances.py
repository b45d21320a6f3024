"""The chances that are usual at each stage: one person states others, a second one puts them in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Stage
from planner.services.filing import usual_chances
from planner.services.filing.usual_chances import SHAPES, ChanceValues
from planner.verdict import Kind, Problem, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, fault, field_errors, scaled
from web.pages.frame import page
from web.pages.request_form import plain
from web.policy import policy
from web.rendering import label

pages = Blueprint("usual_chances", __name__)

PER_CENT: Final = 10
"""Per mille of one per cent."""

CHANCES: Final = ("at_none", "at_half", "at_full", "top")


def _names() -> dict[str, str]:
    return {
        "stage": _("Stage of cooperation"),
        "at_none": _("With no hours"),
        "at_half": _("With half of the hours"),
        "at_full": _("With all hours"),
        "top": _("The most that any hours could reach"),
        "shape": _("Between these points"),
        "reason": _("Why"),
    }


@pages.get("/usual-chances")
@policy(Action.VIEW_USUAL_CHANCES)
@reads
def show(session: Session, actor: Actor) -> str:
    """What holds, what waits, what was, and the form for others."""
    return _page(session, actor, None)


def _page(session: Session, actor: Actor, form: Form | None) -> str:
    known = usual_chances.list_chances(session, actor)
    asked = request.args.get("stage", "")
    if form is None and asked in {each.value for each in Stage}:
        usual = known.in_force[Stage(asked)]
        points = zip(CHANCES, (*(chance for _share, chance in usual.points), usual.top), strict=True)
        typed = {name: plain(chance, PER_CENT) for name, chance in points}
        form = Form({"stage": asked, "shape": usual.shape.value, **typed})
    return page(
        session,
        actor,
        "data/usual_chances.html",
        known=known,
        form=form or Form(),
        stages=[(each.value, label(each)) for each in Stage],
        shapes=[(each.value, label(each)) for each in SHAPES],
        since={row.stage: row for row in reversed(known.versions) if row.confirmed_at},
    )


@pages.post("/usual-chances")
@policy(Action.SET_USUAL_CHANCES)
def state() -> tuple[str, int] | Response:
    """State other chances for a stage; they wait for a second person."""
    found: list[Problem] = []
    chances: dict[str, int | None] = {}
    for name in CHANCES:
        text = request.form.get(name, "").strip()
        chances[name] = scaled(text, PER_CENT) if text else None
        if text and chances[name] is None:
            found.append(fault(name, "E_NUMBER", _("This is no number."), _("Type it such as 12.5.")))
    if found:
        return _again(field_errors(found, {}, _names())), 422
    form = request.form
    values = ChanceValues(
        form.get("stage", ""), reason=form.get("reason", ""), shape=form.get("shape", ""), **chances
    )
    try:
        with writing() as session:
            usual_chances.state_chances(session, current_actor(), values)
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.FORBIDDEN:
            raise
        errors = field_errors(denied.problems, {}, _names()) or (
            FieldError("", "", words(denied.reason), words(denied.remedy)),
        )
        return _again(errors), answer_of(denied).status
    flash(_("Stated. The chances hold once another person has confirmed them."), "good")
    return redirect("/usual-chances", 303)


def _again(errors: tuple[FieldError, ...]) -> str:
    with reading() as session:
        return _page(session, current_actor(), Form(request.form.to_dict(), errors))


@pages.post("/usual-chances/<id:chances_id>/confirm")
@policy(Action.CONFIRM_USUAL_CHANCES)
def confirm(chances_id: str) -> Response:
    """Put another person's chances in force."""
    return _answer(
        lambda session, actor, version: usual_chances.confirm_chances(session, actor, chances_id, version),
        _("Confirmed. Requests that state no chances take these from now on; what is filed stays."),
    )


@pages.post("/usual-chances/<id:chances_id>/end")
@policy(Action.CONFIRM_USUAL_CHANCES)
def end(chances_id: str) -> Response:
    """Take chances back, or turn them down."""
    return _answer(
        lambda session, actor, version: usual_chances.end_chances(session, actor, chances_id, version),
        _("They do not come in force; what holds stays."),
    )


def _answer(act: Callable[[Session, Actor, int], object], said: str) -> Response:
    version = request.form.get("version", "")
    try:
        with writing() as session:
            act(session, current_actor(), int(version) if version.isdecimal() and len(version) < 10 else 0)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND or refused.denied.code == "E_FORBIDDEN":
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    else:
        flash(said, "good")
    return redirect("/usual-chances", 303)
