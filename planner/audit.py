"""The audit log: one event per thing done, written in the transaction of the thing itself.

Each event carries the hash of the one before it, so a changed, missing or added row shows.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, object_session

from planner import witness
from planner.actor import Actor
from planner.clock import now
from planner.records import AuditEvent, Row
from planner.verdict import Message

GENESIS = "0" * 64
"""What the first event names as the hash before it."""

SECRET = frozenset({"password_hash", "digest", "person_name", "person_need"})
"""Columns that never appear in the log."""

LONG = frozenset({"problem", "result", "content"})
"""Columns that appear as their SHA-256."""

HASHED = (
    *("seq", "at", "actor_id", "on_behalf_of_id", "action", "entity", "entity_id"),
    *("before", "after", "reason", "prev_hash"),
)


class Event(enum.StrEnum):
    """Everything that leaves a trace, as subject.action."""

    REQUEST_FILED = "request.filed"
    REQUEST_EDITED = "request.edited"
    REQUEST_SUBMITTED = "request.submitted"
    REQUEST_RETURNED = "request.returned"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_PLANNED = "request.planned"
    REQUEST_DECIDED = "request.decided"
    REQUEST_PUBLISHED = "request.published"
    REQUEST_STARTED = "request.started"
    REQUEST_CARRIED = "request.carried"
    REQUEST_KEPT = "request.kept"
    REQUEST_ADMITTED = "request.admitted"
    REQUEST_EXPIRED = "request.expired"
    OBLIGATION_CONFIRMED = "obligation.confirmed"
    CYCLE_OPENED = "cycle.opened"
    CYCLE_CHANGED = "cycle.changed"
    CYCLE_CLOSED = "cycle.closed"
    RUN_CREATED = "run.created"
    RUN_STARTED = "run.started"
    RUN_FINISHED = "run.finished"
    RUN_FAILED = "run.failed"
    RUN_CANCELLED = "run.cancelled"
    RUN_REPEATED = "run.repeated"
    RUN_STOP_REQUESTED = "run.stop_requested"
    ALLOCATION_PROPOSED = "allocation.proposed"
    ALLOCATION_WITHDRAWN = "allocation.withdrawn"
    ALLOCATION_PUBLISHED = "allocation.published"
    DECISION_APPROVED = "decision.approved"
    DECISION_REJECTED = "decision.rejected"
    DECISION_CARRIED = "decision.carried"
    DECISION_REOPENED = "decision.reopened"
    DECISION_COUNTERED = "decision.countered"
    OFFER_ACCEPTED = "offer.accepted"
    OFFER_DECLINED = "offer.declined"
    OFFER_VOIDED = "offer.voided"
    HEAD_NAMED = "head.named"
    BOOKING_ASKED = "soft_booking.asked"
    BOOKING_GRANTED = "soft_booking.granted"
    BOOKING_ENDED = "soft_booking.ended"
    COMMENT_WRITTEN = "comment.written"
    PLAN_PUBLISHED = "plan.published"
    REVIEW_SENT = "review.sent"
    RESOLUTION_RECORDED = "resolution.recorded"
    RESOLUTION_DONE = "resolution.done"
    SURVEY_OPENED = "survey.opened"
    SURVEY_ANSWERED = "survey.answered"
    SURVEY_CLOSED = "survey.closed"
    CONTRIBUTION_ASKED = "contribution.asked"
    SCARCITY_ASKED = "scarcity.asked"
    BOARD_LINK_CREATED = "board_link.created"
    BOARD_LINK_REVOKED = "board_link.revoked"
    OVERRIDE_PRICED = "override.priced"
    OVERRIDE_SIGNED = "override.signed"
    OVERRIDE_SECONDED = "override.seconded"
    OVERRIDE_DECLINED = "override.declined"
    OVERRIDE_WITHDRAWN = "override.withdrawn"
    SWAP_OFFERED = "swap.offered"
    SWAP_ACCEPTED = "swap.accepted"
    SWAP_DECLINED = "swap.declined"
    SWAP_WITHDRAWN = "swap.withdrawn"
    SWAP_RELEASED = "swap.released"
    SWAP_CHECKED = "swap.checked"
    SCENARIO_CREATED = "scenario.created"
    SCENARIO_CHANGED = "scenario.changed"
    SCENARIO_PROMOTED = "scenario.promoted"
    TRADE_OFF_ASKED = "trade_off.asked"
    TRADE_OFF_STOPPED = "trade_off.stopped"
    EXPLANATION_ASKED = "explanation.asked"
    EXPLANATION_FINISHED = "explanation.finished"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - the name of an event
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGN_IN_FAILED = "user.sign_in_failed"
    USER_SIGNED_OUT = "user.signed_out"
    TOKEN_CREATED = "token.created"  # noqa: S105 - the name of an event
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - the name of an event
    DELEGATION_CREATED = "delegation.created"
    DELEGATION_REVOKED = "delegation.revoked"
    DEFINITION_DRAFTED = "definition.drafted"
    DEFINITION_EDITED = "definition.edited"
    DEFINITION_PROPOSED = "definition.proposed"
    DEFINITION_RETURNED = "definition.returned"
    DEFINITION_APPROVED = "definition.approved"
    DEFINITION_RETIRED = "definition.retired"
    COMPANY_LOADED = "company.loaded"
    DATABASE_RESTORED = "database.restored"
    DATA_IMPORTED = "data.imported"
    MONTH_CLOSED = "month.closed"
    FIGURES_CHANGED = "figures.changed"
    COST_RATES_CHANGED = "cost_rates.changed"
    USUAL_CHANCES_STATED = "usual_chances.stated"
    USUAL_CHANCES_CONFIRMED = "usual_chances.confirmed"
    USUAL_CHANCES_ENDED = "usual_chances.ended"
    ACCOUNT_CHANGED = "account.changed"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_ERASED = "contact.erased"
    SCORE_RATED = "score.rated"
    SCORE_CONFIRMED = "score.confirmed"
    TRAIT_STATED = "trait.stated"
    TRAIT_CONFIRMED = "trait.confirmed"
    TRAIT_ENDED = "trait.ended"
    FACTOR_SET = "factor.set"
    FACTOR_APPROVED = "factor.approved"
    FACTOR_ENDED = "factor.ended"
    GOAL_CHANGED = "goal.changed"
    PLAN_DRAFTED = "account_plan.drafted"
    PLAN_SUBMITTED = "account_plan.submitted"
    PLAN_REVIEWED = "account_plan.reviewed"
    OUTCOME_RECORDED = "outcome.recorded"
    OUTCOME_CONFIRMED = "outcome.confirmed"
    OUTCOME_RETURNED = "outcome.returned"
    OUTCOME_REMINDED = "outcome.reminded"
    WORK_LOGGED = "work.logged"
    REQUEST_CLOSED = "request.closed"


def _plain(name: str, value: Any) -> Any:
    """A column's value as JSON can hold it."""
    if value is not None and name in LONG:
        return "sha256:" + hashlib.sha256(str(value).encode()).hexdigest()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    return value


def state_of(row: Row) -> dict[str, Any]:
    """The columns of a row, as JSON can hold them; secrets are left out, long texts stand as their hash.

    Pending changes are flushed first, so that `id`, `version` and times are the ones that will be stored.
    """
    session = object_session(row)
    if session is not None:
        session.flush()
    attributes = inspect(type(row)).column_attrs
    return {a.key: _plain(a.key, getattr(row, a.key)) for a in attributes if a.key not in SECRET}


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Made once: a million events are checked in seconds."""


def digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over the columns named by HASHED in canonical JSON."""
    at = values["at"]
    plain = {name: values[name] for name in HASHED}
    plain["at"] = at.isoformat() if isinstance(at, datetime) else at
    return hashlib.sha256(_CANONICAL(plain).encode()).hexdigest()


def record(
    session: Session,
    actor: Actor,
    event: Event,
    entity: Row | None,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> AuditEvent:
    """Append one event. The unit of work holds the writers' lock, so the chain cannot fork.

    `before` is None for what is new, `after` None for what is gone. `entity` is None when there is no row,
    as for a sign-in under an unknown address. Pending changes are flushed first.
    """
    session.flush()
    last = session.execute(
        select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
    ).first()
    values: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "at": now(),
        "actor_id": actor.user_id,
        "on_behalf_of_id": actor.on_behalf_of,
        "action": event.value,
        "entity": entity.__tablename__ if entity else "",
        "entity_id": entity.id if entity else "",
        "before": before,
        "after": after,
        "reason": reason,
        "prev_hash": last.hash if last else GENESIS,
    }
    values["hash"] = digest(values)
    row = AuditEvent(**values)
    session.add(row)
    session.flush()
    published = after if event is Event.PLAN_PUBLISHED and after else {}
    witness.remember(session, values, published.get("number"), published.get("content_hash"))
    return row


def created(session: Session, actor: Actor, event: Event, entity: Row, *, reason: str = "") -> AuditEvent:
    """Record the event with the columns of a new row."""
    session.add(entity)
    return record(session, actor, event, entity, before=None, after=state_of(entity), reason=reason)


@contextmanager
def changing(
    session: Session, actor: Actor, event: Event, entity: Row, *, reason: str = ""
) -> Iterator[None]:
    """Record the event with the entity's columns before and after what happens inside."""
    before = state_of(entity)
    yield
    record(session, actor, event, entity, before=before, after=state_of(entity), reason=reason)


def length(session: Session) -> int:
    """How many events there are."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def verify(session: Session, first: int = 1, last: int | None = None) -> list[Message]:
    """Walk the chain; one message per problem, an empty list when all is well.

    Args:
        session: A session that reads.
        first: Number of the first event to check; the link to the event before it is checked too.
        last: Number of the last one, with the link to the event after it; None for the newest.
    """
    problems: list[Message] = []
    previous, expected = _before(session, first)
    for seq, values in _events(session, first, None if last is None else last + 1):
        if last is not None and seq > last:
            if values is not None and values["prev_hash"] != previous:
                problems.append(Message("Event %(seq)s does not follow the event before it.", {"seq": seq}))
            continue
        if seq != expected:
            problems.append(
                Message("Events %(first)s to %(last)s are missing.", {"first": expected, "last": seq - 1})
            )
        elif values is not None and values["prev_hash"] != previous:
            problems.append(Message("Event %(seq)s does not follow the event before it.", {"seq": seq}))
        if values is None or digest(values) != values["hash"]:
            problems.append(Message("Event %(seq)s was changed after it was written.", {"seq": seq}))
        previous, expected = values["hash"] if values else "", seq + 1
    return problems


def _before(session: Session, first: int) -> tuple[str, int]:
    """The hash that the event `first` should follow, and the number of the event that should come next."""
    columns = AuditEvent.__table__.columns
    found = session.execute(
        select(columns.hash, columns.seq).where(columns.seq < first).order_by(columns.seq.desc()).limit(1)
    ).first()
    return (found.hash, found.seq + 1) if found else (GENESIS, 1)


def _events(
    session: Session, first: int = 1, last: int | None = None
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Numbers and columns of the events, in order; None for columns that nobody can read any more."""
    columns = AuditEvent.__table__.columns
    query = select(*columns).where(columns.seq >= first).order_by(columns.seq)
    if last is not None:
        query = query.where(columns.seq <= last)
    reached = first - 1
    rest: Sequence[int] = ()
    try:
        for row in session.execute(query.execution_options(yield_per=1000)):
            yield row.seq, row._asdict()
            reached = row.seq
    except (ValueError, TypeError):
        rest = session.scalars(query.with_only_columns(columns.seq).where(columns.seq > reached)).all()
    for seq in rest:
        try:
            yield seq, session.execute(query.where(columns.seq == seq)).one()._asdict()
        except (ValueError, TypeError):
            yield seq, None
