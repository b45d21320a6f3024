"""A run beside the published plan: what changes for which request and which person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import (
    Allocation,
    JobState,
    PlanRun,
    Publication,
    RequestOutcome,
    ResourceRequest,
    RunPurpose,
    Specialist,
)
from planner.scope import find_run
from planner.solving.outcome import given
from planner.supply import Promise, promises
from planner.verdict import require

Hours = dict[tuple[str, str, str], int]
"""Quarter-hours by (specialist id, week, request id)."""


@dataclass(frozen=True, slots=True)
class RequestChange:
    """A request with other hours than published: quarter-hours before and after."""

    request_id: str
    title: str
    account: str
    outcome: str | None
    before: int
    after: int
    kind: str


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person with other hours for a request in a week than published: quarter-hours before and after."""

    specialist_id: str
    specialist: str
    week: str
    request_id: str
    title: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against what is published, or against the plan before it, weeks of the run only.

    Attributes:
        run: The run.
        previous: The plan before it, when that is what it is held against; else None.
        published_number: The newest publication; None when nothing is published, so that all is new.
        requests: Requests with changed hours: "new", "withdrawn", "more", "less" or "moved", by filing order.
        people: Changes per person, week and request, by name and week.
        same: How many requests keep exactly their hours.
        churn_minor: What the plan charges for withdrawn and moved hours.
    """

    run: PlanRun
    previous: PlanRun | None
    published_number: int | None
    requests: tuple[RequestChange, ...]
    people: tuple[PersonChange, ...]
    same: int
    churn_minor: int | None


def compare(session: Session, actor: Actor, run_id: str, *, with_previous: bool = False) -> Comparison:
    """What the run would change against what is published, or against the plan before it.

    Args:
        session: For reading.
        actor: Leadership, planner or finance.
        run_id: A run of which the plan is compared.
        with_previous: Hold it against the cycle's plan before it, as after a rejection; against what is
            published when there is none.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.COMPARE_RUN))
    run = find_run(session, actor, run_id)
    outcomes = {
        o.request_id: o
        for o in session.scalars(select(RequestOutcome).where(RequestOutcome.run_id == run.id))
    }
    first = run.parameters["first_week"]
    previous = _previous(session, run) if with_previous else None
    if previous is not None:
        before = {cell: hours for cell, hours in _after(session, previous).items() if cell[1] >= first}
        outcomes = {**_dropped(session, previous, before), **outcomes}
    else:
        before = _before([p for p in promises(session) if p.week >= first and p.request_id in outcomes])
    after = _after(session, run)
    requests = {
        r.id: r
        for r in session.scalars(
            select(ResourceRequest)
            .where(ResourceRequest.id.in_(outcomes))
            .order_by(ResourceRequest.filing_order, ResourceRequest.id)
            .options(selectinload(ResourceRequest.account))
        )
    }
    changes = [
        change for r in requests.values() if (change := _change(r, outcomes[r.id], before, after)) is not None
    ]
    promised = {request for _, _, request in before} | {request for _, _, request in after}
    return Comparison(
        run=run,
        previous=previous,
        published_number=session.scalar(select(func.max(Publication.number))),
        requests=tuple(changes),
        people=_people(session, requests, before, after),
        same=len(promised) - len(changes),
        churn_minor=run.churn_minor,
    )


def _previous(session: Session, run: PlanRun) -> PlanRun | None:
    """The cycle's newest official plan before the run."""
    return session.scalars(
        select(PlanRun)
        .where(
            PlanRun.cycle_id == run.cycle_id,
            PlanRun.purpose == RunPurpose.OFFICIAL,
            PlanRun.state == JobState.DONE,
            PlanRun.number < run.number,
        )
        .order_by(PlanRun.number.desc())
        .limit(1)
    ).first()


def _dropped(session: Session, previous: PlanRun, before: Hours) -> dict[str, RequestOutcome]:
    """Outcomes of the previous plan for requests that had hours then."""
    asked = {request for _, _, request in before}
    query = select(RequestOutcome).where(
        RequestOutcome.run_id == previous.id, RequestOutcome.request_id.in_(asked)
    )
    return {o.request_id: o for o in session.scalars(query)}


def _before(standing: list[Promise]) -> Hours:
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for p in standing:
        found[p.specialist_id, p.week, p.request_id] += p.quarter_hours
    return found


def _after(session: Session, run: PlanRun) -> Hours:
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for a in session.scalars(
        select(Allocation).where(Allocation.run_id == run.id).options(selectinload(Allocation.proposal))
    ):
        found[a.specialist_id, a.week, a.proposal.request_id] += a.quarter_hours
    return found


def _change(
    request: ResourceRequest, outcome: RequestOutcome, before: Hours, after: Hours
) -> RequestChange | None:
    old = {cell: hours for cell, hours in before.items() if cell[2] == request.id}
    new = {cell: hours for cell, hours in after.items() if cell[2] == request.id}
    if old == new:
        return None
    had, has = sum(old.values()), sum(new.values())
    if not had:
        kind = "new"
    elif not has:
        kind = "withdrawn"
    elif had == has:
        kind = "moved"
    else:
        kind = "more" if has > had else "less"
    return RequestChange(
        request.id, request.title, request.account.name, given(outcome).value, had, has, kind
    )


def _people(
    session: Session, requests: dict[str, ResourceRequest], before: Hours, after: Hours
) -> tuple[PersonChange, ...]:
    names = dict(session.execute(select(Specialist.id, Specialist.display_name)).all())
    changes = [
        PersonChange(
            who, names[who], week, request, requests[request].title, before.get(cell, 0), after.get(cell, 0)
        )
        for cell in {*before, *after}
        for who, week, request in [cell]
        if before.get(cell, 0) != after.get(cell, 0)
    ]
    return tuple(sorted(changes, key=lambda c: (c.specialist, c.specialist_id, c.week, c.title)))
