"""A copy of the database holds all that was acknowledged, and a restored one works."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from scenario import Quarrel
from sqlalchemy import select

from planner import audit, backup, cli
from planner.actor import SYSTEM
from planner.database import Database, connect
from planner.migrations import NotMigrated, check_migrated
from planner.migrations.running import configuration
from planner.records import AuditEvent, Publication, User
from planner.verdict import Refused


def run(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli.main, arguments, catch_exceptions=False)


def note(database: Database, text: str) -> None:
    """One acknowledged unit of work."""
    with database.writing() as session:
        audit.record(session, SYSTEM, audit.Event.WORK_LOGGED, None, before=None, after=None, reason=text)


def reasons(place: Path) -> set[str]:
    """What a copy's log tells, read without the planner."""
    with closing(sqlite3.connect(place)) as link:
        return {row[0] for row in link.execute("SELECT reason FROM audit_event")}


def unrestored(source: Path, url: str) -> str:
    """The code with which restoring is refused."""
    with pytest.raises(Refused) as caught:
        backup.restore(source, url)
    return caught.value.denied.code


def unmade(url: str, target: Path) -> str:
    """The code with which a copy is refused."""
    with pytest.raises(Refused) as caught:
        backup.back_up(url, target)
    return caught.value.denied.code


def test_nothing_acknowledged_before_is_missing_while_others_write(sqlite_url: str, tmp_path: Path) -> None:
    """Four writers go on during five copies; each is whole and holds all that was acknowledged before."""
    stop = threading.Event()
    acknowledged: list[str] = []

    def write(name: int) -> None:
        own = Database(sqlite_url)
        number = 0
        while not stop.is_set():
            number += 1
            note(own, f"{name}-{number}")
            acknowledged.append(f"{name}-{number}")
        own.dispose()

    writers = [threading.Thread(target=write, args=[name]) for name in range(4)]
    for thread in writers:
        thread.start()
    try:
        for turn in range(5):
            while len(acknowledged) < 10 * (turn + 1):
                stop.wait(0.01)
            before = set(acknowledged)
            copy = backup.back_up(sqlite_url, tmp_path / f"{turn}.copy")
            stored = reasons(tmp_path / f"{turn}.copy")
            assert before <= stored
            assert (copy.events, copy.problems) == (len(stored), ())
    finally:
        stop.set()
        for thread in writers:
            thread.join()
    assert {p.name for p in tmp_path.iterdir() if "copy" in p.name} == {f"{turn}.copy" for turn in range(5)}


def test_a_restored_company_has_its_plan_and_ends_all_sign_ins(planned: Quarrel, tmp_path: Path) -> None:
    """The run and its snapshot are there, the chain goes on, and no epoch of before is the epoch of now."""
    place = tmp_path / "copy"
    url = planned.database.engine.url.render_as_string(hide_password=False)
    before = backup.back_up(url, place)
    copy = backup.restore(place, f"sqlite:///{tmp_path}/new.db")
    assert (copy, copy.problems) == (before, ())
    with planned.database.reading() as session:
        epochs = dict(session.execute(select(User.id, User.epoch)).all())
        chain = session.scalars(select(AuditEvent.hash).order_by(AuditEvent.seq)).all()
    restored = Database(f"sqlite:///{tmp_path}/new.db")
    with restored.reading() as session:
        assert all(person.epoch > epochs[person.id] + 1000 for person in session.scalars(select(User)))
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
        assert [event.hash for event in events[:-1]] == chain
        assert (events[-1].action, audit.verify(session)) == ("database.restored", [])
        assert session.scalars(select(Publication)).all() == []
    restored.dispose()


def test_a_database_is_never_written_over(sqlite_url: str, tmp_path: Path) -> None:
    """Neither by a copy nor by restoring; what stood there stays, and no half file is left."""
    (tmp_path / "mine").write_text("mine")
    assert unmade(sqlite_url, tmp_path / "mine") == "E_BACKUP_EXISTS"
    assert (tmp_path / "mine").read_text() == "mine"
    backup.back_up(sqlite_url, tmp_path / "copy")
    assert unrestored(tmp_path / "copy", sqlite_url) == "E_BACKUP_EXISTS"
    assert not list(tmp_path.glob("*.part*"))


def test_what_is_no_whole_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """A text, another program's database, a cut file, a page of rubbish, no folder: each has its code."""
    new = f"sqlite:///{tmp_path}/new.db"
    (tmp_path / "text").write_text("not a database")
    with closing(sqlite3.connect(tmp_path / "other")) as link:
        link.execute("CREATE TABLE thing (id)")
    backup.back_up(sqlite_url, tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "torn").write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    for name in ("text", "other", "cut", "torn"):
        assert unrestored(tmp_path / name, new) == "E_BACKUP_BROKEN", name
    assert unrestored(tmp_path / "copy", f"sqlite:///{tmp_path}/none/new.db") == "E_BACKUP_WRITE"
    assert unmade(new, tmp_path / "x") == "E_BACKUP_MISSING"
    assert unmade("postgresql+psycopg://localhost/x", tmp_path / "x") == "E_BACKUP_POSTGRESQL"
    assert not (tmp_path / "new.db").exists()


def test_tampering_is_told_and_an_older_copy_shows(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed log is copied and told; whoever restores an old copy hears what the witness saw."""
    monkeypatch.setenv("PLANNER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("PLANNER_AUDIT_WITNESS", str(tmp_path / "witness"))
    monkeypatch.setenv("PLANNER_AUDIT_WITNESS_EVERY", "1")
    database = Database(sqlite_url)
    note(database, "first")
    assert run("backup", str(tmp_path / "old")).output == "Whole and checked: 1 events, 0 published plans.\n"
    note(database, "second")
    database.dispose()
    with closing(sqlite3.connect(tmp_path / "planner.db")) as link, link:
        link.execute("DROP TRIGGER keep_audit_event_update")
        link.execute("UPDATE audit_event SET reason = 'another' WHERE seq = 2")
    told = run("backup", str(tmp_path / "changed"))
    assert (told.exit_code, "Event 2 was changed after it was written." in told.output) == (1, True)
    assert "another" in reasons(tmp_path / "changed")
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    undone = run("restore", str(tmp_path / "old"))
    assert undone.exit_code == 1
    assert "The witness saw event 2, which is gone" in undone.output


def test_a_copy_of_an_older_release_is_brought_up(tmp_path: Path) -> None:
    """The release before the newest migration wrote it; the restored one has the present shape."""
    old = tmp_path / "old"
    with connect(f"sqlite:///{old}", foreign_keys=False).begin() as connection:
        command.upgrade(configuration(connection), "0017")
    backup.restore(old, f"sqlite:///{tmp_path}/new.db")
    database = Database(f"sqlite:///{tmp_path}/new.db")
    check_migrated(database.engine)
    database.dispose()


def test_a_copy_of_a_newer_release_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    """Stepping back would lose what the newer one added; nothing is made."""
    backup.back_up(sqlite_url, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as link, link:
        link.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NotMigrated, match="a newer one made it"):
        backup.restore(tmp_path / "copy", f"sqlite:///{tmp_path}/new.db")
    assert not list(tmp_path.glob("new.db*"))
