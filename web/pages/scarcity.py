"""What one more hour of each skill would be worth: skills by weeks, and one week opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal

from flask import Blueprint, Response, flash, redirect
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from planner.actor import Actor
from planner.permissions import Action
from planner.services.planning import scarcity
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reads, writing
from web.errors import words
from web.language import language
from web.pages.frame import page
from web.pages.requests import harmless
from web.policy import policy
from web.rendering import MINOR_PER_UNIT

pages = Blueprint("scarcity", __name__)

WAITING = frozenset({"queued", "running"})


@pages.get("/scarcity")
@policy(Action.VIEW_SCARCITY)
@reads
def show(session: Session, actor: Actor) -> str:
    """Skills by weeks in colour and number; a head sees the own department's, without money."""
    try:
        view = scarcity.scarcity_view(session, actor)
    except Refused as refused:
        if refused.denied.code != "E_NO_PLAN":
            raise
        return page(session, actor, "scarcity/show.html", view=None)
    return page(
        session,
        actor,
        "scarcity/show.html",
        view=view,
        waits=view.state in WAITING,
        steps=range(1, scarcity.STEPS + 1),
        name=lambda skill: skill.label(language()),
    )


@pages.get("/scarcity.csv")
@policy(Action.VIEW_SCARCITY)
@reads
def export(session: Session, actor: Actor) -> Response:
    """The same for a spreadsheet: one row for each skill and week, money in whole currency."""
    out = io.StringIO()
    table = csv.writer(out)
    view = scarcity.scarcity_view(session, actor)
    names = [_("Skill"), _("Week"), _("What is known"), _("Step, 0 to 4")]
    table.writerow([*names, _("Worth of one more hour, estimate")] if view.money_shown else names)
    for row in view.rows:
        for cell in row.cells:
            told = [harmless(row.skill.label(language())), cell.week, states()[cell.state], cell.step]
            if view.money_shown:
                minor = cell.hour_minor
                told.append("" if minor is None else str(Decimal(minor) / MINOR_PER_UNIT))
            table.writerow(told)
    headers = {"Content-Disposition": "attachment; filename=scarcity.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def states() -> dict[str, str]:
    """What is known of a week, in words."""
    return {"priced": _("priced"), "taken": _("nobody has time left"), "unasked": _("nobody asks")}


@pages.post("/scarcity")
@policy(Action.ASK_SCARCITY)
def ask() -> AnyResponse:
    """Let the engine estimate the newest plan."""
    return _do(scarcity.ask_scarcity, "/scarcity")


@pages.get("/scarcity/<skill>/<week>")
@policy(Action.VIEW_SCARCE_WEEK)
@reads
def show_week(session: Session, actor: Actor, skill: str, week: str) -> str:
    """One skill in one week: the estimate, whose hours it prices, the exact answer."""
    view = scarcity.open_week(session, actor, skill, week)
    return page(
        session,
        actor,
        "scarcity/week.html",
        view=view,
        waits=view.price is not None and view.price.state in WAITING,
        name=view.skill.label(language()),
    )


@pages.post("/scarcity/<skill>/<week>")
@policy(Action.PRICE_SCARCE_WEEK)
def price_week(skill: str, week: str) -> AnyResponse:
    """Let the engine make the plan again with a little more of that person's time."""
    return _do(
        lambda session, actor: scarcity.price_week(session, actor, skill, week), f"/scarcity/{skill}/{week}"
    )


def _do(step: Callable[[Session, Actor], object], address: str) -> AnyResponse:
    try:
        with writing() as session:
            step(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
    return redirect(address, 303)
