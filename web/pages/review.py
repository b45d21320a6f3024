"""The board's review: a draft of now, reviews that were sent, resolutions, contribution, and by link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from planner.actor import Actor
from planner.permissions import Action
from planner.records import BoardReview
from planner.services.reviewing import contributions, resolutions, review
from planner.services.reviewing.review_view import ReviewView
from planner.verdict import Kind, Refused, not_found
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import words
from web.pages.forms import Form, fault, field_errors
from web.pages.frame import page
from web.policy import policy, public

pages = Blueprint("review", __name__)

RESOLUTION: Final = ("item", "title", "text", "responsible", "due_on")


@pages.get("/review")
@policy(Action.VIEW_REVIEW)
@reads
def show_newest(session: Session, actor: Actor) -> str:
    """The review of the newest plan."""
    return _page(session, actor, review.review_view(session, actor))


@pages.get("/board/<number:number>/review")
@policy(Action.VIEW_REVIEW)
@reads
def show(session: Session, actor: Actor, number: int) -> str:
    """The review of a plan from the facts of now."""
    return _page(session, actor, review.review_view(session, actor, number))


def _page(
    session: Session,
    actor: Actor,
    view: ReviewView | None,
    row: BoardReview | None = None,
    form: Form | None = None,
) -> str:
    return page(
        session,
        actor,
        "review/show.html",
        view=view,
        row=row,
        form=form or Form({}),
        intact=row is None or review.is_intact(row),
        sent=review.list_reviews(session, actor, view.number) if view else [],
    )


@pages.get("/board/<number:number>/review/<number:edition>")
@policy(Action.VIEW_REVIEW)
@reads
def show_sent(session: Session, actor: Actor, number: int, edition: int) -> str:
    """A review as it was sent."""
    view, row = review.sent_review(session, actor, number, edition)
    return _page(session, actor, view, row)


@pages.post("/board/<number:number>/review")
@policy(Action.SEND_REVIEW)
def send(number: int) -> AnyResponse:
    """Send the review to the board as it stands now."""
    return _do(
        lambda session, actor: review.send_review(session, actor, number),
        _("The review is sent: who has a link to this plan reads it from now on."),
        f"/board/{number}/review",
    )


@pages.post("/board/<number:number>/resolutions")
@policy(Action.RESOLVE)
def resolve(number: int) -> AnyResponse | tuple[str, int]:
    """Write down what was resolved on an item; what is wrong comes back with all that was typed."""
    typed = {name: request.form.get(name, "") for name in RESOLUTION}
    problems = []
    try:
        due = date.fromisoformat(typed["due_on"]) if typed["due_on"] else None
    except ValueError:
        problems.append(fault("due_on", "E_DATE", _("This is not a day."), _("Write it as 2027-01-31.")))
    else:
        try:
            with writing() as session:
                resolutions.record_resolution(
                    session,
                    current_actor(),
                    number,
                    typed["item"],
                    typed["title"],
                    text=typed["text"],
                    responsible=typed["responsible"],
                    due_on=due,
                )
        except Refused as refused:
            if refused.denied.kind is not Kind.INVALID:
                raise
            problems += refused.denied.problems
        else:
            flash(_("The resolution is recorded."), "good")
            return redirect(f"/board/{number}/review#{typed['item']}", 303)
    form = Form(typed, field_errors(problems, {}, _names()))
    with reading() as session:
        view = review.review_view(session, current_actor(), number)
        return _page(session, current_actor(), view, form=form), 422


def _names() -> dict[str, str]:
    return {
        "item": _("Item"),
        "title": _("Item"),
        "text": _("Resolved"),
        "responsible": _("Responsible"),
        "due_on": _("Until"),
    }


@pages.post("/resolutions/<id:resolution_id>/done")
@policy(Action.RESOLVE)
def finish(resolution_id: str) -> AnyResponse:
    """Say that what was resolved is done."""
    back = request.form.get("plan", "")
    address = f"/board/{back}/review" if back.isdecimal() and len(back) < 9 else "/review"
    return _do(
        lambda session, actor: resolutions.finish_resolution(session, actor, resolution_id),
        _("Marked as done."),
        address,
    )


@pages.get("/contribution")
@policy(Action.VIEW_CONTRIBUTION)
@reads
def show_contribution(session: Session, actor: Actor) -> str:
    """What departments bring to the newest plan; a head sees the own one."""
    return page(
        session,
        actor,
        "review/contribution.html",
        view=contributions.contribution_view(session, actor),
    )


@pages.post("/board/<number:number>/contribution")
@policy(Action.ASK_CONTRIBUTION)
def ask_contribution(number: int) -> AnyResponse:
    """Let the engine compute what each department brings."""
    back = "/contribution" if request.form.get("back") == "contribution" else f"/board/{number}/review"
    return _do(
        lambda session, actor: contributions.ask_contribution(session, actor, number),
        _("It is being computed; this takes up to a minute."),
        f"{back}#contribution",
    )


@pages.get("/board/link/<secret>/review")
@public("the secret in the address opens exactly one published plan and its review")
def show_by_link(secret: str) -> Response:
    """The newest review that was sent of the plan that the link opens."""
    with reading() as session:
        found = review.review_by_link(session, secret)
    if found is None:
        raise not_found()
    view, row = found
    response = make_response(
        render_template("review/linked.html", view=view, row=row, intact=review.is_intact(row), secret=secret)
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _do(step: Callable[[Session, Actor], object], done: str, address: str) -> AnyResponse:
    """One step in one unit of work; how it went is told on the page behind `address`."""
    try:
        with writing() as session:
            step(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        faults = " ".join(words(problem.reason) for problem in refused.denied.problems)
        flash(f"{words(refused.denied.reason)} {faults} {words(refused.denied.remedy)}", "bad")
    else:
        flash(done, "good")
    return redirect(address, 303)
