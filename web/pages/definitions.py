"""What "key" means: versions, the editor with what would change, the second person's approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import Basis, DefinitionScope, DefinitionState, KeyAccountDefinition
from planner.services.customers import accounts, definition_effects, definitions, units
from planner.services.customers.definition_values import FLAGS
from planner.units import COMPANY, Unit, units_that_are
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.labels import LABELS
from web.language import language
from web.pages.definition_form import field_names, named_rows, typed_of, values_of
from web.pages.forms import FieldError, Form, field_errors
from web.pages.frame import page
from web.policy import policy
from web.rendering import UNKNOWN, label

pages = Blueprint("definitions", __name__)


@pages.get("/definitions")
@policy(Action.VIEW_DEFINITION)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """All versions in sight, the company's first, the newest first."""
    names = units_that_are(session)
    return page(
        session,
        actor,
        "definitions/list.html",
        rows=definitions.list_definitions(session, actor),
        for_whom=lambda row: unit_name(definitions.unit_of(row), names),
        units=[(unit.key, unit_name(unit, names)) for unit in names],
    )


def unit_name(unit: Unit, names: Mapping[Unit, str]) -> str:
    """What to call whom a version is for."""
    return label(unit.scope) if unit.whole else f"{label(unit.scope)}: {names.get(unit, UNKNOWN)}"


@pages.get("/definitions/<id:definition_id>")
@policy(Action.VIEW_DEFINITION)
@reads
def show(session: Session, actor: Actor, definition_id: str) -> str:
    """One version; a draft as a form, an open one with what it would change."""
    row = definitions.view_definition(session, actor, definition_id)
    return _page(session, actor, row, Form(typed_of(row)))


def _page(session: Session, actor: Actor, row: KeyAccountDefinition, form: Form) -> str:
    waits = row.state in definitions.OPEN
    unit = definitions.unit_of(row)
    seen = units.view_unit(session, actor, row.id)
    points = sum(c.swing_points for c in row.criteria)
    return page(
        session,
        actor,
        "definitions/show.html",
        row=row,
        form=form,
        editable=row.state is DefinitionState.DRAFT and bool(may(actor, Action.EDIT_DEFINITION)),
        changes=definitions.account_changes(session, row) if waits else (),
        ranks=definition_effects.rank_changes(session, row) if waits else (0, ()),
        whole=unit.whole,
        waits=waits,
        for_whom=unit_name(unit, units_that_are(session)),
        seen=seen,
        accounts=_choices(session, actor, unit, seen),
        bases=[(basis.value, label(basis)) for basis in Basis],
        flags=FLAGS,
        named=named_rows(form.values),
        weight=lambda criterion: criterion.swing_points * 1000 // points if points else 0,
        reason_label=lambda flag: LABELS["KeyReason"][flag],
        name_of=lambda criterion: criterion.label(language()),
    )


def _choices(session: Session, actor: Actor, unit: Unit, seen: units.UnitView) -> list[tuple[str, str]]:
    """Customers that may be named, and those that are, with their names."""
    if unit.whole and may(actor, Action.LIST_ACCOUNTS):
        return [(a.id, a.name) for a in accounts.list_accounts(session, actor)]
    return [(each.account.id, each.account.name) for each in seen.rows]


@pages.post("/definitions")
@policy(Action.EDIT_DEFINITION)
def draft() -> Response:
    """Begin a new version from the one in force, for the company or the unit that is chosen."""
    scope, _colon, unit_id = request.form.get("unit", "").partition(":")
    chosen = scope in set(DefinitionScope) and bool(unit_id)
    unit = Unit(DefinitionScope(scope), unit_id) if chosen else COMPANY
    try:
        with writing() as session:
            row = definitions.draft_definition(session, current_actor(), unit)
            return redirect(f"/definitions/{row.id}", 303)
    except Refused as refused:
        flash(_told(refused), "bad")
        return redirect("/definitions", 303)


def _told(refused: Refused) -> str:
    denied = refused.denied
    told = [(p.reason, p.remedy) for p in denied.problems] or [(denied.reason, denied.remedy)]
    return " ".join(f"{words(reason)} {words(remedy)}" for reason, remedy in told)


@pages.post("/definitions/<id:definition_id>")
@policy(Action.EDIT_DEFINITION)
def save(definition_id: str) -> tuple[str, int] | Response:
    """Save the draft, and show what it would change."""
    typed = request.form.to_dict()
    with reading() as session:
        row = definitions.view_definition(session, current_actor(), definition_id)
        values, problems = values_of(typed, row.criteria)
    status, errors = 422, field_errors(problems, {}, field_names())
    if not errors:
        try:
            with writing() as session:
                definitions.edit_definition(session, current_actor(), definition_id, _version(), values)
        except Refused as refused:
            if refused.denied.kind is Kind.NOT_FOUND:
                raise
            status = answer_of(refused.denied).status
            errors = _errors(refused)
        else:
            flash(_("Saved. Below is what this version would change."), "good")
            return redirect(f"/definitions/{definition_id}", 303)
    with reading() as session:
        row = definitions.view_definition(session, current_actor(), definition_id)
        return _page(session, current_actor(), row, Form(typed, errors)), status


def _errors(refused: Refused) -> tuple[FieldError, ...]:
    denied = refused.denied
    return field_errors(denied.problems, {}, field_names()) or (
        FieldError("", "", words(denied.reason), words(denied.remedy)),
    )


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _step(definition_id: str, use_case: Callable[..., Any], done: str, *more: str) -> Response:
    """One step of a version, with what stood in the way as a message."""
    try:
        with writing() as session:
            use_case(session, current_actor(), definition_id, _version(), *more)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(_told(refused), "bad")
    else:
        flash(done, "good")
    return redirect(f"/definitions/{definition_id}", 303)


@pages.post("/definitions/<id:definition_id>/propose")
@policy(Action.EDIT_DEFINITION)
def propose(definition_id: str) -> Response:
    """Hand the draft to a second person."""
    done = _("Handed over. Somebody else of leadership approves it.")
    return _step(definition_id, definitions.propose_definition, done)


@pages.post("/definitions/<id:definition_id>/return")
@policy(Action.APPROVE_DEFINITION)
def send_back(definition_id: str) -> Response:
    """Back to the draft."""
    done = _("Sent back; it can be changed again.")
    return _step(definition_id, definitions.return_definition, done, request.form.get("reason", ""))


@pages.post("/definitions/<id:definition_id>/approve")
@policy(Action.APPROVE_DEFINITION)
def approve(definition_id: str) -> Response:
    """The second person's yes."""
    done = _("Approved. It holds from its first day on.")
    return _step(definition_id, definitions.approve_definition, done)
