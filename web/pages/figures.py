"""A customer's figures of one month: what happened beside what was expected; entering, correcting."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.books import shifted
from planner.permissions import Action, may
from planner.records import AccountFinancials, FiguresKind
from planner.services.customers import figures
from planner.services.customers.currencies import currencies
from planner.services.customers.figure_values import COMPONENTS, HOURS, MINOR, FiguresValues
from planner.services.customers.figures import MonthOfAccount
from planner.verdict import Denied, Kind, Problem, Refused
from planner.worth import Figure, Unit
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.figures import exact, term
from web.pages.forms import FieldError, Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import UNKNOWN, currency

pages = Blueprint("figures", __name__)

MINOR_UNITS: Final = 100
QUARTERS: Final = 4
AFTER: Final = {"returns": "net_revenue", "cogs": "gross_margin", "specialist_quarter_hours": "contribution"}
"""Behind which component a sum stands."""


@pages.get("/accounts/<id:account_id>/months")
@policy(Action.VIEW_ACCOUNT)
@reads
def choose(session: Session, actor: Actor, account_id: str) -> str:
    """The month that somebody chose; this one when nobody did."""
    wanted = request.args.get("month", "").strip() or figures.this_month()
    return _page(session, actor, figures.view_month(session, actor, account_id, wanted), "")


@pages.get("/accounts/<id:account_id>/months/<month>")
@policy(Action.VIEW_ACCOUNT)
@reads
def show(session: Session, actor: Actor, account_id: str, month: str) -> str:
    """One month: actual against forecast, its corrections, and the form of one kind."""
    found = figures.view_month(session, actor, account_id, month)
    return _page(session, actor, found, request.args.get("edit", ""))


def _page(
    session: Session,
    actor: Actor,
    found: MonthOfAccount,
    edit: str,
    *,
    form: Form | None = None,
    changed: tuple[str, list[dict[str, str]]] | None = None,
) -> str:
    kind = next((each for each in found.kinds if each.value == edit), None)
    if kind is None or not may(actor, Action.EDIT_FIGURES):
        form = None
    elif form is None:
        form = Form(_typed_of(found.entered.get(kind)))
    return page(
        session,
        actor,
        "accounts/month.html",
        found=found,
        lines=_lines(session, found),
        columns=_columns(found),
        kind=kind,
        form=form,
        changed=changed,
        corrections=[(row, _changes(row.before or {}, row.after)) for row in found.corrections],
        before=shifted(found.month, -1),
        after=shifted(found.month, 1),
        names=COMPONENTS,
        currency=currency(),
        currencies=[(code, code) for code in currencies(session, found.month)],
        hours=HOURS,
    )


def _columns(found: MonthOfAccount) -> list[tuple[int, str]]:
    """Which of the figures of a line are shown, by place and title: only what there is."""
    shown = [(0, _("Actual"), found.actual), (1, _("Forecast"), found.forecast)]
    columns = [(number, title) for number, title, row in shown if row is not None]
    return [*columns, (2, _("Actual less forecast"))] if len(columns) == len(shown) else columns


def _lines(session: Session, found: MonthOfAccount) -> list[tuple[str, bool, list[Figure]]]:
    """Name, whether it is a sum, and the figures: actual, forecast, and how far they are apart."""
    profits = {kind: figures.profit_of(session, row) for kind, row in found.entered.items()}
    lines = []
    for name in COMPONENTS:
        unit = Unit.QUARTER_HOURS if name in HOURS else Unit.MONEY
        given = [
            Figure(name, getattr(row, name) if row else None, unit) for row in (found.actual, found.forecast)
        ]
        lines.append((name, False, _apart(given)))
        if name in AFTER:
            sums = [
                getattr(profits.get(kind), AFTER[name], Figure(AFTER[name], None)) for kind in FiguresKind
            ]
            lines.append((AFTER[name], True, _apart(sums)))
    return lines


def _apart(two: list[Figure]) -> list[Figure]:
    actual, forecast = two
    known = actual.value is not None and forecast.value is not None
    value = (actual.value or 0) - (forecast.value or 0) if known else None
    return [*two, Figure(actual.name, value, actual.unit)]


def _shown(name: str, value: Any) -> str:
    """A stored component in words."""
    if value is None or value == "":
        return UNKNOWN
    unit = Unit.QUARTER_HOURS if name in HOURS else Unit.MONEY
    return exact(Figure(name, value, unit)) if name in COMPONENTS else str(value)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    names = [name for name in (*COMPONENTS, "note") if name in before]
    return [
        {
            "name": term(name).capitalize(),
            "before": _shown(name, before[name]),
            "after": _shown(name, after.get(name)),
        }
        for name in names
    ]


def _typed_of(row: AccountFinancials | None) -> dict[str, str]:
    """A stored month as the form shows it."""
    if row is None:
        return {}
    typed = {"version": str(row.version), "figures_id": row.id, "note": row.note}
    for name in COMPONENTS:
        value = getattr(row, name)
        factor = QUARTERS if name in HOURS else MINOR_UNITS
        typed[name] = "" if value is None else f"{value / factor:.2f}".rstrip("0").rstrip(".")
    return typed


def _read() -> tuple[FiguresValues, list[Problem]]:
    """The form as values, and what cannot even be read."""
    found: list[Problem] = []
    values: dict[str, Any] = {}
    for name in COMPONENTS:
        text = request.form.get(name, "").strip()
        value = scaled(text, QUARTERS if name in HOURS else MINOR_UNITS) if text else None
        if text and value is None:
            remedy = _("Type it such as 12.5.") if name in HOURS else _("Type it such as 1200.50.")
            found.append(fault(name, "E_NUMBER", _("This is no number."), remedy))
        values[name if name in HOURS else name + MINOR] = value
    note, reason = request.form.get("note", ""), request.form.get("reason", "")
    code = request.form.get("currency", "")
    return FiguresValues(**values, note=note, reason=reason, currency=code), found


@pages.post("/accounts/<id:account_id>/months/<month>")
@policy(Action.EDIT_FIGURES)
def save(account_id: str, month: str) -> tuple[str, int] | Response:
    """Enter or correct a month, or show the form again with what is wrong."""
    values, found = _read()
    try:
        with writing() as session:
            if found:
                figures.view_month(session, current_actor(), account_id, month)
                return _again(account_id, month, field_errors(found, {}, _names())), 422
            _store(session, account_id, month, values)
    except Refused as refused:
        denied = refused.denied
        if denied.kind not in {Kind.INVALID, Kind.STALE, Kind.STATE}:
            raise
        errors = field_errors(denied.problems, _anchors(), _names()) or (
            FieldError("", "", words(denied.reason), words(denied.remedy)),
        )
        return _again(account_id, month, errors, denied), answer_of(denied).status
    flash(_("Saved. Every figure that follows from this month is new."), "good")
    return redirect(f"/accounts/{account_id}/months/{month}", 303)


def _store(session: Session, account_id: str, month: str, values: FiguresValues) -> None:
    actor, row_id = current_actor(), request.form.get("figures_id", "")
    if not row_id:
        kind = request.form.get("kind", "")
        figures.enter_figures(session, actor, account_id, values, month=month, kind=kind)
        return
    text = request.form.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else 0
    figures.correct_figures(session, actor, account_id, row_id, values, version=version)


def _again(account_id: str, month: str, errors: tuple[FieldError, ...], denied: Denied | None = None) -> str:
    """The form as it was typed; after a conflict it carries the stored version and what changed."""
    typed, kind = request.form.to_dict(), request.form.get("kind", "")
    with reading() as session:
        found = figures.view_month(session, current_actor(), account_id, month)
        changed = None
        if denied is not None and denied.kind is not Kind.INVALID:
            stored = next((row for each, row in found.entered.items() if each.value == kind), None)
            typed |= {"version": str(stored.version), "figures_id": stored.id} if stored else {}
            told = denied.details.get("fields", {})
            changed = (
                str(denied.details.get("changed_by") or _("Somebody")),
                _changes(
                    {name: each["before"] for name, each in told.items()},
                    {name: each["after"] for name, each in told.items()},
                ),
            )
        return _page(session, current_actor(), found, kind, form=Form(typed, errors), changed=changed)


def _anchors() -> dict[str, str]:
    return {name + MINOR: name for name in COMPONENTS}


def _names() -> dict[str, str]:
    return {
        **{name: term(name).capitalize() for name in COMPONENTS},
        "note": _("Note"),
        "reason": _("What was wrong"),
        "currency": _("Currency of the amounts"),
        "month": _("Month"),
    }
