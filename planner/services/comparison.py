"""A run beside the published plan: what changes for which request and which person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import Allocation, PlanRun, Publication, RequestOutcome, ResourceRequest, Specialist
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
    """A run against what is published, weeks of the run only.

    Attributes:
        run: The run.
        published_number: The newest publication; None when nothing is published, so that all is new.
        requests: Requests with changed hours: "new", "withdrawn", "more", "less" or "moved", by filing order.
        people: Changes per person, week and request, by name and week.
        same: How many requests keep exactly their hours.
        churn_minor: What the plan charges for withdrawn and moved hours.
    """

    run: PlanRun
    published_number: int | None
    requests: tuple[RequestChange, ...]
    people: tuple[PersonChange, ...]
    same: int
    churn_minor: int | None


def compare(session: Session, actor: Actor, run_id: str) -> Comparison:
    """What the run would change against what is published.

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
        published_number=session.scalar(select(func.max(Publication.number))),
        requests=tuple(changes),
        people=_people(session, requests, before, after),
        same=len(promised) - len(changes),
        churn_minor=run.churn_minor,
    )


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
