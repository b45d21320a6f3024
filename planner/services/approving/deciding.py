"""The checks before a head's decision and what it changes; the use cases are in `decisions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor, acts_for
from planner.audit import Event, changing, record, state_of
from planner.clock import now
from planner.records import (
    Decision,
    DecisionOutcome,
    JobState,
    NotificationKind,
    PlanRun,
    Proposal,
    ProposalState,
    RejectionReason,
    RequestStatus,
    ResourceRequest,
)
from planner.scope import decidable
from planner.services.approving.consequences import hurry, loss
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.solving.holding import hold
from planner.solving.jobs import reap
from planner.solving.material import newest_plan
from planner.solving.questions import scope_of
from planner.transitions import ProposalAction, RequestAction, check, move
from planner.verdict import Denied, Kind, Message, Refused, refuse, require

SHORTEST_TEXT = 10
LONGEST_TEXT = 2000
ACTIVE = (JobState.QUEUED, JobState.RUNNING)

GOAL: Mapping[DecisionOutcome, ProposalState] = {
    DecisionOutcome.APPROVED: ProposalState.APPROVED,
    DecisionOutcome.REJECTED: ProposalState.REJECTED,
}


def own_parts(session: Session, actor: Actor, request: ResourceRequest, run: PlanRun) -> Sequence[Proposal]:
    """What the run proposes of the request for the actor's departments, put aside parts left out."""
    return session.scalars(
        select(Proposal)
        .where(
            Proposal.run_id == run.id,
            Proposal.request_id == request.id,
            decidable(session, actor),
            Proposal.state != ProposalState.SUPERSEDED,
        )
        .order_by(Proposal.line_id, Proposal.department_id)
        .options(selectinload(Proposal.allocations))
    ).all()


def check_may_decide(session: Session, actor: Actor, proposal: Proposal) -> None:
    """Go on when the people are the actor's and the request is somebody else's.

    Raises:
        Refused: E_NOT_YOUR_DEPARTMENT, E_SELF_APPROVAL.
    """
    own = select(Proposal.id).where(Proposal.id == proposal.id, decidable(session, actor))
    if session.scalar(own) is None:
        raise refuse(
            Kind.FORBIDDEN,
            "E_NOT_YOUR_DEPARTMENT",
            "These people belong to the department %(department)s, which you do not head.",
            "Its head or deputy decides.",
            department=proposal.department.name,
        )
    if is_own(session, actor, proposal):
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "You or somebody you stand in for filed this request or manages its account, so you cannot "
            "decide on it.",
            "The deputy of the department decides; if there is none, leadership names another head.",
        )


def is_own(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor, or somebody the actor stands in for, filed the request or manages its account."""
    return not acts_for(session, actor).isdisjoint(parties(proposal.request))


def parties(request: ResourceRequest) -> frozenset[str | None]:
    """Who has an interest in the request and so may not decide on it."""
    account = request.account
    return frozenset({request.filed_by_id, request.kam_id, account.kam_id, account.deputy_kam_id}) - {None}


def same_again(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    version: int,
    answer: tuple[DecisionOutcome, RejectionReason | None],
) -> Decision | None:
    """The actor's own identical answer of a moment ago, given on the version the actor names."""
    outcome, reason = answer
    if proposal.state != GOAL[outcome] or version not in (proposal.version, proposal.version - 1):
        return None
    last = session.scalars(
        select(Decision).where(Decision.proposal_id == proposal.id).order_by(Decision.created_at.desc())
    ).first()
    if last is None or last.decided_by_id != actor.user_id:
        return None
    return last if (last.outcome, last.reason) == (outcome, reason) else None


def check_open(session: Session, proposal: Proposal, version: int, action: ProposalAction) -> None:
    """Go on when the proposal still waits for an answer and is as the actor saw it.

    Raises:
        Refused: E_RUN_ACTIVE, E_PLAN_SUPERSEDED, E_STATE, E_VERSION_STALE.
    """
    check_current(session, proposal)
    require(check(proposal, action))
    check_version(session, proposal, version)


def check_current(session: Session, proposal: Proposal) -> None:
    """Go on when the newest plan proposes it and no other is being computed.

    Raises:
        Refused: E_RUN_ACTIVE, E_PLAN_SUPERSEDED.
    """
    run = proposal.run
    # A run whose worker died must not keep heads waiting.
    reap(session)
    busy = select(PlanRun.id).where(PlanRun.cycle_id == run.cycle_id, PlanRun.state.in_(ACTIVE))
    if session.scalar(busy.limit(1)):
        raise refuse(
            Kind.STATE,
            "E_RUN_ACTIVE",
            "A new plan is being computed; what you see may change.",
            "Decide when it is finished; what you approved before stays approved.",
        )
    newest = newest_plan(session, run.cycle_id)
    if proposal.state == ProposalState.SUPERSEDED or newest is None or newest.id != run.id:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_PLAN_SUPERSEDED",
                Message("This was proposed by an earlier plan and is not proposed any more."),
                Message("Open your inbox to see the newest plan."),
                details={"newest_run_id": newest.id if newest else None, "state": proposal.state.value},
            )
        )


def check_unchanged(
    session: Session,
    actor: Actor,
    parts: Sequence[Proposal],
    versions: Mapping[str, int],
    answer: tuple[DecisionOutcome, RejectionReason | None],
) -> None:
    """Go on when the actor saw exactly these parts as they are now.

    Raises:
        Refused: E_VERSION_STALE; details["changed"] lists every part that changed, came or went.
    """
    changed: list[dict[str, Any]] = [
        {"proposal_id": p.id, "state": p.state.value, "version": p.version}
        for p in parts
        if versions.get(p.id) != p.version
        and (p.id not in versions or same_again(session, actor, p, versions[p.id], answer) is None)
    ]
    gone = set(versions) - {p.id for p in parts}
    changed += [{"proposal_id": key, "state": None, "version": None} for key in sorted(gone)]
    if changed:
        raise Refused(
            Denied(
                Kind.STALE,
                "E_VERSION_STALE",
                Message("Parts of this request changed after you opened it."),
                Message("Look at what changed and decide again; nothing was stored."),
                details={"changed": changed},
            )
        )


def check_reason(reason: RejectionReason | None, text: str) -> None:
    """Go on when a rejection says why.

    Raises:
        Refused: E_REASON.
    """
    long_enough = len(text.strip()) >= SHORTEST_TEXT or reason not in (
        None,
        RejectionReason.OTHER,
        RejectionReason.DATA_ERROR,
    )
    if reason is None or not long_enough or len(text) > LONGEST_TEXT:
        raise refuse(
            Kind.INVALID,
            "E_REASON",
            "A rejection needs a reason that others can follow.",
            "Choose a reason; for “data error” and “other” say in %(least)s to %(most)s characters why.",
            least=SHORTEST_TEXT,
            most=LONGEST_TEXT,
        )


def store_approval(session: Session, actor: Actor, proposal: Proposal) -> Decision:
    """Approve, unless the hours are no longer there.

    Raises:
        Refused: E_CAPACITY_BELOW; details["weeks"] has the figures of each person-week that is too small.
    """
    return _store(session, actor, proposal, ProposalAction.APPROVE, DecisionOutcome.APPROVED)


def _book(session: Session, proposal: Proposal) -> None:
    over = hold(session, proposal)
    if over:
        raise Refused(
            Denied(
                Kind.STATE,
                "E_CAPACITY_BELOW",
                Message("There is less time than when the plan was made."),
                Message("Ask for a new plan; it will use the hours that are left."),
                details={"weeks": over},
            )
        )


def store_rejection(
    session: Session, actor: Actor, proposal: Proposal, reason: RejectionReason, text: str
) -> Decision:
    """Reject, with what it was known to cost; the exact cost is asked for."""
    scope = scope_of(reason)
    low, high = loss(session, proposal, scope)
    hurry(session, actor, proposal, scope)
    words = {"department": proposal.department.name, "title": proposal.request.title}
    notify(
        session,
        users=parties(proposal.request),
        kind=NotificationKind.REJECTION,
        text=Message("%(department)s refused its part of “%(title)s”.", words),
        link=f"/requests/{proposal.request_id}",
    )
    return _store(
        session,
        actor,
        proposal,
        ProposalAction.REJECT,
        DecisionOutcome.REJECTED,
        reason=reason,
        text=text,
        lost_low_minor=low,
        lost_high_minor=high,
    )


def _store(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    action: ProposalAction,
    outcome: DecisionOutcome,
    **values: Any,
) -> Decision:
    """Move the proposal, keep the decision and one event for both."""
    standing_for = principal(session, actor, proposal)
    before = state_of(proposal)
    if outcome == DecisionOutcome.APPROVED:
        _book(session, proposal)
    move(proposal, action)
    decision = Decision(
        proposal_id=proposal.id,
        outcome=outcome,
        decided_by_id=actor.user_id,
        on_behalf_of_id=standing_for,
        decided_at=now(),
        **values,
    )
    session.add(decision)
    session.flush()
    event = Event.DECISION_APPROVED if outcome == DecisionOutcome.APPROVED else Event.DECISION_REJECTED
    record(
        session,
        replace(actor, on_behalf_of=standing_for),
        event,
        proposal,
        before=before,
        after={**state_of(proposal), "decision": state_of(decision)},
        reason=decision.reason.value if decision.reason else "",
    )
    return decision


def principal(session: Session, actor: Actor, proposal: Proposal) -> str | None:
    """For whom the actor decides; None when the actor is the head."""
    department = proposal.department
    if actor.user_id == department.head_id:
        return None
    if actor.user_id == department.deputy_head_id:
        return department.head_id
    lenders = acts_for(session, actor)
    lender = next((who for who in (department.head_id, department.deputy_head_id) if who in lenders), None)
    # Who is neither was named by leadership and decides in the head's place.
    return lender or department.head_id


def settle(
    session: Session, actor: Actor, request: ResourceRequest, run: PlanRun, returned: str | None
) -> None:
    """Move the request on after a decision: decided when nothing waits, back to its KAM when `returned`."""
    parts = session.scalars(
        select(Proposal).where(Proposal.run_id == run.id, Proposal.request_id == request.id)
    ).all()
    if returned is not None:
        for part in parts:
            if part.state in (ProposalState.PROPOSED, ProposalState.APPROVED):
                with changing(session, actor, Event.ALLOCATION_WITHDRAWN, part):
                    move(part, ProposalAction.SUPERSEDE)
        with changing(session, actor, Event.REQUEST_RETURNED, request, reason=returned):
            move(request, RequestAction.RETURN)
            request.return_reason = returned
            request.outcome = None
    elif request.status == RequestStatus.PLANNED and all(
        part.state not in (ProposalState.PROPOSED, ProposalState.COUNTERED) for part in parts
    ):
        with changing(session, actor, Event.REQUEST_DECIDED, request):
            move(request, RequestAction.DECIDE)
        if all(part.state == ProposalState.APPROVED for part in parts):
            notify(
                session,
                users=parties(request),
                kind=NotificationKind.APPROVED,
                text=Message("“%(title)s” is approved by everybody concerned.", {"title": request.title}),
                link=f"/requests/{request.id}",
            )
