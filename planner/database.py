"""Connections and units of work: SQLite by default, PostgreSQL by URL, the same promises on both.

A writer takes the lock before it reads, so that what it checked is still true when it writes: SQLite by
`BEGIN IMMEDIATE`, PostgreSQL by one advisory lock held to the end of the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from planner.verdict import Refused

WRITER_LOCK = 0x504C414E
"""The key of PostgreSQL's advisory lock for writers."""

BUSY_TIMEOUT_MS = 30_000


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

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database throughout and cannot write."""
        with self._readers() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A unit of work: locked first, committed at the end, undone whole on any exception.

        The one exception to "undone" is a refusal that asks to be kept.
        """
        kept: Refused | None = None
        with self._writers.begin() as session:
            if self.is_sqlite:
                session.connection()
            else:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            try:
                yield session
            except Refused as refused:
                if not refused.keep:
                    raise
                kept = refused
        if kept is not None:
            raise kept

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
