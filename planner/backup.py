"""Copies of a SQLite database that are proven to be whole, and the way back from one.

A file that is being written must never be copied as a file: what its journal still holds would be missing,
and nobody would see it. SQLite's own backup reads one state of the database while everybody goes on writing.
A copy gets its name only after it was opened and checked. PostgreSQL has tools of its own for all of this.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from planner import audit, kept
from planner.actor import SYSTEM
from planner.clock import now
from planner.database import Database
from planner.migrations import check_migrated, migrate
from planner.records import Publication, User
from planner.verdict import Denied, Kind, Message, Refused


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was checked.

    Attributes:
        events: How many events its log holds.
        publications: How many published plans it holds.
        problems: What was changed behind the planner's back; on restoring also what the witness saw and the
            copy lacks. Empty when all is well.
    """

    events: int
    publications: int
    problems: tuple[Message, ...]


def back_up(url: str, target: Path) -> Copy:
    """Copy the database at `url` to the new file `target` while everybody goes on working.

    Whatever was acknowledged before the start is in the copy. A log that does not add up is copied all the
    same, and told.

    Raises:
        Refused: The database is no SQLite file or is missing, `target` exists or cannot be written, or the
            copy is not whole; nothing is left behind.
    """
    source = _file(url)
    if not source.exists():
        raise _no("E_BACKUP_MISSING", Message("There is no database at %(file)s.", {"file": str(source)}))
    with _new(target) as part:
        _copy(source, part)
        database = Database(f"sqlite:///{part}")
        try:
            check_migrated(database.engine)
            copy = _proven(database)
        finally:
            database.dispose()
        _one_file(part)
    return copy


def restore(source: Path, url: str) -> Copy:
    """Make the database at `url`, which must not exist yet, from a copy made by `back_up`.

    A copy of an older release is brought to the present shape. All sign-ins and tokens end, because some may
    have been taken back since the copy was made. The restoring itself is an event of the log.

    Raises:
        Refused: The copy is no whole database of the planner, or there is a database at `url` already.
        NotMigrated: A newer program made the copy.
    """
    target = _file(url)
    with _new(target) as part:
        _copy(source, part)
        here = f"sqlite:///{part}"
        migrate(here)
        database = Database(here)
        try:
            with database.reading() as session:
                seen = kept.against_witness(session)
            copy = _proven(database)
            _end_sign_ins(database, copy)
        finally:
            database.dispose()
        _one_file(part)
    return replace(copy, problems=(*copy.problems, *seen))


def _file(url: str) -> Path:
    """The file behind the address."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite":
        raise Refused(
            Denied(
                Kind.INVALID,
                "E_BACKUP_POSTGRESQL",
                Message("This database is a PostgreSQL, which makes its own copies."),
                Message("Use pg_dump --format=custom and pg_restore, then run: planner audit verify."),
            )
        )
    return Path(parts.database or "")


def _no(code: str, reason: Message) -> Refused:
    return Refused(
        Denied(Kind.STATE, code, reason, Message("Name another file; nothing was written or changed."))
    )


@contextmanager
def _new(target: Path) -> Iterator[Path]:
    """A file to fill beside `target`; it gets that name when all went well, and never in place of another."""
    taken = _no(
        "E_BACKUP_EXISTS",
        Message("%(file)s exists already and is not written over.", {"file": str(target)}),
    )
    if target.exists():
        raise taken
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600, exist_ok=False)
        yield part
        os.link(part, target)
        _sync(target.parent)
    except FileExistsError as error:
        raise taken from error
    except OSError as error:
        raise _no(
            "E_BACKUP_WRITE",
            Message("%(file)s cannot be written: %(why)s.", {"file": str(target), "why": error.strerror}),
        ) from error
    finally:
        for ending in ("", "-wal", "-shm", "-queue"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """One state of a database, in a file of its own, found whole."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            faults = [row[0] for row in new.execute("PRAGMA integrity_check") if row[0] != "ok"]
            faults += [f"{row[0]} {row[1]}" for row in new.execute("PRAGMA foreign_key_check")]
            known = new.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit_event'").fetchone()[0]
    except sqlite3.Error as error:
        faults, known = [str(error)], 1
    if not known:
        faults.append("audit_event")
    if faults:
        raise _no(
            "E_BACKUP_BROKEN",
            Message(
                "%(file)s is no whole database of the planner: %(why)s.",
                {"file": str(source), "why": "; ".join(faults[:3])},
            ),
        )


def _proven(database: Database) -> Copy:
    """What stands in the copy, and what of it was tampered with."""
    with database.reading() as session:
        problems = (*audit.verify(session), *kept.rows(session))
        events = audit.length(session)
        publications = session.scalar(select(func.count()).select_from(Publication)) or 0
    return Copy(events, publications, problems)


def _end_sign_ins(database: Database, copy: Copy) -> None:
    """Let no session or token work that was made before; its epoch may have been passed since."""
    with database.writing() as session:
        minute = int(now().timestamp()) // 60
        for person in session.scalars(select(User)):
            person.epoch = max(person.epoch + 1, minute)
        audit.record(
            session,
            SYSTEM,
            audit.Event.DATABASE_RESTORED,
            None,
            before=None,
            after={"events": copy.events, "publications": copy.publications},
        )


def _one_file(part: Path) -> None:
    """Bring what the journal holds into the file, and the file to the disk."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    _sync(part)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
