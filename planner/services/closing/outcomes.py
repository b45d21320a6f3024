"""Closing requests: what was delivered, how it ended, what it brought; a second person confirms.

A KAM records, finance or leadership confirms or returns. What was confirmed is never edited: an appeal is a
new record with its reason, and the old one counts until the new one is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import (
    Closing,
    ClosingState,
    NotificationKind,
    RequestStatus,
    ResourceRequest,
    Result,
    Role,
    UserRole,
)
from planner.scope import find_request, visible_requests
from planner.services.closing.closing_values import claimed
from planner.services.customers.keepers import kept_account, person
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.transitions import ClosingAction, RequestAction, check, move, target
from planner.verdict import Kind, Message, Problem, refuse, require

LONGEST = 2_000
MOST_HOURS = 32_000
CLOSABLE = (RequestStatus.PUBLISHED, RequestStatus.RUNNING, RequestStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class OutcomeValues:
    """What somebody who closes a request tells.

    Attributes:
        result: How it ended, a value of Result.
        delivered_quarter_hours: What was really worked.
        ended_on: The day it was known.
        realised_value_minor: Contribution that came of it so far; None when not known yet.
        punctual_start: Whether the work began when it was promised; None when nothing was promised.
        feedback: The customer's, 1 to 5.
        reference_text: What can be told to others as a reference.
        correction_reason: Why a confirmed record is put right.
    """

    result: str
    delivered_quarter_hours: int
    ended_on: date
    realised_value_minor: int | None = None
    punctual_start: bool | None = None
    feedback: int | None = None
    feedback_text: str = ""
    referral: bool = False
    reference_letter: bool = False
    reference_text: str = ""
    lesson: str = ""
    correction_reason: str = ""


def problems_in(values: OutcomeValues) -> list[Problem]:
    """Everything that is not well formed."""
    found = checks.choice("result", values.result, Result)
    found += checks.whole("delivered_quarter_hours", values.delivered_quarter_hours, 0, MOST_HOURS)
    if values.realised_value_minor is not None:
        found += checks.money("realised_value_minor", values.realised_value_minor, negative=True)
    if values.feedback is not None:
        found += checks.whole("feedback", values.feedback, 1, 5)
    for name in ("feedback_text", "reference_text", "lesson", "correction_reason"):
        found += checks.text(name, getattr(values, name), LONGEST, lines=True)
    if values.ended_on > today():
        reason, remedy = "This day is still to come.", "Close it when the outcome is known."
        found.append(checks.problem("ended_on", "E_DATE", reason, remedy))
    if values.ended_on.year not in checks.YEARS:
        reason, remedy = "This date is out of range.", "Choose a day from 2000 to 2100."
        found.append(checks.problem("ended_on", "E_DATE", reason, remedy))
    return found


def outcome_of(session: Session, actor: Actor, request_id: str) -> Sequence[Closing]:
    """Every record of how a request ended, newest first.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.LIST_OUTCOMES))
    request = find_request(session, actor, request_id)
    query = select(Closing).where(Closing.request_id == request.id)
    loaded = query.options(joinedload(Closing.recorded_by), joinedload(Closing.confirmed_by))
    return session.scalars(loaded.order_by(Closing.revision.desc())).all()


def record_outcome(session: Session, actor: Actor, request_id: str, values: OutcomeValues) -> Closing:
    """Say how a request ended, or put right what was said; somebody else confirms it.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_STATE; E_INVALID with every value at fault.
    """
    require(may(actor, Action.RECORD_OUTCOME))
    request = find_request(session, actor, request_id)
    kept_account(session, actor, request.account_id)
    before = session.scalars(
        select(Closing).where(Closing.request_id == request.id).order_by(Closing.revision.desc()).limit(1)
    ).first()
    if before is None:
        require(check(request, RequestAction.CLOSE))
    found = problems_in(values)
    confirmed = before is not None and before.state is ClosingState.CONFIRMED
    if confirmed and not values.correction_reason.strip():
        reason, remedy = "The reason is missing.", "Say what was wrong in the confirmed record."
        found.append(checks.missing("correction_reason", reason, remedy))
    checks.require_well_formed(found)
    told = _told(session, request, values)
    if before is not None and not confirmed:
        with changing(session, actor, Event.OUTCOME_RECORDED, before):
            move(before, ClosingAction.RECORD)
            for name, value in told.items():
                setattr(before, name, value)
            before.recorded_by_id, before.recorded_at, before.return_reason = person(actor), now(), ""
        row = before
    else:
        row = Closing(
            request_id=request.id,
            revision=before.revision + 1 if before else 1,
            recorded_by_id=person(actor),
            recorded_at=now(),
            **told,
        )
        created(session, actor, Event.OUTCOME_RECORDED, row)
    if target(request, RequestAction.CLOSE) is not None:
        with changing(session, actor, Event.REQUEST_CLOSED, request):
            move(request, RequestAction.CLOSE)
    _ask_to_confirm(session, request, row)
    return row


def _told(session: Session, request: ResourceRequest, values: OutcomeValues) -> dict[str, Any]:
    asked = sum(line.quarter_hours for line in request.lines)
    fraction = 1000 * values.delivered_quarter_hours // asked if asked else 0
    probability, value = claimed(session, request, fraction)
    return {
        "result": Result(values.result),
        "delivered_quarter_hours": values.delivered_quarter_hours,
        "delivered_fraction": fraction,
        "claimed_probability": probability,
        "claimed_value_minor": value,
        "realised_value_minor": values.realised_value_minor,
        "ended_on": values.ended_on,
        "punctual_start": values.punctual_start,
        "feedback": values.feedback,
        "feedback_text": checks.tidy(values.feedback_text),
        "referral": values.referral,
        "reference_letter": values.reference_letter,
        "reference_text": checks.tidy(values.reference_text),
        "lesson": checks.tidy(values.lesson),
        "correction_reason": checks.tidy(values.correction_reason),
    }


def _ask_to_confirm(session: Session, request: ResourceRequest, row: Closing) -> None:
    people = session.scalars(select(UserRole.user_id).where(UserRole.role == Role.FINANCE))
    notify(
        session,
        users=people,
        kind=NotificationKind.REMINDER,
        text=Message("The outcome of “%(title)s” waits for your confirmation.", {"title": request.title}),
        link=f"/outcomes/{request.id}",
        key=f"closing {row.request_id} {row.revision} {row.version}",
    )


def confirm_outcome(session: Session, actor: Actor, request_id: str, version: int) -> Closing:
    """Confirm the open record of a request, which puts an older one out of force.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_STATE; E_VERSION_STALE; E_SECOND_PERSON for who recorded it.
    """
    row = _open(session, actor, request_id, version)
    old = session.scalars(
        select(Closing).where(Closing.request_id == row.request_id, Closing.state == ClosingState.CONFIRMED)
    ).first()
    if old is not None:
        with changing(session, actor, Event.OUTCOME_RECORDED, old):
            move(old, ClosingAction.SUPERSEDE)
        session.flush()
    with changing(session, actor, Event.OUTCOME_CONFIRMED, row):
        move(row, ClosingAction.CONFIRM)
        row.confirmed_by_id, row.confirmed_at = person(actor), now()
    _tell(session, row, "The outcome of “%(title)s” is confirmed.")
    return row


def return_outcome(session: Session, actor: Actor, request_id: str, version: int, reason: str) -> Closing:
    """Send the open record back with a reason.

    Raises:
        Refused: as `confirm_outcome`; E_INVALID without a reason.
    """
    checks.require_well_formed(checks.text("reason", reason, LONGEST, required=True, lines=True))
    row = _open(session, actor, request_id, version)
    with changing(session, actor, Event.OUTCOME_RETURNED, row, reason=checks.tidy(reason)):
        move(row, ClosingAction.RETURN)
        row.return_reason = checks.tidy(reason)
    _tell(session, row, "The outcome of “%(title)s” came back: please put it right.")
    return row


def _open(session: Session, actor: Actor, request_id: str, version: int) -> Closing:
    require(may(actor, Action.CONFIRM_OUTCOME))
    request = find_request(session, actor, request_id)
    row = session.scalars(
        select(Closing).where(Closing.request_id == request.id).order_by(Closing.revision.desc()).limit(1)
    ).first()
    if row is None:
        raise refuse(
            Kind.STATE, "E_STATE", "Nobody has said yet how this ended.", "Ask the key account manager."
        )
    check_version(session, row, version)
    require(check(row, ClosingAction.CONFIRM))
    if row.recorded_by_id == actor.user_id:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SECOND_PERSON",
            "Who recorded an outcome cannot confirm it.",
            "Ask somebody else from finance or leadership.",
        )
    return row


def _tell(session: Session, row: Closing, text: str) -> None:
    notify(
        session,
        users=[row.recorded_by_id],
        kind=NotificationKind.REMINDER,
        text=Message(text, {"title": row.request.title}),
        link=f"/outcomes/{row.request_id}",
    )


def delivered_so_far(session: Session, request: ResourceRequest) -> int:
    """Quarter-hours worked as far as is known: published ones, corrected by what was entered."""
    from planner.clock import add_weeks, week_of
    from planner.supply import as_worked, promises

    after = add_weeks(week_of(today()), 1)
    standing = [p for p in promises(session) if p.request_id == request.id and p.week < after]
    return sum(p.quarter_hours for p in as_worked(session, standing, after) if p.request_id == request.id)


def references(session: Session, actor: Actor) -> Sequence[Closing]:
    """Confirmed outcomes of visible requests that can be told to others as a reference, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_OUTCOMES))
    seen = visible_requests(session, actor).with_only_columns(ResourceRequest.id)
    query = (
        select(Closing)
        .where(
            Closing.request_id.in_(seen),
            Closing.state == ClosingState.CONFIRMED,
            Closing.reference_text != "",
        )
        .options(joinedload(Closing.request).joinedload(ResourceRequest.account))
        .order_by(Closing.ended_on.desc(), Closing.id)
    )
    return session.scalars(query).all()
