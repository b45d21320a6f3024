"""Counter-offers, comments, notifications, standing in, what waits for whom, and a specialist's weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Notification
from planner.services.approving import comments, delegations, offers, waiting
from planner.services.staff import notifying, own_weeks
from planner.verdict import Denied, Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy

pages = Blueprint("deciding", __name__)

PER_CENT = 10
"""Per mille in a per cent."""

Answer = str | tuple[str, int] | Response


@pages.get("/offers")
@policy(Action.LIST_OFFERS)
@reads
def show_offers(session: Session, actor: Actor) -> str:
    """What heads offer for the reader's accounts."""
    return _offers(session, actor, Form())


def _offers(session: Session, actor: Actor, form: Form) -> str:
    return page(session, actor, "deciding/offers.html", offers=offers.list_offers(session, actor), form=form)


@pages.post("/offers/<id:offer_id>/accept")
@policy(Action.ANSWER_OFFER)
def accept(offer_id: str) -> Answer:
    """Take the offer; the next plan keeps to it."""
    typed = request.form.get("chance", "").strip()
    chance = scaled(typed, PER_CENT) if typed else None

    def step(session: Session, actor: Actor) -> object:
        return offers.accept_offer(
            session, actor, offer_id, _version(), -1 if typed and chance is None else chance
        )

    names = {"chance": _("Chance of success")}
    return _do(step, _offers, "/offers", _("Accepted. The next plan keeps to it."), names, f"-{offer_id}")


@pages.post("/offers/<id:offer_id>/decline")
@policy(Action.ANSWER_OFFER)
def decline(offer_id: str) -> Answer:
    """Turn the offer down; the head decides again."""
    text = request.form.get("text", "").strip()

    def step(session: Session, actor: Actor) -> object:
        return offers.decline_offer(session, actor, offer_id, _version(), text)

    return _do(step, _offers, "/offers", _("Declined. The head decides again."), {"text": _("Why")})


@pages.get("/requests/<id:request_id>/comments")
@policy(Action.VIEW_COMMENTS)
@reads
def show_comments(session: Session, actor: Actor, request_id: str) -> str:
    """What was said about the request: as a part of its page, or as a page where no script fetches it."""
    shown = {
        "said": comments.comments_of(session, actor, request_id),
        "request_id": request_id,
        "proposal_id": None,
        "back": f"/requests/{request_id}",
    }
    if request.headers.get("HX-Request") == "true":
        return render_template("inbox/_comments.html", **shown)
    return page(session, actor, "inbox/comments.html", **shown)


@pages.post("/requests/<id:request_id>/comments")
@policy(Action.COMMENT)
def comment(request_id: str) -> Response:
    """Say something about the request, or about the decision on one of its proposals."""
    back = request.form.get("back", "")
    here = back if back.startswith(("/inbox?item=", "/requests/")) else f"/requests/{request_id}"
    try:
        with writing() as session:
            proposal = request.form.get("proposal") or None
            comments.comment(session, current_actor(), request_id, request.form.get("text", ""), proposal)
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        flash(" ".join(words(problem.reason) for problem in refused.denied.problems), "bad")
    return redirect(f"{here}#comments", 303)


@pages.get("/notices")
@policy(Action.VIEW_NOTICES)
@reads
def show_notices(session: Session, actor: Actor) -> str:
    """What the reader was told, newest first."""
    return page(session, actor, "deciding/notices.html", notices=notifying.notices(session, actor))


@pages.post("/notices/read")
@policy(Action.READ_NOTICES)
def read_all() -> Response:
    """Mark everything as read."""
    with writing() as session:
        notifying.mark_read(session, current_actor())
    return redirect("/notices", 303)


@pages.post("/notices/<id:notice_id>/read")
@policy(Action.READ_NOTICES)
def read_one(notice_id: str) -> Response:
    """Mark one as read and go where it leads."""
    with writing() as session:
        notifying.mark_read(session, current_actor(), notice_id)
        link = session.get_one(Notification, notice_id).link
    return redirect(link, 303)


@pages.get("/delegations")
@policy(Action.VIEW_DELEGATIONS)
@reads
def show_delegations(session: Session, actor: Actor) -> str:
    """Who acts for whom."""
    return _delegations(session, actor, Form())


def _delegations(session: Session, actor: Actor, form: Form) -> str:
    may_lend = delegations.may_delegate(actor)
    colleagues = delegations.colleagues(session, actor) if may_lend else []
    return page(
        session,
        actor,
        "deciding/delegations.html",
        rows=delegations.list_delegations(session, actor),
        colleagues=[(user.id, user.display_name) for user in colleagues],
        form=form,
    )


@pages.post("/delegations")
@policy(Action.DELEGATE)
def delegate() -> Answer:
    """Let a colleague act for the reader."""
    names = {"to_user_id": _("Who acts"), "first_day": _("From"), "last_day": _("Until")}
    days: dict[str, date] = {}
    problems = []
    for name in ("first_day", "last_day"):
        try:
            days[name] = date.fromisoformat(request.form.get(name, ""))
        except ValueError:
            problems.append(fault(name, "E_DATE", _("This is not a day."), _("Choose a day.")))
    if not request.form.get("to_user_id"):
        problems.append(fault("to_user_id", "E_CHOICE", _("Nobody is chosen."), _("Choose a colleague.")))
    if problems:
        form = Form(request.form.to_dict(), field_errors(problems, {}, names))
        with reading() as session:
            return _delegations(session, current_actor(), form), 422

    def step(session: Session, actor: Actor) -> object:
        who = request.form["to_user_id"]
        return delegations.create_delegation(session, actor, who, days["first_day"], days["last_day"])

    return _do(step, _delegations, "/delegations", _("Your colleague can act for you."), names)


@pages.post("/delegations/<id:delegation_id>/revoke")
@policy(Action.REVOKE_DELEGATION)
def revoke(delegation_id: str) -> Response:
    """End it at once."""
    with writing() as session:
        delegations.revoke_delegation(session, current_actor(), delegation_id)
    flash(_("It has ended."), "good")
    return redirect("/delegations", 303)


@pages.get("/waiting")
@policy(Action.VIEW_WAITING)
@reads
def show_waiting(session: Session, actor: Actor) -> str:
    """What waits for whom in the plan that is decided now."""
    return _waiting(session, actor, Form())


def _waiting(session: Session, actor: Actor, form: Form) -> str:
    return page(session, actor, "deciding/waiting.html", list=waiting.waiting(session, actor), form=form)


@pages.post("/proposals/<id:proposal_id>/head")
@policy(Action.NAME_HEAD)
def name_head(proposal_id: str) -> Answer:
    """Let another head decide."""

    def step(session: Session, actor: Actor) -> object:
        user, reason = request.form.get("user_id", ""), request.form.get("reason", "")
        return waiting.name_head(session, actor, proposal_id, user, reason)

    return _do(step, _waiting, "/waiting", _("Named and told."), {"reason": _("Reason")})


@pages.get("/my-weeks")
@policy(Action.VIEW_OWN_WEEKS)
@reads
def show_weeks(session: Session, actor: Actor) -> str:
    """A specialist's next weeks."""
    return page(session, actor, "deciding/weeks.html", weeks=own_weeks.own_weeks(session, actor))


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _do(  # noqa: PLR0917 - one row of what a step needs
    step: Callable[[Session, Actor], object],
    again: Callable[[Session, Actor, Form], str],
    address: str,
    done: str,
    names: dict[str, str],
    suffix: str = "",
) -> Answer:
    """One step in one unit of work; refused, the page comes again with what was typed and what is wrong."""
    try:
        with writing() as session:
            step(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        form = Form(request.form.to_dict(), _errors(refused.denied, names, suffix))
        with reading() as session:
            return again(session, current_actor(), form), answer_of(refused.denied).status
    flash(done, "good")
    return redirect(address, 303)


def _errors(denied: Denied, names: dict[str, str], suffix: str) -> tuple[FieldError, ...]:
    if not denied.problems:
        return (FieldError("", "", words(denied.reason), words(denied.remedy)),)
    found = field_errors(denied.problems, {}, names)
    return tuple(
        FieldError(
            error.anchor + suffix if error.anchor in names else error.anchor,
            error.name,
            error.reason,
            error.remedy,
        )
        for error in found
    )
