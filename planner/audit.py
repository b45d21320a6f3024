"""The audit log: one event per thing done, written in the transaction of the thing itself.

Each event carries the hash of the one before it, so a changed, missing or added row shows.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, object_session

from planner.actor import Actor
from planner.clock import now
from planner.records import AuditEvent, Row

GENESIS = "0" * 64
"""What the first event names as the hash before it."""

SECRET = frozenset({"password_hash", "digest"})
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
    REQUEST_CARRIED = "request.carried"
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
    PLAN_PUBLISHED = "plan.published"
    BOARD_LINK_CREATED = "board_link.created"
    BOARD_LINK_REVOKED = "board_link.revoked"
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
    COMPANY_LOADED = "company.loaded"


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


def digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over the columns named by HASHED in canonical JSON."""
    plain = {name: _plain(name, values[name]) for name in HASHED}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
    row = AuditEvent(**values, hash=digest(values))
    session.add(row)
    session.flush()
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


def verify(session: Session) -> list[str]:
    """Walk the whole chain; one English sentence per problem, an empty list when all is well."""
    problems: list[str] = []
    previous, expected = GENESIS, 1
    columns = AuditEvent.__table__.columns
    for row in session.execute(select(*columns).order_by(columns.seq).execution_options(yield_per=1000)):
        values = row._asdict()
        if values["seq"] != expected:
            problems.append(f"Events {expected} to {values['seq'] - 1} are missing.")
        elif values["prev_hash"] != previous:
            problems.append(f"Event {values['seq']} does not follow the event before it.")
        if digest(values) != values["hash"]:
            problems.append(f"Event {values['seq']} was changed after it was written.")
        previous, expected = values["hash"], values["seq"] + 1
    return problems
