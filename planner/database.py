"""Connections and units of work: SQLite by default, PostgreSQL by URL, the same promises on both.

A writer takes the lock before it reads, so that what it checked is still true when it writes: SQLite by
`BEGIN IMMEDIATE`, PostgreSQL by one advisory lock held to the end of the transaction. PostgreSQL lets writers
wait in the order they came; SQLite lets them try again and again, and under load somebody is never lucky. So
writers of a file first queue for a lock of the operating system on a file beside it, which is fair, is free
again when its holder dies, and is the same for all threads and processes.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from planner.verdict import Refused

READING = "reading"
"""Where a session keeps what it has looked up, when it sees one state throughout and cannot write."""

WRITER_LOCK = 0x504C414E
"""The key of PostgreSQL's advisory lock for writers."""

BUSY_TIMEOUT_MS = 30_000


class BusyError(SQLAlchemyError):
    """The database was kept busy for too long by something that does not queue, such as a copy or a shell."""


def connect(url: str, *, foreign_keys: bool = True) -> Engine:
    """An engine for `url`, set up for durable writes; migrations of SQLite switch foreign keys off."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url)
        _prepare_sqlite(engine, foreign_keys=foreign_keys)
        return engine
    return create_engine(url, pool_pre_ping=True)


def _prepare_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling starts a writer too late; SQLAlchemy begins instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            # Without it "INSERT OR REPLACE" deletes rows behind the back of the triggers.
            "recursive_triggers=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if options.get('reading') else 'OFF'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


class Database:
    """One database; hands out sessions for reading and units of work for writing."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        reading: dict[str, Any] = {"reading": True}
        if not self.is_sqlite:
            reading |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._readers = sessionmaker(self.engine.execution_options(**reading), expire_on_commit=False)
        writing = self.engine.execution_options(writing=True)
        self._writers = sessionmaker(writing, expire_on_commit=False)
        path = self.engine.url.database if self.is_sqlite else None
        self._queue = f"{path}-queue" if path and path != ":memory:" else None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database throughout and cannot write."""
        with self._readers() as session:
            session.info[READING] = {}
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A unit of work: locked first, committed at the end, undone whole on any exception.

        The one exception to "undone" is a refusal that asks to be kept.

        Raises:
            BusyError: something that does not queue kept the database too long.
        """
        kept: Refused | None = None
        with self._turn(), self._writers.begin() as session:
            self._lock(session)
            try:
                yield session
            except Refused as refused:
                if not refused.keep:
                    raise
                kept = refused
        if kept is not None:
            raise kept

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait in the queue of the file's writers; no time limit, as its holder cannot die holding it."""
        if self._queue is None:
            yield
            return
        place = os.open(self._queue, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            yield
        finally:
            os.close(place)

    def _lock(self, session: Session) -> None:
        """Take the database's own lock for writers."""
        if not self.is_sqlite:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            return
        try:
            session.connection()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            raise BusyError("the database is kept busy by somebody else") from error

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
