"""What waits for a head: proposals grouped by person and week, with load, worth band and consequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor, acts_for
from planner.permissions import Action, may
from planner.records import (
    Allocation,
    CycleStatus,
    Decision,
    Department,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    RequestLine,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    Specialist,
    SpecialistSkill,
)
from planner.scope import decidable, find_proposal
from planner.services.approving.consequences import Consequence, consequences
from planner.services.approving.deciding import GOAL, parties
from planner.services.approving.inbox_evidence import changes_since, proofs_of
from planner.services.approving.inbox_views import (
    HoursChange,
    Inbox,
    InboxItem,
    PersonHours,
    PersonWeek,
    Sent,
    SkillProof,
)
from planner.services.approving.offer_views import offers_of
from planner.services.approving.person_weeks import person_weeks
from planner.solving.material import newest_plan
from planner.verdict import not_found, require

__all__ = [
    "HoursChange",
    "Inbox",
    "InboxItem",
    "PersonHours",
    "PersonWeek",
    "Sent",
    "SkillProof",
    "bands",
    "deciding_cycle",
    "inbox",
    "outbox",
    "proposal_view",
]

BANDS = 5
OPEN_CYCLES = (CycleStatus.SOLVING, CycleStatus.DECIDING, CycleStatus.PUBLISHED)
"""A published cycle may have parts that nobody decided in time; they stay open."""

STANDING = (ProposalState.PROPOSED, ProposalState.APPROVED)
SHOWN = (*STANDING, ProposalState.REJECTED, ProposalState.COUNTERED)


def inbox(session: Session, actor: Actor) -> Inbox:
    """Everything the actor's departments are asked for now, decided parts included.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_INBOX))
    cycle = deciding_cycle(session)
    run = newest_plan(session, cycle.id) if cycle else None
    if cycle is None:
        return Inbox(None, None, None, None, (), ())
    if run is None:
        return Inbox(cycle, None, None, cycle.decision_deadline, (), ())
    rows = proposals_of(session, run, decidable(session, actor))
    items = _items(session, actor, run, rows)
    return Inbox(
        cycle, run, run.finished_at, cycle.decision_deadline, items, person_weeks(session, run, rows)
    )


def deciding_cycle(session: Session) -> PlanningCycle | None:
    """The cycle whose plan is decided now; one that is not published yet before one that is."""
    published = case((PlanningCycle.status == CycleStatus.PUBLISHED, 1), else_=0)
    return session.scalars(
        select(PlanningCycle)
        .where(PlanningCycle.status.in_(OPEN_CYCLES))
        .order_by(published, PlanningCycle.decision_deadline.desc(), PlanningCycle.id)
    ).first()


def proposal_view(session: Session, actor: Actor, proposal_id: str) -> InboxItem:
    """One proposal for a department of the actor.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_PROPOSAL))
    proposal = find_proposal(session, actor, proposal_id)
    own = select(Proposal.id).where(Proposal.id == proposal.id, decidable(session, actor))
    if session.scalar(own) is None:
        raise not_found()
    return _items(session, actor, proposal.run, [proposal])[0]


def outbox(session: Session, actor: Actor, limit: int = 200) -> tuple[Sent, ...]:
    """What was decided for the actor's departments, newest first, at most `limit`.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_OUTBOX))
    rows = session.execute(
        select(Decision, Proposal, ResourceRequest, PlanRun.number, Department.name)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(ResourceRequest, ResourceRequest.id == Proposal.request_id)
        .join(PlanRun, PlanRun.id == Proposal.run_id)
        .join(Department, Department.id == Proposal.department_id)
        .where(decidable(session, actor))
        .order_by(Decision.created_at.desc(), Decision.id)
        .limit(limit)
        .options(
            selectinload(Decision.decided_by),
            selectinload(ResourceRequest.account),
        )
    ).all()
    costs: dict[str, Consequence] = {}
    for reason in {d.reason for d, *_ in rows if d.reason is not None}:
        refused = [p for d, p, *_ in rows if d.reason == reason]
        costs |= consequences(session, actor, refused, reason)
    cycle = deciding_cycle(session)
    newest = newest_plan(session, cycle.id) if cycle else None
    return tuple(
        Sent(
            decision=decision,
            title=request.title,
            account=request.account.name,
            department=department,
            run_number=number,
            decided_by=decision.decided_by.display_name,
            outcome=decision.outcome,
            reason=decision.reason,
            carried=decision.carried_from_id is not None,
            consequence=costs.get(proposal.id) if decision.reason else None,
            version=proposal.version if _may_reopen(decision, proposal, newest) else None,
        )
        for decision, proposal, request, number, department in rows
    )


def _may_reopen(decision: Decision, proposal: Proposal, newest: PlanRun | None) -> bool:
    """Whether the answer stands on the newest plan and nobody has built upon it."""
    current = newest is not None and proposal.run_id == newest.id
    stands = proposal.state == GOAL[decision.outcome]
    return current and stands and proposal.request.status != RequestStatus.RETURNED


def proposals_of(session: Session, run: PlanRun, whose: ColumnElement[bool]) -> Sequence[Proposal]:
    """The run's proposals under that condition, put aside ones left out, with all that a page shows."""
    request = selectinload(Proposal.request)
    return session.scalars(
        select(Proposal)
        .join(ResourceRequest, ResourceRequest.id == Proposal.request_id)
        .where(
            Proposal.run_id == run.id,
            whose,
            Proposal.state.in_(SHOWN),
        )
        .order_by(ResourceRequest.filing_order, Proposal.line_id, Proposal.department_id)
        .options(
            selectinload(Proposal.allocations)
            .selectinload(Allocation.specialist)
            .selectinload(Specialist.skills)
            .selectinload(SpecialistSkill.skill),
            request.selectinload(ResourceRequest.account),
            request.selectinload(ResourceRequest.kam),
            selectinload(Proposal.line).selectinload(RequestLine.skill),
            selectinload(Proposal.line).selectinload(RequestLine.language),
            selectinload(Proposal.department),
        )
    ).all()


def bands(session: Session, run: PlanRun) -> dict[str, int]:
    """The value band of every granted request of the run, 1 to 5: its fifth by worth, ties in the higher."""
    worth = dict(
        session.execute(
            select(RequestOutcome.request_id, RequestOutcome.value_minor).where(
                RequestOutcome.run_id == run.id, RequestOutcome.level >= 0
            )
        ).all()
    )
    total = len(worth)
    return {key: -(-BANDS * sum(v <= value for v in worth.values()) // total) for key, value in worth.items()}


def _items(session: Session, actor: Actor, run: PlanRun, rows: Sequence[Proposal]) -> tuple[InboxItem, ...]:
    band = bands(session, run)
    costs = consequences(session, actor, rows)
    offers = offers_of(session, [p.id for p in rows])
    changed = changes_since(session, rows)
    refused = set(
        session.scalars(
            select(Proposal.request_id).where(
                Proposal.run_id == run.id, Proposal.state == ProposalState.REJECTED
            )
        )
    )
    people = acts_for(session, actor)
    return tuple(
        replace(
            _item(p, band.get(p.request_id, 1), costs[p.id]),
            offer=offers.get(p.id),
            changes=changed.get(p.id, ()),
            is_own=not people.isdisjoint(parties(p.request)),
            moot=p.request_id in refused and _waits(p),
        )
        for p in rows
    )


def _waits(proposal: Proposal) -> bool:
    return proposal.state == ProposalState.PROPOSED


def _item(p: Proposal, band: int, cost: Consequence) -> InboxItem:
    hours = tuple(
        PersonHours(a.specialist_id, a.specialist.display_name, a.week, a.quarter_hours)
        for a in sorted(p.allocations, key=lambda a: (a.week, a.specialist_id))
    )
    return InboxItem(
        proposal_id=p.id,
        version=p.version,
        state=p.state,
        run_id=p.run_id,
        request_id=p.request_id,
        title=p.request.title,
        account=p.request.account.name,
        kam=p.request.kam.display_name,
        need=p.request.need_statement,
        activity=p.line.activity,
        skill=p.line.skill.key,
        skill_labels=p.line.skill.labels,
        min_level=p.line.min_level,
        hours=hours,
        quarter_hours=sum(h.quarter_hours for h in hours),
        value_band=band,
        proofs=proofs_of(p),
        changes=(),
        offer=None,
        department=p.department.name,
        is_own=False,
        moot=False,
        consequence=cost,
    )
