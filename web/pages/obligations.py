"""The register of obligations."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.services.filing import obligations
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reads, writing
from web.errors import words
from web.pages.frame import page
from web.policy import policy

pages = Blueprint("obligations", __name__)


@pages.get("/obligations")
@policy(Action.CONFIRM_OBLIGATION)
@reads
def show_obligations(session: Session, actor: Actor) -> str:
    """Promises with a penalty: what waits for confirmation, what counts already."""
    return page(
        session, actor, "accounts/obligations.html", rows=obligations.list_obligations(session, actor)
    )


@pages.post("/requests/<id:request_id>/confirm")
@policy(Action.CONFIRM_OBLIGATION)
def confirm(request_id: str) -> Response:
    """Confirm that the contract holds the promise."""
    version = request.form.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        with writing() as session:
            obligations.confirm_obligation(session, current_actor(), request_id, number)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    else:
        flash(_("Confirmed. The next plan serves it before all others."), "good")
    return redirect("/obligations", 303)
