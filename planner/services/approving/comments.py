"""Comments on requests and on decisions: who sees the thing may speak, and who is concerned is told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, created
from planner.permissions import Action, may
from planner.records import (
    Comment,
    Department,
    NotificationKind,
    Outcome,
    Proposal,
    ProposalState,
    ResourceRequest,
    Role,
    UserRole,
)
from planner.scope import find_proposal, find_request, visible_proposals
from planner.services.approving.deciding import LONGEST_TEXT, parties
from planner.services.staff.notifying import notify
from planner.verdict import Message, not_found, require


def comments_of(session: Session, actor: Actor, request_id: str) -> Sequence[Comment]:
    """What was said about the request, oldest first; of a decision only who sees its proposal reads it.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_COMMENTS))
    request = find_request(session, actor, request_id)
    seen = visible_proposals(session, actor).with_only_columns(Proposal.id)
    return session.scalars(
        select(Comment)
        .where(
            Comment.request_id == request.id,
            or_(Comment.proposal_id.is_(None), Comment.proposal_id.in_(seen)),
        )
        .order_by(Comment.created_at, Comment.id)
        .options(selectinload(Comment.author))
    ).all()


def comment(
    session: Session, actor: Actor, request_id: str, text: str, proposal_id: str | None = None
) -> Comment:
    """Say something about a request, or about the decision on one of its proposals.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_INVALID for the text.
    """
    require(may(actor, Action.COMMENT))
    request = find_request(session, actor, request_id)
    checks.require_well_formed(checks.text("text", text, LONGEST_TEXT, required=True, lines=True))
    proposal = find_proposal(session, actor, proposal_id) if proposal_id else None
    if proposal is not None and proposal.request_id != request.id:
        raise not_found()
    said = Comment(
        request_id=request.id,
        proposal_id=proposal.id if proposal else None,
        author_id=actor.user_id,
        text=checks.tidy(text),
    )
    created(session, actor, Event.COMMENT_WRITTEN, said)
    notify(
        session,
        users=_concerned(session, request, proposal) - {actor.user_id},
        kind=NotificationKind.COMMENT,
        text=Message("%(who)s commented on “%(title)s”.", {"who": actor.name, "title": request.title}),
        link=f"/requests/{request.id}#comments",
    )
    return said


def _concerned(session: Session, request: ResourceRequest, proposal: Proposal | None) -> set[str | None]:
    """Those who keep the account, the heads whose people are asked, and who spoke before.

    Of a refused request also leadership.
    """
    departments = select(Proposal.department_id).where(
        Proposal.request_id == request.id, Proposal.state != ProposalState.SUPERSEDED
    )
    if proposal is not None:
        departments = departments.where(Proposal.department_id == proposal.department_id)
    heads = session.execute(
        select(Department.head_id, Department.deputy_head_id).where(Department.id.in_(departments))
    )
    spoke = select(Comment.author_id).where(
        Comment.request_id == request.id, Comment.proposal_id == (proposal.id if proposal else None)
    )
    concerned = {*parties(request), *(who for row in heads for who in row), *session.scalars(spoke)}
    if request.outcome == Outcome.REFUSED:
        # No head is asked about it; whoever speaks of it speaks to those who alone can make an exception.
        leaders = select(UserRole.user_id).where(UserRole.role == Role.LEADERSHIP)
        concerned.update(session.scalars(leaders))
    return concerned
