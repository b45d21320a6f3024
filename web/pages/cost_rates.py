"""What an hour and money cost since when; finance sets it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner import settings
from planner.actor import Actor
from planner.permissions import Action
from planner.services.customers import cost_rates
from planner.verdict import Kind, Problem, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.definition_form import plain
from web.pages.forms import FieldError, Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import currency

pages = Blueprint("cost_rates", __name__)

FACTORS: Final = {"kam_hour_minor": 100, "specialist_hour_minor": 100, "interest": 10}


def _names() -> dict[str, str]:
    return {
        "valid_from": _("Holds from"),
        "kam_hour_minor": _("Hour of an account manager"),
        "specialist_hour_minor": _("Hour of a specialist"),
        "interest": _("Yearly interest"),
    }


@pages.get("/cost-rates")
@policy(Action.VIEW_COST_RATES)
@reads
def show(session: Session, actor: Actor) -> str:
    """All rates, and the form for new ones or one that is corrected."""
    return _page(session, actor, None)


def _page(session: Session, actor: Actor, form: Form | None) -> str:
    rows = cost_rates.list_rates(session, actor)
    chosen = next((row for row in rows if row.id == request.args.get("edit")), None)
    if form is None and chosen is not None:
        amounts = {name: plain(Decimal(getattr(chosen, name)) / factor) for name, factor in FACTORS.items()}
        form = Form(
            {
                **amounts,
                "valid_from": chosen.valid_from,
                "rate_id": chosen.id,
                "version": str(chosen.version),
            }
        )
    return page(
        session,
        actor,
        "data/cost_rates.html",
        rows=rows,
        base=settings.money_rates(),
        form=form or Form(),
        currency=currency(),
    )


@pages.post("/cost-rates")
@policy(Action.SET_COST_RATES)
def save() -> tuple[str, int] | Response:
    """Set rates from a month on, or correct them."""
    found: list[Problem] = []
    values: dict[str, int | None] = {}
    for name, factor in FACTORS.items():
        text = request.form.get(name, "").strip()
        values[name] = scaled(text, factor) if text else None
        if text and values[name] is None:
            found.append(fault(name, "E_NUMBER", _("This is no number."), _("Type it such as 12.5.")))
    if found:
        return _again(field_errors(found, {}, _names())), 422
    version = request.form.get("version", "")
    try:
        with writing() as session:
            cost_rates.set_rate(
                session,
                current_actor(),
                valid_from=request.form.get("valid_from", "").strip(),
                kam_hour_minor=values["kam_hour_minor"],
                specialist_hour_minor=values["specialist_hour_minor"],
                interest=values["interest"],
                rate_id=request.form.get("rate_id", ""),
                version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            )
    except Refused as refused:
        denied = refused.denied
        if denied.kind not in {Kind.INVALID, Kind.STALE}:
            raise
        errors = field_errors(denied.problems, {}, _names()) or (
            FieldError("", "", words(denied.reason), words(denied.remedy)),
        )
        return _again(errors), answer_of(denied).status
    flash(_("Saved. Months from then on are reckoned anew; older ones keep their rates."), "good")
    return redirect("/cost-rates", 303)


def _again(errors: tuple[FieldError, ...]) -> str:
    with reading() as session:
        return _page(session, current_actor(), Form(request.form.to_dict(), errors))
