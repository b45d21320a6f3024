"""What an edit does to the plan: only what it touches is decided anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, changing
from planner.records import Proposal, ResourceRequest
from planner.services.request_values import RequestValues
from planner.solving.demand import line_digest
from planner.solving.voiding import void_offers
from planner.transitions import ProposalAction, move, target
from planner.worth import UrgencyKind


def changes_the_plan(before: RequestValues, after: RequestValues) -> bool:
    """Whether an edit can change a plan; a title, a need, a source and evidence cannot."""
    words = {"title": "", "need_statement": "", "deadline_source": "", "evidence": ()}
    if before.urgency != UrgencyKind.NONE and bool(before.deadline_source) != bool(after.deadline_source):
        # Without a source nothing is urgent.
        return True
    return replace(before, **words) != replace(after, **words)


def withdraw_proposals(session: Session, actor: Actor, request: ResourceRequest) -> None:
    """What was proposed and not yet published for the request is void."""
    _withdraw(session, actor, request, lambda _proposal: True)


def withdraw_touched(session: Session, actor: Actor, request: ResourceRequest) -> None:
    """What was proposed for lines that now ask for something else is void; the rest stands."""
    session.flush()
    asked = {line.id: line_digest(request, line) for line in request.lines}
    _withdraw(session, actor, request, lambda p: asked.get(p.line_id) != p.line_digest)


def _withdraw(
    session: Session, actor: Actor, request: ResourceRequest, touched: Callable[[Proposal], bool]
) -> None:
    for proposal in session.scalars(select(Proposal).where(Proposal.request_id == request.id)):
        if target(proposal, ProposalAction.SUPERSEDE) is not None and touched(proposal):
            void_offers(session, proposal, actor)
            with changing(session, actor, Event.ALLOCATION_WITHDRAWN, proposal):
                move(proposal, ProposalAction.SUPERSEDE)
