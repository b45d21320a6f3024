"""Swaps between account managers: offers made and received, without names until both agree."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.records import SwapState
from planner.services.excepting import releasing, swaps
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reads, writing
from web.errors import words
from web.pages.frame import page
from web.policy import policy
from web.rendering import mark

pages = Blueprint("swaps", __name__)

RUN_ID = re.compile(r"[0-9a-f-]{36}")
"""What an id in an address may look like."""


@pages.get("/swaps")
@policy(Action.VIEW_SWAPS)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """Offers of the own side and to it."""
    found = swaps.list_swaps(session, actor)
    return page(
        session,
        actor,
        "swaps/list.html",
        received=[row for row in found if not row.asked],
        made=[row for row in found if row.asked],
        swap_mark=lambda state: mark(SwapState(state)),
    )


@pages.post("/requests/<id:request_id>/swap")
@policy(Action.OFFER_SWAP)
def offer(request_id: str) -> Response:
    """Ask whoever holds the hours."""
    offered = request.form.get("offered_id") or None
    sent = _try(
        lambda session, actor: swaps.offer(session, actor, request_id, offered),
        _("The offer is sent, without your name."),
    )
    return redirect("/swaps" if sent else f"/requests/{request_id}#card", 303)


@pages.post("/swaps/<id:offer_id>/accept")
@policy(Action.ANSWER_SWAP)
def accept(offer_id: str) -> Response:
    """Agree; whether anybody else loses is computed next."""
    _answer(offer_id, swaps.accept, _("Agreed. Now the plan is made again to see that nobody else loses."))
    return redirect("/swaps", 303)


@pages.post("/swaps/<id:offer_id>/decline")
@policy(Action.ANSWER_SWAP)
def decline(offer_id: str) -> Response:
    """Do not agree."""
    _answer(offer_id, swaps.decline, _("Declined; nobody is told your name."))
    return redirect("/swaps", 303)


@pages.post("/swaps/<id:offer_id>/withdraw")
@policy(Action.OFFER_SWAP)
def withdraw(offer_id: str) -> Response:
    """Take the offer back."""
    _answer(offer_id, swaps.withdraw, _("The offer is taken back."))
    return redirect("/swaps", 303)


@pages.post("/swaps/<id:offer_id>/release")
@policy(Action.RELEASE_SWAP)
def release(offer_id: str) -> Response:
    """End an agreed swap; from the page of a run the way leads back to it."""
    _answer(offer_id, releasing.release, _("The swap is released; the next plan is free of it."))
    run = request.form.get("run", "")
    return redirect(f"/runs/{run}" if RUN_ID.fullmatch(run) else "/swaps", 303)


def _answer(offer_id: str, step: Callable[[Session, Actor, str, int], object], done: str) -> None:
    version = request.form.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    _try(lambda session, actor: step(session, actor, offer_id, number), done)


def _try(step: Callable[[Session, Actor], object], done: str) -> bool:
    try:
        with writing() as session:
            step(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
        return False
    flash(done, "good")
    return True
