"""Ways to change kept rows behind the planner's back, as the owner of the database file could."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Boolean, Table, inspect, select, text, update
from sqlalchemy.orm import Session

from planner import audit
from planner.database import Database
from planner.records import AuditEvent, Base, PlanRun, Publication
from planner.records.plans import RUN_RESULT

KEPT = ("audit_event", "publication", "published_hours", "decision", "snapshot", "plan_run")


class Undo(Exception):  # noqa: N818 - it only ends the transaction
    """Raised to undo what was tried."""


@dataclass(frozen=True)
class Done:
    """What was done, and words that the report of it must hold."""

    words: str
    where: str


@contextmanager
def behind_its_back(database: Database) -> Iterator[Session]:
    """A unit of work in which nothing protects a row; it is undone at the end, protections included."""
    with suppress(Undo), database.writing() as session:
        _release(session)
        yield session
        _undo()
    if database.is_sqlite:
        with database.reading() as session:
            session.execute(text("PRAGMA ignore_check_constraints=OFF"))


def _undo() -> NoReturn:
    raise Undo


def _release(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        for name in KEPT:
            session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"))
        return
    session.execute(text("PRAGMA defer_foreign_keys=ON"))
    session.execute(text("PRAGMA ignore_check_constraints=ON"))
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def table(name: str) -> Table:
    """A table by name."""
    return Base.metadata.tables[name]


def columns(name: str) -> list[str]:
    """Columns that must never change."""
    if name == "plan_run":
        return list(RUN_RESULT)
    return [column.key for column in table(name).columns]


def every_column() -> Iterator[tuple[str, str]]:
    """Every column of every kept table but the keys that other rows point to."""
    for name in KEPT:
        for column in columns(name):
            if (name, column) not in {("plan_run", "snapshot_id"), ("publication", "run_id")}:
                yield name, column


def _keys(name: str) -> Any:
    return table(name).primary_key.columns.values()[0]


def _rows(session: Session, name: str) -> list[Any]:
    """Ids of the rows that count: of runs and inputs those of a published plan."""
    if name == "plan_run":
        return list(session.scalars(select(Publication.run_id)))
    if name == "snapshot":
        return list(
            session.scalars(select(PlanRun.snapshot_id).join(Publication, Publication.run_id == PlanRun.id))
        )
    key = _keys(name)
    return list(session.scalars(select(key).order_by(key)))


def _where(name: str, row: Any) -> str:
    """What a report must name: the event, the decision, or the plan."""
    if name == "audit_event":
        return f"vent {row}" if row else "vent"
    return str(row) if name == "decision" else "Plan 1"


def change(session: Session, dice: random.Random, name: str, column: str) -> Done:
    """Write another value into one column of one row, as raw text or number."""
    row = dice.choice(_rows(session, name))
    key = _keys(name)
    before = session.execute(
        text(f"SELECT {column} FROM {name} WHERE {key.key} = :row"),  # noqa: S608 - names of our own tables
        {"row": row},
    ).scalar_one()
    truth = isinstance(table(name).columns[column].type, Boolean)
    after = not before if truth else _other(dice, before)
    if column in {"id", "seq"} and name in {"snapshot", "plan_run"}:
        column, after = "created_at", "2020-01-01 00:00:00.000000"
    session.execute(
        text(f"UPDATE {name} SET {column} = :value WHERE {key.key} = :row"),  # noqa: S608 - our own tables
        {"value": after, "row": row},
    )
    where = _where(name, row)
    if column == "seq":
        where = "vent"
    return Done(f"{name}.{column} of {row}: {before!r:.60} -> {after!r:.60}", where)


def _other(dice: random.Random, value: Any) -> Any:
    """Something near the value but not the same: one sign, one unit, or something for nothing."""
    if value is None:
        return "1"
    if isinstance(value, int):
        return value + dice.choice((-1, 1, 1000))
    signs = list(str(value))
    if not signs:
        return "x"
    # A sign between the parts of a time may be any; its digits may not.
    place = dice.choice([i for i, sign in enumerate(signs) if sign.isalnum()] or [0])
    signs[place] = chr((ord(signs[place]) ^ 1) or 49)
    changed = "".join(signs)
    return changed if changed.strip() else "x"


def _remove(session: Session, name: str, row: Any) -> Done:
    key = _keys(name)
    if name == "publication":
        session.execute(text("DELETE FROM published_hours WHERE publication_id = :row"), {"row": row})
    session.execute(text(f"DELETE FROM {name} WHERE {key.key} = :row"), {"row": row})  # noqa: S608 - our own tables
    # A gap is told by its ends, a cut end by the witness.
    return Done(f"{name} {row} removed", "vent" if name == "audit_event" else _where(name, row))


def _copy(session: Session, name: str, row: Any) -> Done:
    """The row once more under another key."""
    own, key = table(name), _keys(name)
    values = dict(session.execute(select(own).where(key == row)).one()._mapping)
    new = audit.length(session) + 1 if name == "audit_event" else str(uuid.uuid4())
    values[key.key] = new
    if name == "published_hours":
        values["week"] = "2027-W02"
    session.execute(own.insert().values(values))
    return Done(f"{name} {row} copied as {new}", _where(name, new))


def _swap(session: Session, dice: random.Random) -> Done:
    """Two events change places."""
    events = table("audit_event")
    one, other = sorted(dice.sample(_rows(session, "audit_event"), 2))
    for before, after in ((one, -1), (other, one), (-1, other)):
        session.execute(update(events).where(events.c.seq == before).values(seq=after))
    return Done(f"events {one} and {other} swapped", f"vent {one}")


def one(session: Session, dice: random.Random) -> Done:
    """One tampering of a kind, a table, a row and a column that the dice choose."""
    kind = dice.choice(("change", "change", "change", "change", "remove", "copy", "swap"))
    if kind == "change":
        name = dice.choice(KEPT)
        allowed = [column for table, column in every_column() if table == name]
        return change(session, dice, name, dice.choice(allowed))
    if kind == "swap":
        return _swap(session, dice)
    name = dice.choice(("audit_event", "published_hours", "decision"))
    row = dice.choice(_rows(session, name))
    return _remove(session, name, row) if kind == "remove" else _copy(session, name, row)


def rebuild(session: Session, seq: int) -> None:
    """Change an event and compute every hash after it anew, as a forger with time would."""
    events = inspect(AuditEvent).local_table
    session.execute(update(AuditEvent).where(AuditEvent.seq == seq).values(reason="forged"))
    previous: str | None = None
    for row in session.execute(select(events).where(events.c.seq >= seq).order_by(events.c.seq)).all():
        values = dict(row._mapping)
        values["prev_hash"] = previous or values["prev_hash"]
        previous = audit.digest(values)
        session.execute(
            update(AuditEvent)
            .where(AuditEvent.seq == row.seq)
            .values(prev_hash=values["prev_hash"], hash=previous)
        )
