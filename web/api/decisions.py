"""Decisions of department heads."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Decision
from planner.services.approving import decisions
from planner.services.approving.reopening import reopen
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.decisions import (
    ConsequenceOut,
    ConsequenceQuery,
    DecideIn,
    DecisionOut,
    DecisionsOut,
    InboxOut,
    ProposalOut,
    RejectIn,
    SentOut,
)
from web.schemas.outputs import page_of

blueprint = Blueprint("decisions", "Decisions of department heads.")


@blueprint.get("/inbox")
@policy(Action.VIEW_INBOX)
@reads
@blueprint.answer(InboxOut)
def show_inbox(session: Session, actor: Actor) -> decisions.Inbox:
    """What waits for your departments, with their load."""
    return decisions.inbox(session, actor)


@blueprint.get("/outbox")
@policy(Action.VIEW_OUTBOX)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(SentOut))
def show_outbox(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """What was decided for your departments, newest first."""
    return page_of(decisions.outbox(session, actor), query)


@blueprint.get("/proposals/<id:proposal_id>")
@policy(Action.VIEW_PROPOSAL)
@reads
@blueprint.answer(ProposalOut)
def show_proposal(session: Session, actor: Actor, proposal_id: str) -> decisions.InboxItem:
    """One proposal."""
    return decisions.proposal_view(session, actor, proposal_id)


@blueprint.post("/proposals/<id:proposal_id>/approve")
@policy(Action.APPROVE)
@blueprint.versioned
@writes
@blueprint.answer(DecisionOut)
def approve(session: Session, actor: Actor, proposal_id: str) -> Decision:
    """Promise the proposed hours."""
    return decisions.approve(session, actor, proposal_id, asked_version())


@blueprint.post("/proposals/<id:proposal_id>/reject")
@policy(Action.REJECT)
@blueprint.versioned
@blueprint.body(RejectIn)
@writes
@blueprint.answer(DecisionOut)
def reject(session: Session, actor: Actor, data: dict[str, Any], proposal_id: str) -> Decision:
    """Refuse the proposed hours, with a reason."""
    return decisions.reject(session, actor, proposal_id, asked_version(), data["reason"], data["text"])


@blueprint.post("/proposals/<id:proposal_id>/reopen")
@policy(Action.REOPEN_DECISION)
@blueprint.versioned
@writes
@blueprint.answer(ProposalOut)
def reopen_decision(session: Session, actor: Actor, proposal_id: str) -> decisions.InboxItem:
    """Take an answer back, so that the proposal waits again."""
    reopen(session, actor, proposal_id, asked_version())
    return decisions.proposal_view(session, actor, proposal_id)


@blueprint.get("/proposals/<id:proposal_id>/consequence")
@policy(Action.VIEW_CONSEQUENCE)
@blueprint.query(ConsequenceQuery)
@reads
@blueprint.answer(ConsequenceOut)
def show_consequence(
    session: Session, actor: Actor, query: dict[str, Any], proposal_id: str
) -> decisions.Consequence:
    """What refusing the proposal would cost, as far as it is known now."""
    return decisions.consequence(session, actor, proposal_id, query["reason"])


@blueprint.post("/proposals/<id:proposal_id>/consequence")
@policy(Action.VIEW_CONSEQUENCE)
@blueprint.query(ConsequenceQuery)
@writes
@blueprint.answer(ConsequenceOut, 202)
def ask_consequence(
    session: Session, actor: Actor, query: dict[str, Any], proposal_id: str
) -> decisions.Consequence:
    """Ask for the exact cost of refusing the proposal before all that nobody asked for."""
    return decisions.ask_consequence(session, actor, proposal_id, query["reason"])


@blueprint.post("/requests/<id:request_id>/decision")
@policy(Action.DECIDE_REQUEST)
@blueprint.body(DecideIn)
@writes
@blueprint.answer(DecisionsOut)
def decide_request(session: Session, actor: Actor, data: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Decide all parts of a request that are yours, at once or not at all."""
    versions = {part["proposal_id"]: part["version"] for part in data["parts"]}
    rows = decisions.decide_request(
        session,
        actor,
        request_id,
        data["run_id"],
        data["outcome"],
        versions,
        data["reason"],
        data["text"],
    )
    return {"rows": rows}
