"""Publishing: the decided part of a plan becomes a numbered, hashed promise that nobody can change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.audit import Event, changing, record, state_of
from planner.clock import now
from planner.kept import seal
from planner.permissions import Action, may
from planner.records import (
    JobState,
    PlanningCycle,
    PlanRun,
    PlanStatus,
    Proposal,
    ProposalState,
    Publication,
    PublishedHours,
    PublishedOutside,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    RunPurpose,
)
from planner.scope import find_cycle, find_run, visible_publications
from planner.services.planning.freshness import check_fresh, parts_of
from planner.services.publishing.board_content import content_of
from planner.services.publishing.publishing_news import tell
from planner.services.publishing.purchases import purchases
from planner.services.reviewing.lowered import ask_prices
from planner.solving import jobs, verify
from planner.solving.demand import is_expedite
from planner.solving.material import definition_id, newest_plan
from planner.solving.parameters import Parameters
from planner.supply import promises, specialists, taken_elsewhere, week_table
from planner.transitions import CycleAction, ProposalAction, RequestAction, check, move
from planner.verdict import Denied, Kind, Message, Refused, refuse, require

Cell = tuple[str, str]
"""Specialist id and ISO week."""


def publish(session: Session, actor: Actor, run_id: str) -> Publication:
    """Publish the newest plan of a cycle: every request of which all parts are approved.

    Before the decision deadline nothing may be undecided; afterwards the undecided part is left out, listed,
    and waits for the next plan. Refused requests wait with their first filing order.

    Args:
        session: The unit of work.
        actor: Leadership.
        run_id: An official run that has ended with a plan.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_PUBLISHED with the number; E_STATE; E_RUN_ACTIVE;
            E_PLAN_SUPERSEDED; E_DEFINITION; E_PLAN_UNVERIFIED with what the referee found; E_PLAN_STALE with
            what changed since the snapshot; E_UNDECIDED with what waits for whom; E_CAPACITY_BELOW with
            figures. Nothing is stored then.
    """
    require(may(actor, Action.PUBLISH))
    if actor.user_id is None:
        raise refuse(
            Kind.FORBIDDEN,
            "E_PERSON",
            "A plan is published by a person.",
            "Sign in as leadership and publish it there.",
        )
    run = find_run(session, actor, run_id)
    cycle = find_cycle(session, actor, run.cycle_id)
    _check_run(session, run)
    require(check(cycle, CycleAction.PUBLISH))
    if definition_id(session) is None:
        raise refuse(
            Kind.STATE,
            "E_DEFINITION",
            "No definition of a key account is active today.",
            "Ask leadership to approve one, then publish.",
        )
    _check_verified(run)
    parts = parts_of(session, run)
    check_fresh(session, cycle, run, parts)
    chosen = _decided(session, cycle, parts)
    publication = _store(session, actor, run, chosen)
    _check_capacity(session, run, publication)
    _move_on(session, actor, cycle, chosen)
    tell(session, publication)
    ask_prices(session, run)
    after = {**state_of(publication), **seal(session, publication)}
    record(session, actor, Event.PLAN_PUBLISHED, publication, before=None, after=after)
    return publication


def list_publications(session: Session, actor: Actor) -> Sequence[Publication]:
    """Publications the actor may see, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_PUBLICATIONS))
    return session.scalars(
        visible_publications(actor)
        .order_by(Publication.number.desc())
        .options(selectinload(Publication.cycle), selectinload(Publication.published_by))
    ).all()


def canonical(content: Mapping[str, Any]) -> str:
    """Content as canonical JSON: keys sorted, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(text: str) -> str:
    """SHA-256 of canonical JSON, as "sha256:" and 64 digits."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _check_run(session: Session, run: PlanRun) -> None:
    """Go on when the run is the cycle's newest plan and was not published yet."""
    before = session.scalars(select(Publication).where(Publication.run_id == run.id)).first()
    if before is not None:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_PUBLISHED",
                Message("This plan is published as number %(number)s.", {"number": before.number}),
                Message("A correction is a new plan: start a run and publish that."),
                details={"number": before.number},
            )
        )
    jobs.reap(session)
    if jobs.active_run(session, run.cycle_id) is not None:
        raise refuse(
            Kind.STATE,
            "E_RUN_ACTIVE",
            "A new plan is being computed.",
            "Publish that one when it is finished, or stop it first.",
        )
    has_plan = run.plan_status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE)
    if run.purpose != RunPurpose.OFFICIAL or run.state != JobState.DONE or not has_plan:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This run has no plan that could be published.",
            "Publish an official run that has ended with a plan.",
        )
    newest = newest_plan(session, run.cycle_id)
    if newest is not None and newest.id != run.id:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_PLAN_SUPERSEDED",
                Message("Run %(number)s has a newer plan.", {"number": newest.number}),
                Message("Publish the newest plan."),
                details={"newest_run_id": newest.id, "number": newest.number},
            )
        )


def _check_verified(run: PlanRun) -> None:
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    found = verify.faults(run.snapshot.problem, run.result or "")
    if found:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_PLAN_UNVERIFIED",
                Message("The plan did not pass the check that every plan must pass."),
                Message("Start a new run and tell an administrator."),
                details={"faults": list(found)},
            )
        )


def _decided(
    session: Session, cycle: PlanningCycle, parts: Mapping[str, Sequence[Proposal]]
) -> dict[str, Sequence[Proposal]]:
    """Requests of which every part is approved, with their parts."""
    # A counter-offer waits for its answer, and for a new plan once it is accepted.
    unanswered = (ProposalState.PROPOSED, ProposalState.COUNTERED)
    waiting = [p for rows in parts.values() for p in rows if p.state in unanswered]
    approved = {
        request: rows
        for request, rows in parts.items()
        if all(p.state == ProposalState.APPROVED for p in rows)
    }
    early = now() < cycle.decision_deadline
    if waiting and (early or not approved):
        raise Refused(
            Denied(
                Kind.STATE,
                "E_UNDECIDED",
                Message("Heads have not decided on %(count)s parts of the plan.", {"count": len(waiting)}),
                Message(
                    "Ask them to decide; after %(deadline)s you may publish without what is undecided.",
                    {"deadline": cycle.decision_deadline},
                )
                if early
                else Message("At least one request must be decided."),
                details={
                    "waiting": [
                        {"request": p.request.title, "department": p.department.name} for p in waiting
                    ]
                },
            )
        )
    session.flush()
    return approved


def _store(
    session: Session, actor: Actor, run: PlanRun, chosen: Mapping[str, Sequence[Proposal]]
) -> Publication:
    """The publication with its content and hours; its event comes last."""
    last = session.scalars(select(Publication).order_by(Publication.number.desc()).limit(1)).first()
    publication = Publication(
        cycle_id=run.cycle_id,
        run_id=run.id,
        number=last.number + 1 if last else 1,
        previous_id=last.id if last else None,
        published_by_id=actor.user_id,
        published_at=now(),
    )
    publication.content = canonical(content_of(session, run, publication, last, chosen))
    publication.content_hash = content_hash(publication.content)
    session.add(publication)
    session.flush()
    session.add_all(
        PublishedHours(
            publication_id=publication.id,
            request_id=request,
            line_id=proposal.line_id,
            specialist_id=a.specialist_id,
            week=a.week,
            quarter_hours=a.quarter_hours,
        )
        for request, rows in chosen.items()
        for proposal in rows
        for a in proposal.allocations
    )
    session.add_all(purchases(session, run, publication, chosen))
    session.flush()
    return publication


def _check_capacity(session: Session, run: PlanRun, publication: Publication) -> None:
    """Go on when what is published now and what stands beside it fits every person-week, as stored.

    Raises:
        Refused: E_CAPACITY_BELOW; details["weeks"] has the figures.
    """
    total = _published(session, publication, None)
    expedite = {
        r.id
        for r in session.scalars(select(ResourceRequest).where(ResourceRequest.status != RequestStatus.DRAFT))
        if is_expedite(r, Parameters.of(run.parameters))
    }
    plain = _published(session, publication, expedite)
    mine = set(
        session.scalars(
            select(PublishedHours.request_id).where(PublishedHours.publication_id == publication.id)
        )
    )
    mine |= set(
        session.scalars(
            select(PublishedOutside.request_id).where(PublishedOutside.publication_id == publication.id)
        )
    )
    mine |= set(
        session.scalars(
            select(RequestOutcome.request_id).where(
                RequestOutcome.run_id == run.id, RequestOutcome.level == -1
            )
        )
    )
    people = {p.id: p for p in specialists(session)}
    weeks = sorted({week for _, week in total})
    table = week_table(session, people.values(), weeks, taken_elsewhere(session, promises(session), mine))
    over = []
    for (who, week), hours in sorted(total.items()):
        limit = table[who][weeks.index(week)]
        if hours > limit.total or plain.get((who, week), 0) > limit.capacity:
            over.append(
                {
                    "specialist": people[who].display_name,
                    "week": week,
                    "capacity_quarter_hours": limit.total,
                    "published_quarter_hours": hours,
                }
            )
    if over:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_CAPACITY_BELOW",
                Message("The plan asks more of somebody than there is."),
                Message("Start a new run; it will use the hours that are left."),
                details={"weeks": over},
            )
        )


def _published(
    session: Session, publication: Publication, without: Collection[str] | None
) -> dict[Cell, int]:
    """Published quarter-hours per person-week, summed by the database; some requests left out."""
    query = (
        select(PublishedHours.specialist_id, PublishedHours.week, func.sum(PublishedHours.quarter_hours))
        .where(PublishedHours.publication_id == publication.id)
        .group_by(PublishedHours.specialist_id, PublishedHours.week)
    )
    if without:
        query = query.where(PublishedHours.request_id.not_in(without))
    return {(who, week): int(hours) for who, week, hours in session.execute(query)}


def _move_on(
    session: Session, actor: Actor, cycle: PlanningCycle, chosen: Mapping[str, Sequence[Proposal]]
) -> None:
    for request_id, rows in chosen.items():
        for proposal in rows:
            with changing(session, actor, Event.ALLOCATION_PUBLISHED, proposal):
                move(proposal, ProposalAction.PUBLISH)
        request = session.get_one(ResourceRequest, request_id)
        with changing(session, actor, Event.REQUEST_PUBLISHED, request):
            move(request, RequestAction.PUBLISH)
    with changing(session, actor, Event.CYCLE_CHANGED, cycle):
        move(cycle, CycleAction.PUBLISH)
