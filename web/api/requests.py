"""Requests for specialists' time: file, change, submit, withdraw."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.filing import admissions, copies, hints, requests
from planner.services.paging import Page
from web.api.kit import Blueprint, asked_version, json_names
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.request_answers import (
    HintsOut,
    ObligationOut,
    RequestOut,
    RequestRowOut,
    StageOut,
    shown,
    usual,
)
from web.schemas.requests import NAMES, HintQuery, ReasonIn, RequestIn, RequestQuery, values_of

blueprint = Blueprint("requests", "Requests for specialists' time.")


@blueprint.get("/requests")
@policy(Action.LIST_REQUESTS)
@blueprint.query(RequestQuery)
@reads
@blueprint.answer(list_of(RequestRowOut))
def list_requests(session: Session, actor: Actor, query: dict[str, Any]) -> Page[Any]:
    """The requests in your sight, the latest change first."""
    return requests.list_requests(session, actor, **query)


@blueprint.post("/requests")
@policy(Action.FILE_REQUEST)
@blueprint.body(RequestIn)
@json_names(NAMES)
@writes
@blueprint.answer(RequestOut, 201)
def file_request(session: Session, actor: Actor, data: dict[str, Any]) -> dict[str, Any]:
    """File a draft."""
    return shown(session, actor, requests.file_request(session, actor, values_of(data)))


@blueprint.get("/requests/<id:request_id>")
@policy(Action.VIEW_REQUEST)
@reads
@blueprint.answer(RequestOut)
def show_request(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """One request."""
    return shown(session, actor, requests.view_request(session, actor, request_id))


@blueprint.put("/requests/<id:request_id>")
@policy(Action.EDIT_REQUEST)
@blueprint.versioned
@blueprint.body(RequestIn)
@json_names(NAMES)
@writes
@blueprint.answer(RequestOut)
def edit_request(session: Session, actor: Actor, data: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Replace the content of a request; after planning it goes back to submitted."""
    request = requests.edit_request(session, actor, request_id, asked_version(), values_of(data))
    return shown(session, actor, request)


@blueprint.post("/requests/<id:request_id>/again")
@policy(Action.FILE_REQUEST)
@writes
@blueprint.answer(RequestOut, 201)
def file_again(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """File a draft like an own request: weeks from now on, amounts and evidence to be stated anew."""
    return shown(session, actor, copies.file_again(session, actor, request_id))


@blueprint.post("/requests/<id:request_id>/submit")
@policy(Action.SUBMIT_REQUEST)
@blueprint.versioned
@json_names(NAMES)
@writes
@blueprint.answer(RequestOut)
def submit_request(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """Hand a complete draft to the planning."""
    return shown(session, actor, requests.submit_request(session, actor, request_id, asked_version()))


@blueprint.post("/requests/<id:request_id>/withdraw")
@policy(Action.WITHDRAW_REQUEST)
@blueprint.versioned
@blueprint.body(ReasonIn)
@writes
@blueprint.answer(RequestOut)
def withdraw_request(session: Session, actor: Actor, data: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Take a request back for good."""
    request = requests.withdraw_request(session, actor, request_id, asked_version(), data["reason"])
    return shown(session, actor, request)


@blueprint.post("/requests/<id:request_id>/return")
@policy(Action.RETURN_REQUEST)
@blueprint.versioned
@blueprint.body(ReasonIn)
@writes
@blueprint.answer(RequestOut)
def return_request(session: Session, actor: Actor, data: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Give a request back to its key account manager."""
    request = requests.return_request(session, actor, request_id, asked_version(), data["reason"])
    return shown(session, actor, request)


@blueprint.get("/stages")
@policy(Action.VIEW_HINTS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(StageOut))
def list_stages(session: Session, _actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """What is usual at each stage of cooperation: chances, and what a claim must rest on."""
    return page_of(usual(session), query)


@blueprint.post("/requests/<id:request_id>/admit")
@policy(Action.ADMIT_LATE)
@blueprint.versioned
@blueprint.body(ReasonIn)
@writes
@blueprint.answer(RequestOut)
def admit_late(session: Session, actor: Actor, data: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Take a request that came after the cut-off into the running cycle, with a reason."""
    request = admissions.admit_late(session, actor, request_id, asked_version(), data["reason"])
    return shown(session, actor, request)


@blueprint.get("/hints")
@policy(Action.VIEW_HINTS)
@blueprint.query(HintQuery)
@reads
@blueprint.answer(HintsOut)
def show_hints(session: Session, actor: Actor, query: dict[str, Any]) -> hints.Hints:
    """Free hours of a skill by week, and in steps how much others ask of them."""
    skill, level = query.pop("skill_key"), query.pop("level")
    return hints.hints(session, actor, skill, level, **query)


@blueprint.get("/obligations")
@policy(Action.CONFIRM_OBLIGATION)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ObligationOut))
def list_obligations(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Promises with a penalty, unconfirmed ones first."""
    return page_of(requests.list_obligations(session, actor), query)


@blueprint.post("/requests/<id:request_id>/obligation")
@policy(Action.CONFIRM_OBLIGATION)
@blueprint.versioned
@writes
@blueprint.answer(RequestOut)
def confirm_obligation(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """Confirm that the contract holds the promise."""
    return shown(session, actor, requests.confirm_obligation(session, actor, request_id, asked_version()))
