"""Published plans, links to them, and the audit log."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import BoardLink, Publication
from planner.services.paging import Page
from planner.services.publishing import board, publishing
from planner.services.staff import audit_log
from web.api.kit import Blueprint, Repeat
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.publications import (
    ChainOut,
    EventOut,
    LinkIn,
    LinkOut,
    LinkRowOut,
    PublicationOut,
    PublicationRowOut,
)

blueprint = Blueprint("publications", "Published plans and the audit log.")


@blueprint.post("/runs/<id:run_id>/publish")
@policy(Action.PUBLISH)
@writes
@blueprint.answer(PublicationRowOut, 201)
def publish(session: Session, actor: Actor, run_id: str) -> Publication:
    """Publish the decided part of a plan."""
    return publishing.publish(session, actor, run_id)


@blueprint.get("/publications")
@policy(Action.VIEW_PUBLICATIONS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(PublicationRowOut))
def list_publications(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Published plans, newest first."""
    return page_of(publishing.list_publications(session, actor), query)


@blueprint.get("/publications/<number:number>")
@policy(Action.VIEW_PUBLICATIONS)
@reads
@blueprint.answer(PublicationOut)
def show_publication(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    """What the board reads."""
    content = board.board_view(session, actor, number)
    facts = {name: content.pop(name) for name in ("content_hash", "intact")}
    return {"number": number, "content": content, **facts}


@blueprint.post("/publications/<number:number>/links")
@policy(Action.CREATE_BOARD_LINK)
@blueprint.body(LinkIn)
@writes
@blueprint.answer(LinkOut, 201, Repeat.REFUSED)
def create_link(session: Session, actor: Actor, data: dict[str, Any], number: int) -> dict[str, Any]:
    """A secret address that opens this plan to a reader without an account."""
    return {"path": f"/board/link/{board.create_board_link(session, actor, number, data['days'])}"}


@blueprint.get("/publications/<number:number>/links")
@policy(Action.CREATE_BOARD_LINK)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(LinkRowOut))
def list_links(session: Session, actor: Actor, query: dict[str, Any], number: int) -> dict[str, Any]:
    """The links to a plan, newest first, ended ones included; never their secrets."""
    return page_of(board.list_board_links(session, actor, number), query)


@blueprint.delete("/publications/<number:number>/links/<id:link_id>")
@policy(Action.REVOKE_BOARD_LINK)
@writes
@blueprint.answer(LinkRowOut)
def revoke_link(session: Session, actor: Actor, number: int, link_id: str) -> BoardLink:  # noqa: ARG001 - the address names the plan for people
    """End a link at once."""
    return board.revoke_board_link(session, actor, link_id)


@blueprint.get("/audit/chain")
@policy(Action.VIEW_AUDIT)
@reads
@blueprint.answer(ChainOut)
def check_chain(session: Session, actor: Actor) -> dict[str, Any]:
    """Whether anything was tampered with in the log and in what it tells of."""
    problems = audit_log.chain_problems(session, actor)
    return {"intact": not problems, "problems": problems}


@blueprint.get("/audit")
@policy(Action.VIEW_AUDIT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(EventOut))
def list_events(session: Session, actor: Actor, query: dict[str, Any]) -> Page[Any]:
    """Who did what, the newest first."""
    return audit_log.list_events(session, actor, **query)
