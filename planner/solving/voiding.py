"""A counter-offer falls with the proposal it stood against."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import SYSTEM, Actor
from planner.audit import Event, changing
from planner.records import CounterOffer, OfferState, Proposal, ProposalState
from planner.transitions import OfferAction, move


def void_offers(
    session: Session, proposal: Proposal, actor: Actor = SYSTEM, *, keep_accepted: bool = False
) -> None:
    """End what was offered instead of the proposal; a new plan has taken up what was accepted."""
    if proposal.state != ProposalState.COUNTERED:
        return
    states = [OfferState.OPEN] if keep_accepted else [OfferState.OPEN, OfferState.ACCEPTED]
    rows = session.scalars(
        select(CounterOffer).where(CounterOffer.proposal_id == proposal.id, CounterOffer.state.in_(states))
    )
    for offer in rows:
        with changing(session, actor, Event.OFFER_VOIDED, offer):
            move(offer, OfferAction.VOID)
