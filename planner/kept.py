"""What was published, decided and sent to the board, held against the log that saw it happen.

The log's chain proves the log. Its events carry every column of what must never change, long texts as their
hash; so a row that differs from its event was changed behind the planner's back.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from planner import settings, witness
from planner.audit import Event, state_of, verify
from planner.records import AuditEvent, BoardReview, Decision, PlanRun, Publication, PublishedHours, Row
from planner.records.plans import RUN_RESULT
from planner.verdict import Message

UNREADABLE = (ValueError, TypeError, LookupError, NoResultFound)
"""What reading a row can end in after somebody wrote nonsense into it."""

State = Mapping[str, Any]


def seal(session: Session, publication: Publication) -> dict[str, Any]:
    """Hashes of all a publication stands on, for its event: its hours by request, its run and its inputs."""
    run = session.get_one(PlanRun, publication.run_id, populate_existing=True)
    result = {column: value for column, value in state_of(run).items() if column in RUN_RESULT}
    snapshot = {**state_of(run.snapshot), "inputs": run.snapshot.inputs} if run.snapshot else {}
    return {
        "hours": {request: _digest(rows) for request, rows in _hours(session, publication.id).items()},
        "run": _digest(result),
        "snapshot": _digest(snapshot),
    }


def check(session: Session) -> list[Message]:
    """Everything that was tampered with: in the log, against the witness, and in what the log saw."""
    return [*verify(session), *against_witness(session), *rows(session)]


def against_witness(session: Session) -> list[Message]:
    """Where the log differs from what the witness saw of it; nothing when no witness is set."""
    here = settings.witness()
    if here is None:
        return []
    try:
        seen = witness.read(here.path)
    except FileNotFoundError:
        return [Message("The witness file %(file)s is missing.", {"file": str(here.path)})]
    except (OSError, witness.WitnessError) as error:
        return [
            Message(
                "The witness file %(file)s cannot be read: %(why)s.",
                {"file": str(here.path), "why": str(error)},
            )
        ]
    columns = AuditEvent.__table__.columns
    stored = dict(
        session.execute(select(columns.seq, columns.hash).where(columns.seq.in_([s.seq for s in seen]))).all()
    )
    problems = []
    good = 0
    for line in seen:
        if stored.get(line.seq) == line.hash:
            good = line.seq
            continue
        span = {"first": good + 1, "last": line.seq}
        problems.append(
            Message(
                "The witness saw event %(last)s, which is gone: the log was cut after it was written.", span
            )
            if line.seq not in stored
            else Message("The witness saw another log: events %(first)s to %(last)s were rewritten.", span)
        )
    return problems + _unseen(session, seen)


def _unseen(session: Session, seen: list[witness.Seen]) -> list[Message]:
    """Publications that the witness never saw."""
    known = {line.publication for line in seen}
    numbers = session.scalars(select(Publication.number).order_by(Publication.number)).all()
    return [
        Message("The witness did not see plan %(number)s being published.", {"number": number})
        for number in numbers
        if number not in known
    ]


def rows(session: Session) -> list[Message]:
    """What differs between the log and the rows it tells of, by plan, by decision, by review."""
    return [*_publications(session), *_decisions(session), *_reviews(session)]


def _publications(session: Session) -> Iterator[Message]:
    told = _told(session, Event.PLAN_PUBLISHED)
    for key in session.scalars(select(Publication.id).order_by(Publication.published_at)).all():
        event = told.pop(key, None)
        if event is None:
            yield Message("The publication %(id)s was not made by the planner.", {"id": key})
            continue
        number = event.get("number")
        try:
            row = session.get_one(Publication, key, populate_existing=True)
            changed = _changed(row, event)
            parts = list(_parts(event, seal(session, row)))
        except UNREADABLE:
            changed, parts = ["unreadable"], []
        if changed:
            yield Message(
                "Plan %(number)s was changed after it was published: %(columns)s.",
                {"number": number, "columns": ", ".join(changed)},
            )
        for part in parts:
            yield Message(
                "Plan %(number)s was changed after it was published: %(columns)s.",
                {"number": number, "columns": part},
            )
    for event in told.values():
        yield Message("Plan %(number)s was removed.", {"number": event.get("number")})


def _parts(event: State, now: State) -> Iterator[str]:
    """Which of the things a publication stands on differ from its event."""
    then: Mapping[str, str] = event.get("hours") or {}
    for request in sorted({*then, *now["hours"]}):
        if then.get(request) != now["hours"].get(request):
            yield f"hours of request {request}"
    for part in ("run", "snapshot"):
        if event.get(part) != now[part]:
            yield part


def _decisions(session: Session) -> Iterator[Message]:
    told = {}
    for key, after in _afters(session, "decision.%"):
        decision = after.get("decision")
        if isinstance(decision, Mapping):
            told[str(decision.get("id"))] = decision
        elif "proposal_id" in after:
            told[key] = after
    yield from _compare(session, Decision, told, Message("decision"))


def _reviews(session: Session) -> Iterator[Message]:
    yield from _compare(session, BoardReview, _told(session, Event.REVIEW_SENT), Message("board review"))


def _compare(session: Session, kind: type[Row], told: dict[str, State], noun: Message) -> Iterator[Message]:
    for key, row in _readable(session, kind):
        event = told.pop(key, None)
        params = {"noun": noun, "id": key}
        if event is None:
            yield Message("The %(noun)s %(id)s was not made by the planner.", params)
            continue
        changed = ["unreadable"] if row is None else _changed(row, event)
        if changed:
            yield Message(
                "The %(noun)s %(id)s was changed: %(columns)s.", {**params, "columns": ", ".join(changed)}
            )
    for key in told:
        yield Message("The %(noun)s %(id)s was removed.", {"noun": noun, "id": key})


def _readable(session: Session, kind: type[Row]) -> Iterator[tuple[str, Row | None]]:
    """All rows by id; None for one that nobody can read any more."""
    query = select(kind).order_by(kind.created_at, kind.id).execution_options(populate_existing=True)
    try:
        yield from ((row.id, row) for row in session.scalars(query).all())
    except UNREADABLE:
        for key in session.scalars(select(kind.id).order_by(kind.id)).all():
            try:
                yield key, session.get_one(kind, key, populate_existing=True)
            except UNREADABLE:
                yield key, None


def _told(session: Session, event: Event) -> dict[str, State]:
    """What the events of that kind say of their rows, by id."""
    return dict(_afters(session, event.value))


def _afters(session: Session, actions: str) -> Iterator[tuple[str, State]]:
    """Ids and columns from the events of those actions; what nobody can read is left to the chain to name."""
    columns = AuditEvent.__table__.columns
    query = select(columns.entity_id, columns.after).where(columns.action.like(actions)).order_by(columns.seq)
    try:
        found = session.execute(query).all()
    except UNREADABLE:
        where = select(columns.seq).where(columns.action.like(actions)).order_by(columns.seq)
        found = []
        for seq in session.scalars(where).all():
            with suppress(*UNREADABLE):
                found.append(session.execute(query.where(columns.seq == seq)).one())
    yield from ((key, after) for key, after in found if isinstance(after, Mapping))


def _changed(row: Row, event: State) -> list[str]:
    """Columns that differ from the event's, by name."""
    return [column for column, value in state_of(row).items() if event.get(column) != value]


def _hours(session: Session, publication_id: str) -> dict[str, list[State]]:
    found: defaultdict[str, list[State]] = defaultdict(list)
    query = (
        select(PublishedHours)
        .where(PublishedHours.publication_id == publication_id)
        .order_by(PublishedHours.id)
        .execution_options(populate_existing=True)
    )
    for row in session.scalars(query):
        found[row.request_id].append(state_of(row))
    return found


def _digest(values: Any) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
