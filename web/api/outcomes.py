"""What became of requests: what is due, saying how one ended, confirming it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Closing
from planner.services.closing import due_outcomes, outcomes
from planner.services.closing.outcomes import OutcomeValues
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outcomes import DueOut, OutcomeIn, OutcomeOut, OutcomeReturnIn, ReferenceOut
from web.schemas.outputs import page_of

blueprint = Blueprint("outcomes", "What became of requests, confirmed by a second person.")


@blueprint.get("/outcomes/due")
@policy(Action.LIST_OUTCOMES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(DueOut))
def list_due(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Requests in your sight whose outcome is due, longest first."""
    return page_of(due_outcomes.due_outcomes(session, actor), query)


@blueprint.get("/references")
@policy(Action.LIST_OUTCOMES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ReferenceOut))
def list_references(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Confirmed outcomes in your sight that may be told to others, newest first."""
    return page_of(outcomes.references(session, actor), query)


@blueprint.get("/requests/<id:request_id>/outcomes")
@policy(Action.LIST_OUTCOMES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(OutcomeOut))
def list_outcomes(session: Session, actor: Actor, query: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Every record of how a request ended, newest first."""
    return page_of(list(outcomes.outcome_of(session, actor, request_id)), query)


@blueprint.post("/requests/<id:request_id>/outcomes")
@policy(Action.RECORD_OUTCOME)
@blueprint.body(OutcomeIn)
@writes
@blueprint.answer(OutcomeOut, 201)
def record(session: Session, actor: Actor, body: dict[str, Any], request_id: str) -> Closing:
    """Say how a request ended, or put right what was said."""
    return outcomes.record_outcome(session, actor, request_id, OutcomeValues(**body))


@blueprint.post("/requests/<id:request_id>/outcomes/confirm")
@policy(Action.CONFIRM_OUTCOME)
@blueprint.versioned
@writes
@blueprint.answer(OutcomeOut)
def confirm(session: Session, actor: Actor, request_id: str) -> Closing:
    """Confirm what somebody else recorded."""
    return outcomes.confirm_outcome(session, actor, request_id, asked_version())


@blueprint.post("/requests/<id:request_id>/outcomes/return")
@policy(Action.CONFIRM_OUTCOME)
@blueprint.versioned
@blueprint.body(OutcomeReturnIn)
@writes
@blueprint.answer(OutcomeOut)
def send_back(session: Session, actor: Actor, body: dict[str, Any], request_id: str) -> Closing:
    """Send a record back with a reason."""
    return outcomes.return_outcome(session, actor, request_id, asked_version(), body["reason"])
