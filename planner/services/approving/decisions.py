"""Decisions of department heads: approve or reject what the plan proposes for their people."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import Decision, DecisionOutcome, RejectionReason
from planner.scope import find_proposal, find_request, find_run
from planner.services.approving.consequences import Change, Consequence, ask_consequence, consequence
from planner.services.approving.deciding import (
    check_may_decide,
    check_open,
    check_reason,
    check_unchanged,
    own_parts,
    same_again,
    settle,
    store_approval,
    store_rejection,
)
from planner.services.approving.inbox import Inbox, InboxItem, PersonWeek, Sent, inbox, outbox, proposal_view
from planner.transitions import ProposalAction
from planner.verdict import not_found, require

MOST_AT_ONCE = 500
"""Proposals approved in one go."""

__all__ = [
    "Change",
    "Consequence",
    "Inbox",
    "InboxItem",
    "PersonWeek",
    "Sent",
    "approve",
    "approve_many",
    "ask_consequence",
    "consequence",
    "decide_request",
    "inbox",
    "outbox",
    "proposal_view",
    "reject",
]


def approve(session: Session, actor: Actor, proposal_id: str, version: int) -> Decision:
    """Promise the proposed hours; approving again what one has just approved gives the same answer.

    Args:
        session: The unit of work.
        actor: Head or deputy of the department, or who acts for one of them.
        proposal_id: What is approved.
        version: The proposal's version that the actor saw.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NOT_YOUR_DEPARTMENT; E_SELF_APPROVAL for an own request;
            E_PLAN_SUPERSEDED, E_RUN_ACTIVE, E_STATE, E_VERSION_STALE; E_CAPACITY_BELOW with figures when the
            hours are no longer there. Nothing is stored then.
    """
    require(may(actor, Action.APPROVE))
    proposal = find_proposal(session, actor, proposal_id)
    check_may_decide(session, actor, proposal)
    again = same_again(session, actor, proposal, version, (DecisionOutcome.APPROVED, None))
    if again is not None:
        return again
    check_open(session, proposal, version, ProposalAction.APPROVE)
    decision = store_approval(session, actor, proposal)
    settle(session, actor, proposal.request, proposal.run, None)
    return decision


def approve_many(session: Session, actor: Actor, versions: Mapping[str, int]) -> list[Decision]:
    """Promise the hours of several proposals at once, or of none.

    Args:
        session: The unit of work.
        actor: As for `approve`.
        versions: The version that the actor saw, by proposal id.

    Raises:
        Refused: as `approve`; E_VERSION_STALE with the list of those that changed since; E_INVALID for none
            or more than MOST_AT_ONCE.
    """
    require(may(actor, Action.APPROVE_MANY))
    if not 0 < len(versions) <= MOST_AT_ONCE:
        reason, remedy = "Nothing or too much is chosen.", "Choose 1 to %(most)s lines."
        raise checks.invalid([checks.problem("parts", "E_CHOICE", reason, remedy, most=MOST_AT_ONCE)])
    parts = [find_proposal(session, actor, key) for key in versions]
    for part in parts:
        check_may_decide(session, actor, part)
    answer = (DecisionOutcome.APPROVED, None)
    check_unchanged(session, actor, parts, versions, answer)
    decisions = []
    for part in sorted(parts, key=lambda p: (p.request.filing_order or 0, p.line_id, p.department_id)):
        done = same_again(session, actor, part, versions[part.id], answer)
        if done is None:
            check_open(session, part, versions[part.id], ProposalAction.APPROVE)
            done = store_approval(session, actor, part)
            settle(session, actor, part.request, part.run, None)
        decisions.append(done)
    return decisions


def reject(  # noqa: PLR0917 - a use case takes the values it needs
    session: Session,
    actor: Actor,
    proposal_id: str,
    version: int,
    reason: RejectionReason,
    text: str = "",
) -> Decision:
    """Refuse the proposed hours; the next run respects it, this plan stays as it is.

    Leave, overload and an own deadline bar the pair in those weeks; a skill mismatch and other reasons bar
    the pair; a data error returns the request to its key account manager.

    Args:
        session: The unit of work.
        actor: As for `approve`.
        proposal_id: What is refused.
        version: The proposal's version that the actor saw.
        reason: Why.
        text: The same in words; needed for a data error and for other reasons.

    Raises:
        Refused: as `approve`, and E_REASON when the text is missing or too long.
    """
    require(may(actor, Action.REJECT))
    proposal = find_proposal(session, actor, proposal_id)
    check_may_decide(session, actor, proposal)
    again = same_again(session, actor, proposal, version, (DecisionOutcome.REJECTED, reason))
    if again is not None:
        return again
    check_reason(reason, text)
    check_open(session, proposal, version, ProposalAction.REJECT)
    decision = store_rejection(session, actor, proposal, reason, text)
    settle(session, actor, proposal.request, proposal.run, _returned(reason, text))
    return decision


def decide_request(  # noqa: PLR0917 - a use case takes the values it needs
    session: Session,
    actor: Actor,
    request_id: str,
    run_id: str,
    outcome: DecisionOutcome,
    versions: Mapping[str, int],
    reason: RejectionReason | None = None,
    text: str = "",
) -> list[Decision]:
    """Decide all parts of a request that are the actor's to decide, at once or not at all.

    Args:
        session: The unit of work.
        actor: As for `approve`.
        request_id: Whose parts.
        run_id: The plan that proposes them.
        outcome: Approved or rejected.
        versions: The version that the actor saw, by proposal id, of every part.
        reason: Why rejected.
        text: The same in words.

    Raises:
        Refused: as `approve` and `reject`; E_VERSION_STALE with the list of parts that changed, came or went.
    """
    require(may(actor, Action.DECIDE_REQUEST))
    request, run = find_request(session, actor, request_id), find_run(session, actor, run_id)
    parts = own_parts(session, actor, request, run)
    if not parts:
        raise not_found()
    for part in parts:
        check_may_decide(session, actor, part)
    approving = outcome == DecisionOutcome.APPROVED
    if not approving:
        check_reason(reason, text)
    answer = (outcome, None if approving else reason)
    check_unchanged(session, actor, parts, versions, answer)
    decisions, fresh = [], False
    for part in parts:
        done = same_again(session, actor, part, versions[part.id], answer)
        fresh = fresh or done is None
        if done is None and approving:
            check_open(session, part, versions[part.id], ProposalAction.APPROVE)
            done = store_approval(session, actor, part)
        elif done is None:
            check_open(session, part, versions[part.id], ProposalAction.REJECT)
            done = store_rejection(session, actor, part, reason or RejectionReason.OTHER, text)
        decisions.append(done)
    if fresh:
        settle(session, actor, request, run, None if approving else _returned(reason, text))
    return decisions


def _returned(reason: RejectionReason | None, text: str) -> str | None:
    """What the key account manager is told when the request goes back."""
    return text if reason == RejectionReason.DATA_ERROR else None
