"""Planning cycles: one is open at a time, from collecting requests to the published plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import add_weeks, today, week_of, weeks_between
from planner.permissions import Action, may
from planner.records import (
    CycleKind,
    CycleStatus,
    Outcome,
    PlanningCycle,
    Proposal,
    RequestStatus,
    ResourceRequest,
)
from planner.scope import find_cycle
from planner.services.versions import check_version
from planner.solving.demand import FULL
from planner.supply import granted_in_public, promises
from planner.transitions import CycleAction, ProposalAction, RequestAction, move, target
from planner.verdict import Kind, Problem, refuse, require

BEFORE_PUBLICATION = (CycleStatus.COLLECTING, CycleStatus.SOLVING, CycleStatus.DECIDING)

WAITING = (RequestStatus.SUBMITTED, RequestStatus.PLANNED, RequestStatus.DECIDED)


@dataclass(frozen=True, slots=True)
class CycleValues:
    """A cycle as typed. `first_week` as "2027-W01"; the three times are aware and in this order."""

    name: str
    first_week: str
    request_cutoff: datetime
    decision_deadline: datetime
    publish_at: datetime
    kind: str = CycleKind.WEEKLY.value
    horizon_weeks: int = 26
    frozen_weeks: int = 2
    slushy_weeks: int = 4


def current_cycle(session: Session) -> PlanningCycle | None:
    """The cycle that counts now: the one before publication, else the newest published; None without one."""
    unpublished = case((PlanningCycle.status.in_(BEFORE_PUBLICATION), 0), else_=1)
    return session.scalars(
        select(PlanningCycle)
        .where(PlanningCycle.status != CycleStatus.CLOSED)
        .order_by(unpublished, PlanningCycle.first_week.desc(), PlanningCycle.created_at.desc())
        .limit(1)
    ).first()


def list_cycles(session: Session, actor: Actor) -> list[PlanningCycle]:
    """All cycles, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_CYCLES))
    order = PlanningCycle.first_week.desc(), PlanningCycle.created_at.desc()
    return list(session.scalars(select(PlanningCycle).order_by(*order)))


def open_cycle(session: Session, actor: Actor, values: CycleValues) -> PlanningCycle:
    """Begin collecting requests for a new cycle.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID with every value at fault; E_CYCLE_OPEN while another cycle is not
            published yet.
    """
    require(may(actor, Action.OPEN_CYCLE))
    checks.require_well_formed(_problems(values) or _clashes(session, values))
    running = session.scalars(
        select(PlanningCycle.name).where(PlanningCycle.status.in_(BEFORE_PUBLICATION))
    ).first()
    if running:
        raise refuse(
            Kind.STATE,
            "E_CYCLE_OPEN",
            "The cycle “%(name)s” is still open.",
            "Publish or close it first.",
            name=running,
        )
    cycle = PlanningCycle(
        name=checks.tidy(values.name),
        kind=CycleKind(values.kind),
        first_week=values.first_week,
        horizon_weeks=values.horizon_weeks,
        frozen_weeks=values.frozen_weeks,
        slushy_weeks=values.slushy_weeks,
        request_cutoff=values.request_cutoff,
        decision_deadline=values.decision_deadline,
        publish_at=values.publish_at,
        status=CycleStatus.COLLECTING,
    )
    created(session, actor, Event.CYCLE_OPENED, cycle)
    return cycle


def _problems(values: CycleValues) -> list[Problem]:
    found = checks.text("name", values.name, 120, required=True)
    found += checks.choice("kind", values.kind, CycleKind)
    found += checks.week("first_week", values.first_week)
    found += checks.whole("horizon_weeks", values.horizon_weeks, 1, 53)
    found += checks.whole("frozen_weeks", values.frozen_weeks, 0, 53)
    found += checks.whole("slushy_weeks", values.slushy_weeks, 0, 53)
    if not found and values.frozen_weeks + values.slushy_weeks > values.horizon_weeks:
        reason = "The frozen and the priced weeks are more than the whole plan."
        remedy = "Make them fewer or plan more weeks."
        found.append(checks.problem("slushy_weeks", "E_CYCLE_ZONES", reason, remedy))
    times = (
        ("request_cutoff", values.request_cutoff),
        ("decision_deadline", values.decision_deadline),
        ("publish_at", values.publish_at),
    )
    for where, time in times:
        if time.tzinfo is None or time.year not in checks.YEARS:
            reason, remedy = "This is not a time.", "Give day, time and zone."
            found.append(checks.problem(where, "E_DATE", reason, remedy))
    if found:
        return found
    for (_, before), (where, after) in pairwise(times):
        if after < before:
            reason = "Requests close first, then heads decide, then the plan is published."
            found.append(checks.problem(where, "E_RANGE_REVERSED", reason, "Put the times in this order."))
    return found


def _clashes(session: Session, values: CycleValues) -> list[Problem]:
    """The name is taken, or the weeks that may not change are already another cycle's of the same kind."""
    found: list[Problem] = []
    if session.scalars(
        select(PlanningCycle.id).where(PlanningCycle.name == checks.tidy(values.name))
    ).first():
        reason, remedy = "There is a cycle of this name.", "Choose another name."
        found.append(checks.problem("name", "E_EXISTS", reason, remedy))
    others = session.scalars(
        select(PlanningCycle).where(
            PlanningCycle.kind == CycleKind(values.kind), PlanningCycle.status != CycleStatus.CLOSED
        )
    )
    for other in others:
        ahead = weeks_between(other.first_week, values.first_week)
        if -values.frozen_weeks < ahead < other.frozen_weeks:
            reason = "The first weeks are frozen in the cycle “%(name)s”."
            remedy = "Begin in %(week)s or close that cycle."
            week = add_weeks(other.first_week, other.frozen_weeks)
            found.append(
                checks.problem("first_week", "E_CYCLE_OVERLAP", reason, remedy, name=other.name, week=week)
            )
    return found


def close_cycle(session: Session, actor: Actor, cycle_id: str, version: int) -> PlanningCycle:
    """End a cycle. What it did not publish waits for the next one, or expires when its last week is over.

    What an earlier cycle published stays published: the hours of that publication stand. When another cycle
    is open already, that one has taken the waiting requests over.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE while a run is going on.
    """
    require(may(actor, Action.CLOSE_CYCLE))
    cycle = find_cycle(session, actor, cycle_id)
    check_version(session, cycle, version)
    with changing(session, actor, Event.CYCLE_CLOSED, cycle):
        move(cycle, CycleAction.CLOSE)
    others = select(PlanningCycle.id).where(PlanningCycle.status != CycleStatus.CLOSED)
    if session.scalar(others.limit(1)) is None:
        _carry_all(session, actor)
    return cycle


def _carry_all(session: Session, actor: Actor) -> None:
    """Give every waiting request its place after the end of the cycle."""
    waiting = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.status.in_(WAITING))
        .order_by(ResourceRequest.filing_order, ResourceRequest.id)
    ).all()
    standing = {promise.request_id for promise in promises(session)}
    public = granted_in_public(session, standing & {request.id for request in waiting})
    for request in waiting:
        # Who changed the request meanwhile asks for something else than what was published.
        if request.id in public and request.status != RequestStatus.SUBMITTED:
            _keep(session, actor, request, public[request.id])
        else:
            _carry(session, actor, request)


def _keep(session: Session, actor: Actor, request: ResourceRequest, fraction: int) -> None:
    """Let the former publication speak again, which grants `fraction` per mille of the hours."""
    _withdraw(session, actor, request)
    with changing(session, actor, Event.REQUEST_KEPT, request):
        move(request, RequestAction.PUBLISH)
        request.outcome = Outcome.GRANTED if fraction >= FULL else Outcome.PARTLY


def _carry(session: Session, actor: Actor, request: ResourceRequest) -> None:
    """Keep a waiting request in the order with its first place, or let it expire."""
    over = request.latest_week is not None and weeks_between(week_of(today()), request.latest_week) < 0
    if not over and request.status == RequestStatus.SUBMITTED:
        return
    _withdraw(session, actor, request)
    event = Event.REQUEST_EXPIRED if over else Event.REQUEST_CARRIED
    with changing(session, actor, event, request):
        move(request, RequestAction.EXPIRE if over else RequestAction.CARRY)
        request.outcome = None


def _withdraw(session: Session, actor: Actor, request: ResourceRequest) -> None:
    """What the cycle proposed for the request falls with it."""
    for proposal in session.scalars(select(Proposal).where(Proposal.request_id == request.id)):
        if target(proposal, ProposalAction.SUPERSEDE) is not None:
            with changing(session, actor, Event.ALLOCATION_WITHDRAWN, proposal):
                move(proposal, ProposalAction.SUPERSEDE)
