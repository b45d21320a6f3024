"""What heads said to exactly these hours before goes with them into a new plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.records import (
    Allocation,
    CounterOffer,
    Decision,
    DecisionOutcome,
    OfferState,
    PlanRun,
    Proposal,
    ProposalState,
)
from planner.solving.holding import hold

HELD = (ProposalState.APPROVED, ProposalState.PUBLISHED)

Key = tuple[str, str]
"""Record ids of a line and of the department that lends to it."""

Shape = frozenset[tuple[str, str, int]]
"""Specialist id, ISO week and quarter-hours of every allocation."""


def answer(
    session: Session,
    proposal: Proposal,
    before: Iterable[Proposal],
    offer: CounterOffer | None,
    first: str,
) -> Decision | None:
    """What the head said to exactly these hours before: an approval, or an offer that was accepted."""
    if offer is not None and proposal.line_digest == offer.proposal.line_digest:
        offered = frozenset((h.specialist_id, h.week, h.quarter_hours) for h in offer.hours)
        if offered == shape(proposal.allocations):
            return Decision(
                outcome=DecisionOutcome.APPROVED,
                text=offer.text,
                decided_by_id=offer.made_by_id,
                on_behalf_of_id=offer.on_behalf_of_id,
                decided_at=offer.made_at,
            )
    approval = _approval(session, proposal, before, first)
    return None if approval is None else _carried(approval)


def agreed(session: Session, run: PlanRun) -> dict[Key, CounterOffer]:
    """Accepted counter-offers to the cycle's plans so far, by line and department."""
    rows = session.scalars(
        select(CounterOffer)
        .join(Proposal, Proposal.id == CounterOffer.proposal_id)
        .join(PlanRun, PlanRun.id == Proposal.run_id)
        .where(
            PlanRun.cycle_id == run.cycle_id,
            Proposal.state == ProposalState.COUNTERED,
            CounterOffer.state == OfferState.ACCEPTED,
        )
        .options(selectinload(CounterOffer.hours), selectinload(CounterOffer.proposal))
    )
    return {(offer.proposal.line_id, offer.proposal.department_id): offer for offer in rows}


def fits(session: Session, proposal: Proposal) -> bool:
    """Whether the hours could be booked; if capacity went while the plan was computed, the head is asked."""
    attempt = session.begin_nested()
    if hold(session, proposal):
        attempt.rollback()
        return False
    attempt.commit()
    return True


def earlier(session: Session, run: PlanRun, keys: Sequence[Key]) -> dict[Key, list[Proposal]]:
    """Approved and published proposals for the same lines and departments, newest run first."""
    rows = session.scalars(
        select(Proposal)
        .join(PlanRun, PlanRun.id == Proposal.run_id)
        .where(
            Proposal.line_id.in_({line for line, _ in keys}),
            Proposal.state.in_(HELD),
            Proposal.run_id != run.id,
        )
        .order_by(PlanRun.created_at.desc(), PlanRun.number.desc())
        .options(selectinload(Proposal.allocations))
    )
    found: defaultdict[Key, list[Proposal]] = defaultdict(list)
    for proposal in rows:
        found[proposal.line_id, proposal.department_id].append(proposal)
    return found


def _approval(
    session: Session, proposal: Proposal, before: Iterable[Proposal], first: str
) -> Decision | None:
    """The approval of the newest earlier proposal, if from week `first` on it is for exactly these hours."""
    newest = next(iter(before), None)
    if (
        newest is None
        or newest.line_digest != proposal.line_digest
        or shape(a for a in newest.allocations if a.week >= first) != shape(proposal.allocations)
    ):
        return None
    return session.scalars(
        select(Decision).where(Decision.proposal_id == newest.id).order_by(Decision.created_at.desc())
    ).first()


def _carried(approval: Decision) -> Decision:
    return Decision(
        outcome=approval.outcome,
        text=approval.text,
        decided_by_id=approval.decided_by_id,
        on_behalf_of_id=approval.on_behalf_of_id,
        decided_at=approval.decided_at,
        carried_from_id=approval.id,
    )


def shape(allocations: Iterable[Allocation]) -> Shape:
    """What two sets of allocations must share to be the same commitment."""
    return frozenset((a.specialist_id, a.week, a.quarter_hours) for a in allocations)
