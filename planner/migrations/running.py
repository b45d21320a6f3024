"""Running the migrations from code: the command, the server's start and the tests use the same door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from planner.database import WRITER_LOCK, connect
from planner.records import Base
from planner.settings import SettingsError

FOLDER = Path(__file__).parent


class NotMigrated(SettingsError):  # noqa: N818 - it names the state of the database
    """The database that is set has not the shape this program needs; the text says which command helps."""


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that the program needs."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def _refuse_newer(found: str | None) -> None:
    """A database that a newer program has changed is left alone: stepping back would lose what it added."""
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if found is not None and found not in known:
        raise NotMigrated(
            f"The database is at revision {found}, which this program does not know: a newer one made it. "
            "Run that newer program, or name another database in PLANNER_DATABASE_URL."
        )


def present(connection: Connection) -> str | None:
    """The revision of a database; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str) -> tuple[str | None, str]:
    """Bring the database at `url` to the newest shape; a SQLite file and its folder are made when missing.

    Gives the revisions before and after. All steps happen in one transaction under the writers' lock, so two
    processes that start together do no harm and an interrupted migration leaves nothing behind.

    Raises:
        NotMigrated: a newer program has changed the database.
    """
    place = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and place:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    # Altering a SQLite table copies it, which foreign keys would take for a deletion.
    engine = connect(url, foreign_keys=False)
    try:
        with engine.execution_options(writing=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            before = present(connection)
            _refuse_newer(before)
            command.upgrade(configuration(connection), "head")
            _check_foreign_keys(connection)
            return before, newest()
    finally:
        engine.dispose()


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration would leave {len(broken)} rows without their parent: {broken[:3]}")


def check_migrated(engine: Engine) -> None:
    """Go on when the database has the newest shape.

    Raises:
        NotMigrated: it cannot be opened, is empty, older or newer than the program.
    """
    try:
        with engine.connect() as connection:
            found = present(connection)
    except OperationalError as error:
        place = engine.url.render_as_string(hide_password=True)
        raise NotMigrated(
            f"The database {place} cannot be opened: {error.orig}. Run: planner migrate"
        ) from error
    _refuse_newer(found)
    if found != newest():
        raise NotMigrated(
            f"The database is at revision {found or 'none'}, this program needs {newest()}. "
            "Run: planner migrate"
        )


def differences(engine: Engine) -> list[Any]:
    """What Alembic would change to make the database match the records; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
