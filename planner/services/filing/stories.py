"""What happened to a request: the people proposed, the decisions, the history with old and new values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import (
    Allocation,
    AuditEvent,
    Decision,
    JobState,
    PlanRun,
    Proposal,
    ProposalState,
    RequestLine,
    RequestOutcome,
    ResourceRequest,
    RunPurpose,
    User,
)
from planner.scope import find_request, visible_accounts, visible_proposals
from planner.verdict import require

UNINTERESTING = frozenset(
    {"version", "updated_at", "status_since", "submitted_at", "filing_order", "id", "goal_id"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one department is asked for: one line's hours by person and week, and the last answer."""

    proposal: Proposal
    decision: Decision | None

    @property
    def people(self) -> dict[str, int]:
        """Quarter-hours by name."""
        found: dict[str, int] = {}
        for allocation in self.proposal.allocations:
            name = allocation.specialist.display_name
            found[name] = found.get(name, 0) + allocation.quarter_hours
        return found

    @property
    def weeks(self) -> tuple[str, ...]:
        """The ISO weeks with hours, in order."""
        return tuple(sorted({allocation.week for allocation in self.proposal.allocations}))


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the history. `changed` holds (before, after) by column; names are None for the planner."""

    at: datetime
    action: str
    who: str | None
    on_behalf_of: str | None
    reason: str
    changed: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """A request as the actor may know it.

    Attributes:
        request: The record.
        whole: Whether the actor may see worth, chances, evidence and history; a head may not.
        run: The newest finished plan that decided on the request; None before the first.
        outcome: What that plan gives it.
        parts: What that plan asks of departments, as far as the actor may see.
        history: All changes, the newest first; empty unless `whole`.
    """

    request: ResourceRequest
    whole: bool
    run: PlanRun | None
    outcome: RequestOutcome | None
    parts: Sequence[Part]
    history: Sequence[Happening]


def story(session: Session, actor: Actor, request_id: str) -> Story:
    """Everything about one request that the actor may see.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_REQUEST))
    request = find_request(session, actor, request_id)
    accounts = visible_accounts(session, actor).subquery()
    own = select(accounts.c.id).where(accounts.c.id == request.account_id)
    whole = session.scalar(own) is not None
    outcome = session.scalars(
        select(RequestOutcome)
        .join(PlanRun, PlanRun.id == RequestOutcome.run_id)
        .where(
            RequestOutcome.request_id == request.id,
            PlanRun.state == JobState.DONE,
            PlanRun.purpose == RunPurpose.OFFICIAL,
        )
        .order_by(PlanRun.finished_at.desc(), PlanRun.number.desc())
    ).first()
    run = session.get(PlanRun, outcome.run_id) if outcome else None
    return Story(
        request=request,
        whole=whole,
        run=run,
        outcome=outcome,
        parts=_parts(session, actor, request, run) if run else (),
        history=_history(session, request) if whole else (),
    )


def _parts(session: Session, actor: Actor, request: ResourceRequest, run: PlanRun) -> list[Part]:
    proposals = session.scalars(
        visible_proposals(session, actor)
        .where(
            Proposal.request_id == request.id,
            Proposal.run_id == run.id,
            Proposal.state != ProposalState.SUPERSEDED,
        )
        .options(
            joinedload(Proposal.department),
            joinedload(Proposal.line).joinedload(RequestLine.skill),
            selectinload(Proposal.allocations).joinedload(Allocation.specialist),
        )
    ).all()
    answers: dict[str, Decision] = {}
    for decision in session.scalars(
        select(Decision)
        .where(Decision.proposal_id.in_([p.id for p in proposals]))
        .options(joinedload(Decision.decided_by))
        .order_by(Decision.decided_at, Decision.created_at)
    ):
        answers[decision.proposal_id] = decision
    parts = [Part(p, answers.get(p.id)) for p in proposals]
    return sorted(parts, key=lambda part: (part.proposal.line.position, part.proposal.department.name))


def _history(session: Session, request: ResourceRequest) -> list[Happening]:
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.entity == ResourceRequest.__tablename__, AuditEvent.entity_id == request.id)
        .order_by(AuditEvent.seq.desc())
    ).all()
    ids = {e.actor_id for e in events} | {e.on_behalf_of_id for e in events}
    people = {u.id: u.display_name for u in session.scalars(select(User).where(User.id.in_(ids - {None})))}
    return [
        Happening(
            at=event.at,
            action=event.action,
            who=people.get(event.actor_id or ""),
            on_behalf_of=people.get(event.on_behalf_of_id or ""),
            reason=event.reason,
            changed=changes(event.before, event.after),
        )
        for event in events
    ]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, tuple[Any, Any]]:
    """What differs between two states of a row, by column, as (before, after); nothing for a new row."""
    if not before or not after:
        return {}
    return {
        name: (before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if name not in UNINTERESTING and before.get(name) != after.get(name)
    }
