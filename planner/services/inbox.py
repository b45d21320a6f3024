"""What waits for a head: proposals grouped by person and week, with load, worth band and consequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.capacity import WeekHours
from planner.clock import monday
from planner.permissions import Action, may
from planner.records import (
    Allocation,
    CycleStatus,
    Decision,
    DecisionOutcome,
    Department,
    Leave,
    LeaveStatus,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    RejectionReason,
    RequestLine,
    RequestOutcome,
    ResourceRequest,
    Specialist,
)
from planner.scope import find_proposal, own_departments
from planner.services.consequences import Consequence, consequences
from planner.services.deciding import is_own
from planner.solving.material import newest_plan
from planner.supply import promised_elsewhere, promises, specialists, week_table
from planner.verdict import not_found, require

BANDS = 5
OPEN_CYCLES = (CycleStatus.SOLVING, CycleStatus.DECIDING, CycleStatus.PUBLISHED)
"""A published cycle may have parts that nobody decided in time; they stay open."""

STANDING = (ProposalState.PROPOSED, ProposalState.APPROVED)
SHOWN = (*STANDING, ProposalState.REJECTED, ProposalState.COUNTERED)


@dataclass(frozen=True, slots=True)
class PersonHours:
    """Quarter-hours that one person gives to one line in one week."""

    specialist_id: str
    specialist: str
    week: str
    quarter_hours: int


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One proposal as its head sees it: who asks for what of whom, never how much money it is worth.

    Attributes:
        proposal_id: What is decided.
        version: To be given back with the decision.
        state: "proposed", "approved", "rejected" ...
        run_id: The plan that proposes it.
        request_id: The request.
        title: Its title.
        account: Its customer.
        kam: Its key account manager.
        need: What the specialist is told.
        activity: What is done on this line.
        skill: Key of the skill; `skill_labels` its names by language.
        skill_labels: Names of the skill by language.
        min_level: Level asked for.
        hours: Who gives how much when.
        quarter_hours: Their sum.
        value_band: 1 to 5, fifths of the plan's granted requests by worth, 5 the most.
        is_own: Whether the actor filed it or manages its account and so may not decide.
        moot: Whether another part of the request was refused, so that it will be planned anew.
        consequence: What refusing it costs.
    """

    proposal_id: str
    version: int
    state: ProposalState
    run_id: str
    request_id: str
    title: str
    account: str
    kam: str
    need: str
    activity: str
    skill: str
    skill_labels: Mapping[str, str]
    min_level: int
    hours: tuple[PersonHours, ...]
    quarter_hours: int
    value_band: int
    is_own: bool
    moot: bool
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """The load of one person in one week, in quarter-hours.

    Attributes:
        specialist_id: The person.
        specialist: The name.
        week: ISO week.
        present: At work at all.
        own_work: Kept for the department.
        capacity: To lend, expedite reserve and other promises taken off.
        expedite: More for expedite requests only.
        promised: To requests that this plan does not contain.
        approved: Approved by this plan's heads so far.
        proposed: Still to be decided.
        planned_leave: Whether leave is planned that is not approved and so not taken off.
        proposals: Ids of the proposals behind `approved` and `proposed`.
    """

    specialist_id: str
    specialist: str
    week: str
    present: int
    own_work: int
    capacity: int
    expedite: int
    promised: int
    approved: int
    proposed: int
    planned_leave: bool
    proposals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for the actor's departments in the cycle that is being decided; empty when nothing does."""

    cycle: PlanningCycle | None
    run: PlanRun | None
    deadline: datetime | None
    items: tuple[InboxItem, ...]
    load: tuple[PersonWeek, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A decision that was made: on what, by whom and for whom, and what a rejection cost as far as known."""

    decision: Decision
    title: str
    account: str
    department: str
    run_number: int
    decided_by: str
    outcome: DecisionOutcome
    reason: RejectionReason | None
    carried: bool
    consequence: Consequence | None


def inbox(session: Session, actor: Actor) -> Inbox:
    """Everything the actor's departments are asked for now, decided parts included.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_INBOX))
    published = case((PlanningCycle.status == CycleStatus.PUBLISHED, 1), else_=0)
    cycle = session.scalars(
        select(PlanningCycle)
        .where(PlanningCycle.status.in_(OPEN_CYCLES))
        .order_by(published, PlanningCycle.decision_deadline.desc(), PlanningCycle.id)
    ).first()
    run = newest_plan(session, cycle.id) if cycle else None
    if cycle is None:
        return Inbox(None, None, None, (), ())
    if run is None:
        return Inbox(cycle, None, cycle.decision_deadline, (), ())
    rows = proposals_of(session, run, own_departments(session, actor))
    items = _items(session, actor, run, rows)
    return Inbox(cycle, run, cycle.decision_deadline, items, _load(session, run, rows))


def proposal_view(session: Session, actor: Actor, proposal_id: str) -> InboxItem:
    """One proposal for a department of the actor.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_PROPOSAL))
    proposal = find_proposal(session, actor, proposal_id)
    if proposal.department_id not in own_departments(session, actor):
        raise not_found()
    return _items(session, actor, proposal.run, [proposal])[0]


def outbox(session: Session, actor: Actor, limit: int = 200) -> tuple[Sent, ...]:
    """What was decided for the actor's departments, newest first, at most `limit`.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_OUTBOX))
    departments = own_departments(session, actor)
    rows = session.execute(
        select(Decision, Proposal, ResourceRequest, PlanRun.number, Department.name)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(ResourceRequest, ResourceRequest.id == Proposal.request_id)
        .join(PlanRun, PlanRun.id == Proposal.run_id)
        .join(Department, Department.id == Proposal.department_id)
        .where(Proposal.department_id.in_(departments))
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
        )
        for decision, proposal, request, number, department in rows
    )


def proposals_of(session: Session, run: PlanRun, departments: Collection[str]) -> Sequence[Proposal]:
    """The run's proposals for those departments, put aside ones left out, with all that a page shows."""
    request = selectinload(Proposal.request)
    return session.scalars(
        select(Proposal)
        .join(ResourceRequest, ResourceRequest.id == Proposal.request_id)
        .where(
            Proposal.run_id == run.id,
            Proposal.department_id.in_(departments),
            Proposal.state.in_(SHOWN),
        )
        .order_by(ResourceRequest.filing_order, Proposal.line_id, Proposal.department_id)
        .options(
            selectinload(Proposal.allocations).selectinload(Allocation.specialist),
            request.selectinload(ResourceRequest.account),
            request.selectinload(ResourceRequest.kam),
            selectinload(Proposal.line).selectinload(RequestLine.skill),
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
    refused = set(
        session.scalars(
            select(Proposal.request_id).where(
                Proposal.run_id == run.id, Proposal.state == ProposalState.REJECTED
            )
        )
    )
    return tuple(
        _item(actor, p, band.get(p.request_id, 1), costs[p.id], moot=p.request_id in refused and _waits(p))
        for p in rows
    )


def _waits(proposal: Proposal) -> bool:
    return proposal.state == ProposalState.PROPOSED


def _item(actor: Actor, p: Proposal, band: int, cost: Consequence, *, moot: bool) -> InboxItem:
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
        is_own=is_own(actor, p),
        moot=moot,
        consequence=cost,
    )


def _load(session: Session, run: PlanRun, rows: Iterable[Proposal]) -> tuple[PersonWeek, ...]:
    """Every person-week that the proposals touch, by name and week."""
    by_cell: defaultdict[tuple[str, str], list[tuple[Proposal, int]]] = defaultdict(list)
    for proposal in rows:
        for a in proposal.allocations:
            by_cell[a.specialist_id, a.week].append((proposal, a.quarter_hours))
    if not by_cell:
        return ()
    planned = set(session.scalars(select(RequestOutcome.request_id).where(RequestOutcome.run_id == run.id)))
    weeks = sorted({week for _, week in by_cell})
    people = {p.id: p for p in specialists(session) if any(p.id == who for who, _ in by_cell)}
    table = week_table(session, people.values(), weeks, promised_elsewhere(promises(session), planned))
    cells = [
        _person_week(people[who], week, table[who][weeks.index(week)], parts)
        for (who, week), parts in by_cell.items()
    ]
    return tuple(sorted(cells, key=lambda cell: (cell.specialist, cell.specialist_id, cell.week)))


def _person_week(
    person: Specialist, week: str, hours: WeekHours, parts: Sequence[tuple[Proposal, int]]
) -> PersonWeek:
    sums: defaultdict[ProposalState, int] = defaultdict(int)
    for proposal, amount in parts:
        sums[proposal.state] += amount
    return PersonWeek(
        specialist_id=person.id,
        specialist=person.display_name,
        week=week,
        present=hours.present,
        own_work=hours.present * person.department.own_work_reserve // 1000,
        capacity=hours.capacity,
        expedite=hours.expedite,
        promised=hours.promised,
        approved=sums[ProposalState.APPROVED],
        proposed=sums[ProposalState.PROPOSED],
        planned_leave=any(_in_week(leave, week) for leave in person.leaves),
        proposals=tuple(
            p.id for p, _ in parts if p.state in (ProposalState.APPROVED, ProposalState.PROPOSED)
        ),
    )


def _in_week(leave: Leave, week: str) -> bool:
    first = monday(week)
    last = date.fromordinal(first.toordinal() + 6)
    return leave.status == LeaveStatus.PLANNED and leave.first_day <= last and leave.last_day >= first
