"""Requests whose outcome is due: the work is over, or the last week passed, and nobody said how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from planner.actor import SYSTEM, Actor
from planner.audit import Event, record
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import (
    Closing,
    ClosingState,
    NotificationKind,
    OutcomeReminder,
    RequestStatus,
    ResourceRequest,
)
from planner.scope import visible_requests
from planner.services.staff.notifying import notify
from planner.unanswered import FAILS_AFTER, REMINDERS, due_on
from planner.verdict import Message, require

AGAIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """One request whose outcome somebody owes.

    Attributes:
        request: The request.
        state: "due" when nobody recorded anything, "returned" or "recorded" as its record stands.
        since: The day from which the outcome was due.
        reminders: How many reminders went out.
        counts_as_failure: Whether its silence counts against the claim by now.
    """

    request: ResourceRequest
    state: str
    since: date
    reminders: int
    counts_as_failure: bool


def due_outcomes(session: Session, actor: Actor) -> list[Due]:
    """What the actor owes or waits for, longest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_OUTCOMES))
    rows = session.scalars(
        visible_requests(session, actor)
        .where(
            ResourceRequest.status.in_(
                (
                    RequestStatus.PUBLISHED,
                    RequestStatus.RUNNING,
                    RequestStatus.EXPIRED,
                    RequestStatus.CLOSED,
                )
            ),
            ResourceRequest.latest_week.is_not(None),
            # A draft that nobody handed in claimed nothing.
            ResourceRequest.submitted_at.is_not(None),
        )
        .options(joinedload(ResourceRequest.account), joinedload(ResourceRequest.kam))
    ).all()
    states = dict(
        session.execute(
            select(Closing.request_id, Closing.state).order_by(Closing.request_id, Closing.revision)
        ).all()
    )
    reminded = dict(
        session.execute(
            select(OutcomeReminder.request_id, func.count()).group_by(OutcomeReminder.request_id)
        ).all()
    )
    found = [_due(row, states.get(row.id), reminded.get(row.id, 0)) for row in rows]
    return sorted((each for each in found if each), key=lambda each: (each.since, each.request.id))


def _due(row: ResourceRequest, state: ClosingState | None, reminders: int) -> Due | None:
    since = due_on(row)
    if state in (ClosingState.CONFIRMED, ClosingState.SUPERSEDED):
        return None
    if state is None and (row.status is RequestStatus.CLOSED or since > today()):
        return None
    late = reminders >= REMINDERS and today() - since >= FAILS_AFTER and state is None
    return Due(row, state.value if state else "due", since, reminders, late)


def _to_remind(session: Session) -> list[Due]:
    """Requests of which a reminder goes out today: nothing recorded, fewer than two yet, weeks apart."""
    last = dict(
        session.execute(
            select(OutcomeReminder.request_id, func.max(OutcomeReminder.sent_at)).group_by(
                OutcomeReminder.request_id
            )
        ).all()
    )
    return [
        due
        for due in due_outcomes(session, SYSTEM)
        if due.state == "due"
        and due.reminders < REMINDERS
        and (due.request.id not in last or now() - last[due.request.id] >= AGAIN)
    ]


def anything_to_remind(session: Session) -> bool:
    """Whether a reminder is to go out; reading first keeps the writers' lock free."""
    return bool(_to_remind(session))


def remind(session: Session) -> int:
    """Remind key account managers of outcomes they owe, at most twice per request; how many went out."""
    due_now = _to_remind(session)
    for due in due_now:
        number = due.reminders + 1
        session.add(OutcomeReminder(request_id=due.request.id, number=number, sent_at=now()))
        notify(
            session,
            users=[due.request.kam_id, due.request.account.deputy_kam_id],
            kind=NotificationKind.REMINDER,
            text=Message("How did “%(title)s” end? Please close it.", {"title": due.request.title}),
            link=f"/outcomes/{due.request.id}",
            key=f"outcome {due.request.id} {number}",
        )
    if due_now:
        record(session, SYSTEM, Event.OUTCOME_REMINDED, None, before=None, after={"reminders": len(due_now)})
    return len(due_now)


def waiting_for(session: Session, actor: Actor) -> Sequence[Due]:
    """Of what is due, the records that wait for the actor's confirmation."""
    if not may(actor, Action.CONFIRM_OUTCOME):
        return ()
    return [due for due in due_outcomes(session, actor) if due.state == ClosingState.RECORDED]
