"""Taking an answer back: what a head decided by mistake, or for a reason that is gone, waits again."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, changing
from planner.permissions import Action, may
from planner.records import (
    CounterOffer,
    NotificationKind,
    OfferState,
    Proposal,
    ProposalState,
    RequestStatus,
)
from planner.scope import find_proposal
from planner.services.approving.deciding import check_may_decide, check_open, parties, principal
from planner.services.staff.notifying import notify
from planner.solving.voiding import void_offers
from planner.transitions import ProposalAction, RequestAction, move
from planner.verdict import Kind, Message, refuse, require

ANSWERED = frozenset({ProposalState.APPROVED, ProposalState.REJECTED, ProposalState.COUNTERED})
"""States of a proposal whose answer can be taken back while its plan is the newest."""


def reopen(session: Session, actor: Actor, proposal_id: str, version: int) -> Proposal:
    """Take an approval, a rejection or an offer that nobody accepted yet back; the line waits again.

    Approved hours are given back at once, and the account manager is told.

    Args:
        session: The unit of work.
        actor: Head or deputy of the department, or who acts for one of them.
        proposal_id: Whose answer.
        version: The proposal's version that the actor saw.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NOT_YOUR_DEPARTMENT, E_SELF_APPROVAL; E_RUN_ACTIVE,
            E_PLAN_SUPERSEDED, E_STATE, E_VERSION_STALE; E_OFFER_ACCEPTED for an offer that was taken;
            E_RETURNED when the rejection sent the request back to its account manager.
    """
    require(may(actor, Action.REOPEN_DECISION))
    proposal = find_proposal(session, actor, proposal_id)
    check_may_decide(session, actor, proposal)
    check_open(session, proposal, version, ProposalAction.REOPEN)
    _check_possible(session, proposal)
    acting = replace(actor, on_behalf_of=principal(session, actor, proposal))
    void_offers(session, proposal, acting)
    with changing(session, acting, Event.DECISION_REOPENED, proposal):
        move(proposal, ProposalAction.REOPEN)
    request = proposal.request
    if request.status == RequestStatus.DECIDED:
        with changing(session, acting, Event.DECISION_REOPENED, request):
            move(request, RequestAction.REOPEN)
    notify(
        session,
        users=parties(request),
        kind=NotificationKind.REOPENED,
        text=Message(
            "%(department)s takes back its answer to “%(title)s” and decides again.",
            {"department": proposal.department.name, "title": request.title},
        ),
        link=f"/requests/{request.id}",
    )
    return proposal


def _check_possible(session: Session, proposal: Proposal) -> None:
    """Go on when nobody has built upon the answer."""
    if proposal.request.status == RequestStatus.RETURNED:
        raise refuse(
            Kind.STATE,
            "E_RETURNED",
            "Your rejection sent the request back to its account manager.",
            "When it is corrected and submitted, the next plan proposes it again.",
        )
    taken = select(CounterOffer.id).where(
        CounterOffer.proposal_id == proposal.id, CounterOffer.state == OfferState.ACCEPTED
    )
    if proposal.state == ProposalState.COUNTERED and session.scalar(taken.limit(1)) is not None:
        raise refuse(
            Kind.STATE,
            "E_OFFER_ACCEPTED",
            "The account manager has accepted your offer.",
            "Ask the account manager to take the acceptance back; then decide again.",
        )
