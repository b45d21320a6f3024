"""The shape of the database: made by migrations, equal to the records, kept by triggers."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from factories import World
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from planner.actor import SYSTEM
from planner.audit import Event, created
from planner.clock import now
from planner.database import Database, connect
from planner.migrations import NotMigrated, check_migrated, differences, migrate
from planner.migrations.running import configuration, newest
from planner.records import (
    Base,
    Decision,
    DecisionOutcome,
    JobState,
    PlanRun,
    Proposal,
    Publication,
    PublishedHours,
    RunPurpose,
    Snapshot,
)


def test_migrations_make_what_the_records_say(database: Database) -> None:
    """Alembic finds nothing to change between a migrated database and the records."""
    assert differences(database.engine) == []


def _checks(engine: Engine) -> dict[str, list[tuple[str, str]]]:
    """The check constraints of every table, by name."""
    seen = inspect(engine)
    return {
        table: sorted((str(c["name"]), str(c["sqltext"])) for c in seen.get_check_constraints(table))
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_make_the_same_checks(sqlite_database: Database) -> None:
    """Alembic does not compare checks, so a new choice of an enumeration would go unnoticed without this."""
    fresh = connect("sqlite://")
    Base.metadata.create_all(fresh)
    assert _checks(sqlite_database.engine) == _checks(fresh)
    fresh.dispose()


def test_migrating_again_changes_nothing(database_url: str) -> None:
    """The command may run at every start."""
    assert migrate(database_url) == (newest(), newest())


def test_a_folder_and_file_are_made(tmp_path: Path) -> None:
    """A fresh machine has no var folder."""
    before, after = migrate(f"sqlite:///{tmp_path}/deep/planner.db")
    assert (before, after) == (None, newest())


def test_down_and_up_again(database_url: str) -> None:
    """Every step can be undone: nothing is left but Alembic's own table, and the way back works."""
    engine = connect(database_url, foreign_keys=False)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with pytest.raises(NotMigrated, match="planner migrate"):
        check_migrated(engine)
    migrate(database_url)
    check_migrated(engine)
    assert differences(engine) == []
    engine.dispose()


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """The operator reads where and what to do, not a traceback."""
    engine = connect(f"sqlite:///{tmp_path}/none/planner.db")
    with pytest.raises(NotMigrated, match=r"none/planner\.db cannot be opened"):
        check_migrated(engine)


def test_a_database_of_a_newer_program_is_left_alone(database_url: str) -> None:
    """Neither a start nor `planner migrate` touches it, and the operator reads why."""
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (lambda: migrate(database_url), lambda: check_migrated(engine)):
        with pytest.raises(NotMigrated, match=r"9999, which this program does not know"):
            attempt()
    engine.dispose()


KEPT = ("audit_event", "snapshot", "decision", "publication", "published_hours", "plan_run")


def _publish(world: World) -> None:
    """One row of every kept table: a finished run, its publication, a decision."""
    request = world.submitted()
    with world.database.writing() as session:
        snapshot = Snapshot(problem="{}", problem_hash="sha256:0", inputs={})
        session.add(snapshot)
        session.flush()
        run = PlanRun(
            cycle_id=world.ids["cycle"],
            number=1,
            purpose=RunPurpose.OFFICIAL,
            state=JobState.DONE,
            parameters={"seed": 0},
            snapshot_id=snapshot.id,
            created_by_id=world.ids["lukas"],
            value_minor=100,
            result="{}",
        )
        created(session, SYSTEM, Event.RUN_CREATED, run)
        proposal = Proposal(
            run_id=run.id,
            request_id=request.id,
            line_id=request.lines[0].id,
            department_id=world.ids["engineering"],
        )
        session.add(proposal)
        session.flush()
        session.add(
            Decision(
                proposal_id=proposal.id,
                outcome=DecisionOutcome.APPROVED,
                decided_by_id=world.ids["hana"],
                decided_at=now(),
            )
        )
        publication = Publication(
            cycle_id=world.ids["cycle"],
            run_id=run.id,
            number=1,
            published_by_id=world.ids["lukas"],
            published_at=datetime(2027, 1, 7, tzinfo=UTC),
            content="{}",
            content_hash="sha256:0",
        )
        session.add(publication)
        session.flush()
        session.add(
            PublishedHours(
                publication_id=publication.id,
                request_id=request.id,
                line_id=request.lines[0].id,
                specialist_id=world.ids["s:ann"],
                week="2027-W01",
                quarter_hours=8,
            )
        )


def _dump(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        return {t: session.execute(text(f"SELECT * FROM {t}")).all() for t in KEPT}  # noqa: S608 - constant names


def test_kept_tables_refuse_raw_sql(any_world: World) -> None:
    """UPDATE of every single column, DELETE and (PostgreSQL) TRUNCATE fail, and not a byte changes.

    The statements go past the records, as somebody with a database console would send them.
    """
    _publish(any_world)
    before = _dump(any_world.database)
    assert all(before.values())
    tries = 0
    for table in KEPT:
        columns = [c.name for c in Base.metadata.tables[table].columns]
        free = {"heartbeat_at", "worker", "attempts", "stop_requested", "progress"}
        free |= {"id", "created_at", "updated_at", "version"}
        kept = [c for c in columns if table != "plan_run" or c not in free]
        statements = [f"UPDATE {table} SET {column} = NULL" for column in kept]  # noqa: S608 - constant names
        statements.append(f"DELETE FROM {table}")  # noqa: S608 - constant names
        if not any_world.database.is_sqlite and table != "plan_run":
            statements.append(f"TRUNCATE {table} CASCADE")
        for statement in statements:
            # Columns that are null already are set to null: on a finished run this changes nothing.
            if (
                table == "plan_run"
                and statement.startswith("UPDATE")
                and _is_null(before, columns, statement)
            ):
                continue
            with (
                pytest.raises(DatabaseError, match="kept from change"),
                any_world.database.writing() as session,
            ):
                session.execute(text(statement))
            tries += 1
    assert _dump(any_world.database) == before
    assert tries > 50


def _is_null(before: dict[str, Any], columns: list[str], statement: str) -> bool:
    column = statement.split(" SET ")[1].split(" ", maxsplit=1)[0]
    return before["plan_run"][0][columns.index(column)] is None


def test_replacing_a_row_is_refused_too(world: World) -> None:
    """SQLite's INSERT OR REPLACE deletes first; recursive triggers make that visible."""
    _publish(world)
    with (
        pytest.raises(DatabaseError, match="kept from change"),
        world.database.writing() as session,
    ):
        session.execute(text("INSERT OR REPLACE INTO publication SELECT * FROM publication"))


def test_a_running_run_may_still_change(any_world: World) -> None:
    """Only a finished run is kept; queued and failed ones move on."""
    with any_world.database.writing() as session:
        run = PlanRun(
            cycle_id=any_world.ids["cycle"],
            number=1,
            purpose=RunPurpose.OFFICIAL,
            state=JobState.FAILED,
            parameters={},
            created_by_id=any_world.ids["lukas"],
        )
        session.add(run)
        session.flush()
        session.execute(text("UPDATE plan_run SET state = 'queued', value_minor = 1"))
        session.execute(text("DELETE FROM plan_run"))
        assert session.execute(text("SELECT count(*) FROM plan_run")).scalar_one() == 0


def test_an_interrupted_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps share one transaction: a failure in the last one undoes the first."""
    from planner.migrations import keeping

    def broken() -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(keeping, "keep", broken)
    path = tmp_path / "planner.db"
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as link:
        assert link.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    link.close()
