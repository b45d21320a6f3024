"""Published plans: the list, the board page, and the same page by a secret link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import BoardLink
from planner.services.publishing import board, publishing
from planner.services.reviewing import review
from planner.verdict import Kind, Message, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import words
from web.pages.frame import page
from web.policy import policy, public

pages = Blueprint("board", __name__)

DEFAULT_DAYS = 14


@pages.get("/publications")
@policy(Action.VIEW_PUBLICATIONS)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """All published plans, newest first."""
    return page(session, actor, "board/list.html", rows=publishing.list_publications(session, actor))


@pages.get("/board/<number:number>")
@policy(Action.VIEW_PUBLICATIONS)
@reads
def show(session: Session, actor: Actor, number: int) -> str:
    """One published plan as it was published."""
    return _page(session, actor, number)


def _page(session: Session, actor: Actor, number: int, secret: str = "") -> str:
    links: list[BoardLink] = []
    if may(actor, Action.CREATE_BOARD_LINK):
        links = board.list_board_links(session, actor, number)
    return page(
        session,
        actor,
        "board/show.html",
        content=readable(board.board_view(session, actor, number)),
        links=links,
        address=f"{request.host_url}board/link/{secret}" if secret else "",
        days=DEFAULT_DAYS,
    )


def readable(content: dict[str, Any]) -> dict[str, Any]:
    """The stored content with its message as one and what was given up summed, ready for a page."""
    told = content["worth"]["gap_words"]
    worth = content["worth"] | {"gap_words": Message(told["text"], told["params"])}
    return content | {"worth": worth, "given_up": given_up(content)}


def given_up(content: dict[str, Any]) -> dict[str, int | None]:
    """What refusals of heads and overrides cost the plan, each priced by itself; None when one is unknown."""
    refused = [row for row in content["departments"] if row["rejections"]]
    sums: dict[str, int | None] = {"rejections": sum(row["rejections"] for row in refused)}
    for side in ("low", "high"):
        costs = [row[f"lost_{side}_minor"] for row in refused]
        costs += [row[f"price_{side}_minor"] for row in content["overrides"]]
        sums[side] = None if None in costs else sum(costs)
    return sums


@pages.post("/board/<number:number>/links")
@policy(Action.CREATE_BOARD_LINK)
def create_link(number: int) -> str | AnyResponse:
    """Make a secret address; it is shown once, on the page that answers."""
    days = request.form.get("days", "")
    try:
        with writing() as session:
            asked = int(days) if days.isdecimal() and len(days) < 6 else 0
            secret = board.create_board_link(session, current_actor(), number, asked)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
        return redirect(f"/board/{number}#links", 303)
    with reading() as session:
        return _page(session, current_actor(), number, secret)


@pages.post("/board/<number:number>/links/<id:link_id>/revoke")
@policy(Action.REVOKE_BOARD_LINK)
def revoke_link(number: int, link_id: str) -> AnyResponse:
    """End a secret address at once."""
    with writing() as session:
        board.revoke_board_link(session, current_actor(), link_id)
    flash(_("The link opens nothing any more."), "good")
    return redirect(f"/board/{number}#links", 303)


@pages.get("/board/link/<secret>")
@public("the secret in the address opens exactly one published plan")
def show_by_link(secret: str) -> Response:
    """One published plan for a reader without an account; nothing on it leads further than its review."""
    with reading() as session:
        content = readable(board.board_by_link(session, secret))
        reviewed = review.review_by_link(session, secret) is not None
    page_ = render_template("board/linked.html", content=content, reviewed=reviewed, secret=secret)
    response = make_response(page_)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response
