"""Units of work: all or nothing, one writer at a time, no "locked", readers never wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from factories import World, events
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from planner.database import Database
from planner.records import Benefit, RequestLine, ResourceRequest, Skill, SkillFamily, User
from planner.services.filing import requests
from planner.verdict import Denied, Kind, Message, Refused


def together(number: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run `work` in several threads at the same moment; give what went wrong, in any order."""
    barrier = threading.Barrier(number)
    wrong: list[BaseException] = []

    def run(i: int) -> None:
        barrier.wait()
        try:
            work(i)
        except BaseException as error:  # noqa: BLE001 - the test looks at each
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def skill(key: str) -> Skill:
    """A row that needs nothing else."""
    return Skill(key=key, family=SkillFamily.TECHNICAL, labels={})


def count(database: Database) -> int:
    """How many skills are stored."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Skill)) or 0


def test_an_exception_undoes_everything(database: Database) -> None:
    """Nothing of a unit of work stays when it fails at its end."""
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add_all([skill("a"), skill("a")])
    assert count(database) == 0


def test_a_refusal_undoes_everything_unless_it_asks_to_be_kept(database: Database) -> None:
    """A refused use case stores nothing; a failed sign-in stores its trace."""
    denied = Denied(Kind.STATE, "E_TEST", Message("No."), Message("Stop."))

    def work(session: Session, *, keep: bool) -> None:
        session.add(skill("a"))
        raise Refused(denied, keep=keep)

    for keep, stored in ((False, 0), (True, 1)):
        with pytest.raises(Refused) as refused, database.writing() as session:
            work(session, keep=keep)
        assert refused.value.denied == denied
        assert count(database) == stored


def test_a_reader_sees_no_half_work(database: Database) -> None:
    """While somebody writes, others read the state before, at once."""
    with database.writing() as session:
        session.add(skill("a"))
        session.flush()
        assert count(database) == 0
    assert count(database) == 1


def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    """What somebody commits meanwhile does not mix into a page that is being put together."""
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Skill)) == 0
        with database.writing() as other:
            other.add(skill("a"))
        assert session.scalar(select(func.count()).select_from(Skill)) == 0
    assert count(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    """A use case called in the wrong kind of session fails at once instead of overbooking some day."""
    for _ in range(2):
        with pytest.raises(DatabaseError), database.reading() as session:
            session.execute(text("DELETE FROM skill"))
        with database.writing() as session:
            session.execute(text("DELETE FROM skill"))


def test_counting_writers_lose_nothing(database: Database) -> None:
    """8 threads add 10 to a number by reading it first: 80, no error. A lock taken late would lose some."""
    with database.writing() as session:
        session.add(skill("n"))

    def add(_: int) -> None:
        for _i in range(10):
            with database.writing() as session:
                row = session.scalars(select(Skill)).one()
                row.labels = {"n": row.labels.get("n", 0) + 1}

    assert together(8, add) == []
    with database.reading() as session:
        assert session.scalars(select(Skill)).one().labels == {"n": 80}


def test_a_row_changed_since_it_was_read_is_not_overwritten(database: Database) -> None:
    """A row read in an older session carries its version: saving it later is refused."""
    with database.writing() as session:
        session.add(skill("a"))
    with database.reading() as old:
        row = old.scalars(select(Skill)).one()
    with database.writing() as session:
        session.scalars(select(Skill)).one().labels = {"en": "New"}
    row.labels = {"en": "Old"}
    with pytest.raises(StaleDataError), database.writing() as session:
        session.add(row)


def test_submitting_at_once_has_one_winner(any_world: World) -> None:
    """Eight submit the same request at the same moment: one wins, seven are told so; never "locked"."""
    draft = any_world.draft()
    nora = any_world.actor("nora")

    def submit(_: int) -> None:
        with any_world.database.writing() as session:
            requests.submit_request(session, nora, draft.id, draft.version)

    wrong = together(8, submit)
    assert len(wrong) == 7
    assert {e.denied.code for e in wrong if isinstance(e, Refused)} == {"E_VERSION_STALE"}
    assert [e.action for e in events(any_world)] == ["request.filed", "request.submitted"]


def test_filing_the_same_id_at_once_files_once(any_world: World) -> None:
    """A double click from two tabs: both get the same draft, no error, one event."""
    values, nora = any_world.values(), any_world.actor("nora")
    key = "0c8f0c1e-6c5e-4f0e-9b0a-3d8b0a1c2d3e"

    def file(_: int) -> None:
        with any_world.database.writing() as session:
            assert requests.file_request(session, nora, values, key).id == key

    assert together(6, file) == []
    assert len(events(any_world)) == 1


def test_filing_orders_have_no_gap(any_world: World) -> None:
    """Ten requests submitted at the same moment get the places 1 to 10."""
    drafts = [any_world.draft(title=str(i)) for i in range(10)]
    nora = any_world.actor("nora")

    def submit(i: int) -> None:
        with any_world.database.writing() as session:
            requests.submit_request(session, nora, drafts[i].id, drafts[i].version)

    assert together(10, submit) == []
    with any_world.database.reading() as session:
        orders = session.scalars(select(ResourceRequest.filing_order).order_by(ResourceRequest.filing_order))
        assert list(orders) == list(range(1, 11))


class PowerCutError(Exception):
    """Raised in the middle of a use case."""


def test_no_statement_leaves_half_a_use_case(any_world: World) -> None:
    """An edit is cut after its first, second, ... statement: each time the database is as before."""
    request = any_world.submitted()
    values = any_world.values(title="New", curve=((0, 100), (500, 200), (1000, 900)))
    nora = any_world.actor("nora")
    engine = any_world.database.engine

    def dump() -> dict[str, Any]:
        tables = ("resource_request", "request_line", "benefit", "response_point", "evidence", "audit_event")
        with any_world.database.reading() as session:
            return {t: session.execute(text(f"SELECT * FROM {t} ORDER BY 1")).all() for t in tables}  # noqa: S608 - constant names

    def edit(session: Any) -> None:
        requests.edit_request(session, nora, request.id, request.version, values)

    before, cut = dump(), 0
    while True:
        cut += 1
        left = [cut]

        def stop(*_: Any, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise PowerCutError

        event.listen(engine, "after_cursor_execute", stop)
        try:
            with any_world.database.writing() as session:
                edit(session)
        except PowerCutError:
            event.remove(engine, "after_cursor_execute", stop)
            assert dump() == before, f"after statement {cut}"
        else:
            event.remove(engine, "after_cursor_execute", stop)
            break
    assert cut > 15
    assert dump() != before


def test_durability_settings(sqlite_database: Database) -> None:
    """What was acknowledged survives a power cut: write-ahead log, full sync; parents are enforced."""
    with sqlite_database.reading() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30_000,
    }


def test_the_database_itself_refuses_nonsense(any_world: World) -> None:
    """Even past the services: no orphan, no hours of 0, no chance over 1, no unknown state."""
    request = any_world.draft()
    orphan = Benefit(request_id="nowhere", month_offset=0, amount_minor=1)
    with pytest.raises(IntegrityError), any_world.database.writing() as session:
        session.add(orphan)
    for statement in (
        "UPDATE request_line SET quarter_hours = 0",
        "UPDATE request_line SET min_level = 6",
        "UPDATE response_point SET probability = 1001",
        "UPDATE resource_request SET status = 'forgotten'",
        "UPDATE resource_request SET earliest_week = '2027-W09', latest_week = '2027-W08'",
        "UPDATE account SET deputy_kam_id = kam_id",
    ):
        with pytest.raises(IntegrityError), any_world.database.writing() as session:
            session.execute(text(statement))
    with any_world.database.reading() as session:
        assert session.get_one(RequestLine, request.lines[0].id).quarter_hours == 64
        assert session.get_one(User, any_world.ids["nora"]).active
