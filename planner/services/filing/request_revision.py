"""What an edit does to the plan: only what it touches is decided anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, changing
from planner.records import NotificationKind, Proposal, ProposalState, ResourceRequest
from planner.services.filing.request_values import RequestValues
from planner.services.staff.notifying import notify
from planner.solving.demand import line_digest
from planner.solving.voiding import void_offers
from planner.transitions import ProposalAction, move, target
from planner.verdict import Message
from planner.worth import UrgencyKind


def changes_the_plan(before: RequestValues, after: RequestValues) -> bool:
    """Whether an edit can change a plan; words, evidence, the stage and the goal cannot."""
    if before.urgency != UrgencyKind.NONE and bool(before.deadline_source) != bool(after.deadline_source):
        # Without a source nothing is urgent.
        return True
    return _without_words(before) != _without_words(after)


def _without_words(values: RequestValues) -> RequestValues:
    return replace(
        values,
        title="",
        need_statement="",
        deadline_source="",
        evidence=(),
        stage=None,
        curve_reason="",
        goal_code=None,
    )


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
            if proposal.state == ProposalState.APPROVED:
                _tell(session, proposal)
            with changing(session, actor, Event.ALLOCATION_WITHDRAWN, proposal):
                move(proposal, ProposalAction.SUPERSEDE)


def _tell(session: Session, proposal: Proposal) -> None:
    """The heads whose approval falls learn of it at once."""
    department = proposal.department
    words = {"title": proposal.request.title, "department": department.name}
    notify(
        session,
        users=[department.head_id, department.deputy_head_id],
        kind=NotificationKind.REOPENED,
        text=Message("“%(title)s” was changed; what %(department)s approved of it is open again.", words),
        link=f"/requests/{proposal.request_id}",
    )
