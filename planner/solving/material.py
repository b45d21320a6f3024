"""The records that a problem is made of, read in one go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, true
from sqlalchemy.orm import Session, selectinload

from planner.capacity import WeekHours
from planner.clock import horizon, today
from planner.records import (
    CounterOffer,
    Decision,
    DecisionOutcome,
    DefinitionScope,
    DefinitionState,
    JobState,
    KeyAccountDefinition,
    OfferState,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    RequestLine,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    RunPurpose,
    Specialist,
)
from planner.solving.cutoffs import too_late
from planner.solving.parameters import Parameters
from planner.supply import (
    Promise,
    as_worked,
    bought_outside,
    granted_in_public,
    promises,
    specialists,
    taken_elsewhere,
    week_table,
)

PLANNABLE = (
    RequestStatus.SUBMITTED,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
    RequestStatus.PUBLISHED,
    RequestStatus.RUNNING,
)
"""States in which a request takes part in a run."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a translation reads.

    Attributes:
        cycle: The cycle that is planned.
        parameters: How time and money are seen.
        weeks: ISO weeks of the plan.
        people: Everybody, by code.
        hours: What each can lend per week, by specialist id, net of promises to requests not planned here.
        requests: What is planned, by filing order.
        late: Ids of what came after the cut-off and waits for the next cycle.
        standing: Published hours of those requests; past weeks as they were worked, where that is known.
        approved: Approved and unpublished proposals of the cycle's newest plan, whose hours shall stand.
        granted: Fraction per mille that the newest plan grants, by request id.
        kept: Fraction per mille that the newest publication grants; what has started keeps at least that.
        bought: Record ids of lines that the newest publication buys outside, by request id.
        offers: Counter-offers to the newest plan that were accepted, whose hours shall stand.
        rejections: Proposals that heads rejected, each with the decision.
        definition_id: The key-account definition of the day, if there is one.
    """

    cycle: PlanningCycle
    parameters: Parameters
    weeks: tuple[str, ...]
    people: Sequence[Specialist]
    hours: Mapping[str, tuple[WeekHours, ...]]
    requests: Sequence[ResourceRequest]
    late: Sequence[str]
    standing: Sequence[Promise]
    approved: Sequence[Proposal]
    granted: Mapping[str, int]
    kept: Mapping[str, int]
    bought: Mapping[str, Collection[str]]
    offers: Sequence[CounterOffer]
    rejections: Sequence[tuple[Proposal, Decision]]
    definition_id: str | None


def gather(
    session: Session,
    cycle: PlanningCycle,
    parameters: Parameters,
    only: Collection[str] | None = None,
) -> Material:
    """Read everything; `only` limits the requests, for a comparison with an earlier reading."""
    weeks = horizon(parameters.first_week, parameters.weeks)
    found = plannable(session)
    late = too_late(session, cycle, found) if only is None else set()
    requests = [r for r in found if (r.id not in late if only is None else r.id in only)]
    planned = {r.id for r in requests}
    people = specialists(session)
    standing = as_worked(session, promises(session), parameters.first_week)
    run = newest_plan(session, cycle.id)
    offers = accepted_offers(session, run.id) if run else []
    return Material(
        cycle=cycle,
        parameters=parameters,
        weeks=weeks,
        people=people,
        hours=week_table(session, people, weeks, taken_elsewhere(session, standing, planned)),
        requests=requests,
        late=sorted(late),
        standing=[row for row in standing if row.request_id in planned],
        approved=_approved(session, run, offers) if run else [],
        granted=_granted(session, run) if run else {},
        kept=granted_in_public(session, planned),
        bought=bought_outside(session, planned),
        offers=offers,
        rejections=_rejections(session, planned),
        definition_id=definition_id(session),
    )


def plannable(session: Session, account_id: str | None = None) -> Sequence[ResourceRequest]:
    """Requests that take part in a run, by filing order, with all that the problem needs; of one customer."""
    lines = selectinload(ResourceRequest.lines)
    return session.scalars(
        select(ResourceRequest)
        .where(
            ResourceRequest.status.in_(PLANNABLE),
            true() if account_id is None else ResourceRequest.account_id == account_id,
        )
        .order_by(ResourceRequest.filing_order, ResourceRequest.id)
        .options(
            lines.selectinload(RequestLine.skill),
            lines.selectinload(RequestLine.language),
            lines.selectinload(RequestLine.specialist),
            selectinload(ResourceRequest.benefits),
            selectinload(ResourceRequest.curve),
        )
    ).all()


def newest_plan(session: Session, cycle_id: str) -> PlanRun | None:
    """The cycle's newest finished official run."""
    return session.scalars(
        select(PlanRun)
        .where(
            PlanRun.cycle_id == cycle_id,
            PlanRun.purpose == RunPurpose.OFFICIAL,
            PlanRun.state == JobState.DONE,
        )
        .order_by(PlanRun.number.desc())
        .limit(1)
    ).first()


def definition_id(session: Session) -> str | None:
    """The key-account definition that is active today; the newest if several are."""
    day = today()
    found = session.scalars(
        select(KeyAccountDefinition)
        .where(
            KeyAccountDefinition.valid_from <= day,
            KeyAccountDefinition.scope == DefinitionScope.COMPANY,
            KeyAccountDefinition.state.in_((DefinitionState.ACTIVE, DefinitionState.RETIRED)),
        )
        .order_by(KeyAccountDefinition.valid_from.desc(), KeyAccountDefinition.id)
    )
    return next((d.id for d in found if d.valid_to is None or d.valid_to >= day), None)


def accepted_offers(session: Session, run_id: str) -> Sequence[CounterOffer]:
    """Counter-offers to what the run proposed that were accepted, by line."""
    return session.scalars(
        select(CounterOffer)
        .join(Proposal, Proposal.id == CounterOffer.proposal_id)
        .where(
            Proposal.run_id == run_id,
            Proposal.state == ProposalState.COUNTERED,
            CounterOffer.state == OfferState.ACCEPTED,
        )
        .order_by(Proposal.line_id, Proposal.department_id)
        .options(selectinload(CounterOffer.hours), selectinload(CounterOffer.proposal))
    ).all()


def _approved(session: Session, run: PlanRun, offers: Sequence[CounterOffer]) -> list[Proposal]:
    """Approved parts that shall stand.

    A rejected part frees the others of its request, and so does an accepted offer of another level.
    """
    rows = session.scalars(
        select(Proposal)
        .where(Proposal.run_id == run.id)
        .order_by(Proposal.line_id, Proposal.department_id)
        .options(selectinload(Proposal.allocations))
    ).all()
    granted = _granted(session, run)
    broken = {p.request_id for p in rows if p.state == ProposalState.REJECTED}
    broken |= {o.proposal.request_id for o in offers if o.fraction != granted.get(o.proposal.request_id)}
    return [p for p in rows if p.state == ProposalState.APPROVED and p.request_id not in broken]


def _granted(session: Session, run: PlanRun) -> dict[str, int]:
    rows = session.execute(
        select(RequestOutcome.request_id, RequestOutcome.fraction).where(RequestOutcome.run_id == run.id)
    )
    return dict(rows.all())


def _rejections(session: Session, planned: Collection[str]) -> list[tuple[Proposal, Decision]]:
    """Proposals of planned requests whose last decision is a rejection, with that decision."""
    rows = session.execute(
        select(Proposal, Decision)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .order_by(Decision.decided_at, Decision.id)
        .options(selectinload(Proposal.allocations))
    )
    last = {
        proposal.id: (proposal, decision) for proposal, decision in rows if proposal.request_id in planned
    }
    return sorted(
        # What a head took back waits for a decision again and forbids nothing.
        (
            (p, d)
            for p, d in last.values()
            if d.outcome == DecisionOutcome.REJECTED and p.state != ProposalState.PROPOSED
        ),
        key=lambda pair: (pair[0].line_id, pair[0].id),
    )
