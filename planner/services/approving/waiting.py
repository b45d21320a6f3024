"""What waits for heads: who is reminded when, who can decide, and whom leadership names instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now
from planner.permissions import Action, may
from planner.records import (
    Department,
    NamedHead,
    NotificationKind,
    PlanRun,
    Proposal,
    ProposalState,
    ResourceRequest,
    Role,
    User,
)
from planner.scope import an_id, find_proposal
from planner.services.approving.deciding import check_current, parties
from planner.services.approving.inbox import deciding_cycle
from planner.services.staff.notifying import notify
from planner.solving.material import newest_plan
from planner.verdict import Kind, Message, not_found, refuse, require

OPEN = (ProposalState.PROPOSED, ProposalState.COUNTERED)
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """A proposal without an answer.

    Attributes:
        proposal_id: Its id.
        request_id: The request.
        title: Its title.
        account: Its customer.
        department: Whose people they are.
        quarter_hours: Hours proposed.
        state: "proposed", or "countered" when the account manager has to answer.
        head: Who answers first; None when the department has no head.
        deputy: Who answers for the head.
        named: Whom leadership named.
        blocked: Whether neither head nor deputy may decide, so that leadership must name somebody.
        may_name: Whether leadership may name somebody now.
    """

    proposal_id: str
    request_id: str
    title: str
    account: str
    department: str
    quarter_hours: int
    state: ProposalState
    head: str | None
    deputy: str | None
    named: str | None
    blocked: bool
    may_name: bool


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Everything without an answer in the plan that is decided now, and the heads who could be named."""

    run: PlanRun | None
    asked_at: datetime | None
    deadline: datetime | None
    parts: tuple[WaitingPart, ...]
    heads: tuple[tuple[str, str], ...]


def waiting(session: Session, actor: Actor) -> WaitingList:
    """What waits for whom, most urgent first: what nobody of the department may decide stands on top.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_WAITING))
    cycle = deciding_cycle(session)
    run = newest_plan(session, cycle.id) if cycle else None
    if cycle is None or run is None:
        return WaitingList(None, None, cycle.decision_deadline if cycle else None, (), ())
    rows = open_parts(session, run)
    named = {
        (n.request_id, n.department_id): n
        for n in session.scalars(select(NamedHead).options(selectinload(NamedHead.user)))
    }
    late = now() >= cycle.decision_deadline
    parts = [_part(p, named.get((p.request_id, p.department_id)), late=late) for p in rows]
    ordered = sorted(parts, key=lambda p: (not p.blocked, p.department, p.title, p.proposal_id))
    heads = [(user.id, user.display_name) for user in _heads(session)]
    return WaitingList(run, run.finished_at, cycle.decision_deadline, tuple(ordered), tuple(heads))


def open_parts(session: Session, run: PlanRun) -> Sequence[Proposal]:
    """The run's proposals without an answer."""
    return session.scalars(
        select(Proposal)
        .where(Proposal.run_id == run.id, Proposal.state.in_(OPEN))
        .order_by(Proposal.department_id, Proposal.line_id)
        .options(
            selectinload(Proposal.allocations),
            selectinload(Proposal.department).selectinload(Department.head),
            selectinload(Proposal.department).selectinload(Department.deputy_head),
            selectinload(Proposal.request).selectinload(ResourceRequest.account),
        )
    ).all()


def name_head(session: Session, actor: Actor, proposal_id: str, user_id: str, reason: str) -> NamedHead:
    """Let another head decide on a request for a department that cannot, or did not in time.

    Leadership never decides itself. Naming the same head again changes nothing.

    Args:
        session: The unit of work.
        actor: Leadership.
        proposal_id: One of the parts that wait.
        user_id: A head without an interest in the request.
        reason: Why; goes into the log.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_RUN_ACTIVE, E_PLAN_SUPERSEDED; E_HEAD_CAN when the department's
            head or deputy may still decide in time; E_SELF_APPROVAL when the named head has an interest;
            E_STATE when nothing waits any more; E_INVALID without a reason.
    """
    require(may(actor, Action.NAME_HEAD))
    proposal = find_proposal(session, actor, proposal_id)
    head = next((user for user in _heads(session) if user.id == an_id(user_id)), None)
    if head is None:
        raise not_found()
    checks.require_well_formed(checks.text("reason", reason, LONGEST_REASON, required=True, lines=True))
    check_current(session, proposal)
    _check_needed(proposal, head)
    before = session.scalars(
        select(NamedHead).where(
            NamedHead.request_id == proposal.request_id, NamedHead.department_id == proposal.department_id
        )
    ).one_or_none()
    if before is None:
        before = NamedHead(
            request_id=proposal.request_id,
            department_id=proposal.department_id,
            user_id=head.id,
            named_by_id=actor.user_id,
            reason=checks.tidy(reason),
        )
        created(session, actor, Event.HEAD_NAMED, before, reason=checks.tidy(reason))
    elif before.user_id != head.id:
        with changing(session, actor, Event.HEAD_NAMED, before, reason=checks.tidy(reason)):
            before.user_id = head.id
            before.named_by_id = actor.user_id or before.named_by_id
            before.reason = checks.tidy(reason)
    _tell_named(session, proposal, head)
    return before


def _tell_named(session: Session, proposal: Proposal, head: User) -> None:
    words = {"title": proposal.request.title, "department": proposal.department.name}
    notify(
        session,
        users=[head.id],
        kind=NotificationKind.DELEGATION,
        text=Message("You were named to decide on “%(title)s” for %(department)s.", words),
        link=f"/inbox?item={proposal.id}",
        key=f"named:{proposal.id}:{head.id}",
    )


def _check_needed(proposal: Proposal, head: User) -> None:
    if proposal.state not in OPEN:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This was answered in the meantime.",
            "Reload the page to see what still waits.",
        )
    if not (blocked(proposal) or now() >= proposal.run.cycle.decision_deadline):
        raise refuse(
            Kind.STATE,
            "E_HEAD_CAN",
            "The head or the deputy of %(department)s may decide, and there is still time.",
            "Wait for the deadline, or ask them.",
            department=proposal.department.name,
        )
    if head.id in parties(proposal.request):
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "%(who)s filed this request or manages its account, so cannot decide on it.",
            "Name another head.",
            who=head.display_name,
        )


def blocked(proposal: Proposal) -> bool:
    """Whether head and deputy are missing or have an interest in the request."""
    department = proposal.department
    able = {department.head_id, department.deputy_head_id} - {None} - parties(proposal.request)
    return not able


def _heads(session: Session) -> list[User]:
    rows = session.scalars(select(User).where(User.active).order_by(User.display_name, User.id))
    return [user for user in rows if Role.HEAD in user.roles]


def _part(proposal: Proposal, named: NamedHead | None, *, late: bool) -> WaitingPart:
    department = proposal.department
    stuck = blocked(proposal)
    return WaitingPart(
        proposal_id=proposal.id,
        request_id=proposal.request_id,
        title=proposal.request.title,
        account=proposal.request.account.name,
        department=department.name,
        quarter_hours=sum(a.quarter_hours for a in proposal.allocations),
        state=proposal.state,
        head=department.head.display_name if department.head else None,
        deputy=department.deputy_head.display_name if department.deputy_head else None,
        named=named.user.display_name if named else None,
        blocked=stuck and named is None,
        may_name=stuck or late,
    )
