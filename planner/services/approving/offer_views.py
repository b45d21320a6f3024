"""Counter-offers as people see them, beside what the plan proposes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import (
    Account,
    CounterHours,
    CounterOffer,
    OfferState,
    Proposal,
    ResourceRequest,
)
from planner.scope import accounts_of, decidable
from planner.services.approving.offer_rules import FULL
from planner.verdict import require


@dataclass(frozen=True, slots=True)
class OfferLine:
    """Quarter-hours of one person in one week: proposed by the plan, and offered instead."""

    specialist_id: str
    specialist: str
    week: str
    proposed: int
    offered: int


@dataclass(frozen=True, slots=True)
class OfferView:
    """A counter-offer as head and key account manager see it.

    Attributes:
        offer_id: Its id.
        version: To be given back with the answer.
        state: "open", "accepted", "declined" or "void".
        request_id: The request.
        title: Its title.
        department: Who offers.
        made_by: The head.
        text: The head's words.
        made_at: When.
        hours: Proposed and offered hours, by week and name.
        proposed: Quarter-hours that the plan proposes.
        offered: Quarter-hours that are offered.
        fraction: Their share of the line's full hours, per mille.
        needs_chance: Whether the account manager must say the chance of success with these hours.
        chance_between: Least and most probability, per mille, that would not contradict what was said.
        answer: What the account manager answered.
        answered_by: Who answered.
    """

    offer_id: str
    version: int
    state: OfferState
    request_id: str
    title: str
    department: str
    made_by: str
    text: str
    made_at: datetime
    hours: tuple[OfferLine, ...]
    proposed: int
    offered: int
    fraction: int
    needs_chance: bool
    chance_between: tuple[int, int]
    answer: str
    answered_by: str | None


def list_offers(session: Session, actor: Actor) -> tuple[OfferView, ...]:
    """Counter-offers for the actor's accounts, open ones first, then the newest.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_OFFERS))
    rows = session.scalars(
        offers_in_full()
        .join(Proposal, Proposal.id == CounterOffer.proposal_id)
        .join(ResourceRequest, ResourceRequest.id == Proposal.request_id)
        .join(Account, Account.id == ResourceRequest.account_id)
        .where(accounts_of(session, actor))
        .order_by((CounterOffer.state == OfferState.OPEN).desc(), CounterOffer.made_at.desc())
        .limit(200)
    )
    return tuple(offer_view(row) for row in rows)


def made_offers(session: Session, actor: Actor) -> tuple[OfferView, ...]:
    """Counter-offers of the actor's departments, the newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_OUTBOX))
    rows = session.scalars(
        offers_in_full()
        .join(Proposal, Proposal.id == CounterOffer.proposal_id)
        .where(decidable(session, actor))
        .order_by(CounterOffer.made_at.desc(), CounterOffer.id)
        .limit(200)
    )
    return tuple(offer_view(row) for row in rows)


def offers_of(session: Session, proposals: Iterable[str]) -> dict[str, OfferView]:
    """The newest counter-offer of each proposal, by the proposal's id; the caller has checked the sight."""
    rows = session.scalars(
        offers_in_full().where(CounterOffer.proposal_id.in_(set(proposals))).order_by(CounterOffer.made_at)
    )
    return {row.proposal_id: offer_view(row) for row in rows}


def offer_view(offer: CounterOffer) -> OfferView:
    """The offer beside what was proposed."""
    proposal = offer.proposal
    proposed = {(a.specialist_id, a.week): a for a in proposal.allocations}
    offered = {(h.specialist_id, h.week): h for h in offer.hours}
    people = {a.specialist_id: a.specialist.display_name for a in proposal.allocations}
    people |= {h.specialist_id: h.specialist.display_name for h in offer.hours}
    low, high = chances(proposal.request, offer.fraction)
    lines = [
        OfferLine(
            who,
            people[who],
            week,
            proposed[who, week].quarter_hours if (who, week) in proposed else 0,
            offered[who, week].quarter_hours if (who, week) in offered else 0,
        )
        for who, week in sorted({*proposed, *offered}, key=lambda cell: (cell[1], people[cell[0]], cell[0]))
    ]
    return OfferView(
        offer_id=offer.id,
        version=offer.version,
        state=offer.state,
        request_id=proposal.request_id,
        title=proposal.request.title,
        department=proposal.department.name,
        made_by=offer.made_by.display_name,
        text=offer.text,
        made_at=offer.made_at,
        hours=tuple(lines),
        proposed=sum(line.proposed for line in lines),
        offered=sum(line.offered for line in lines),
        fraction=offer.fraction,
        needs_chance=needs_chance(proposal.request, offer.fraction),
        chance_between=(low, high),
        answer=offer.answer,
        answered_by=offer.answered_by.display_name if offer.answered_by else None,
    )


def offers_in_full() -> Select[CounterOffer]:
    """Counter-offers with all that a view of them shows."""
    proposal = selectinload(CounterOffer.proposal)
    request = proposal.selectinload(Proposal.request)
    return select(CounterOffer).options(
        selectinload(CounterOffer.hours).selectinload(CounterHours.specialist),
        selectinload(CounterOffer.made_by),
        selectinload(CounterOffer.answered_by),
        proposal.selectinload(Proposal.allocations),
        proposal.selectinload(Proposal.department),
        request.selectinload(ResourceRequest.curve),
    )


def needs_chance(request: ResourceRequest, fraction: int) -> bool:
    """Whether the request does not say its chance of success at the fraction, per mille."""
    return all(point.fraction != fraction for point in request.curve)


def chances(request: ResourceRequest, fraction: int) -> tuple[int, int]:
    """Least and most probability at the fraction that keep the curve rising, per mille."""
    below = [p.probability for p in request.curve if p.fraction <= fraction]
    above = [p.probability for p in request.curve if p.fraction >= fraction]
    return max(below, default=0), min(above, default=FULL)
