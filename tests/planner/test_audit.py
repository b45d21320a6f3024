"""The audit log: one gapless chain in which every tampering shows."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from factories import World
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from planner import audit
from planner.actor import SYSTEM
from planner.audit import Event
from planner.database import Database
from planner.records import AuditEvent, LogCheck, Snapshot, User
from planner.services.staff import log_checks
from planner.solving.worker import Worker
from planner.verdict import Message


def _fill(world: World, number: int = 6) -> None:
    """Some events about one person."""
    with world.database.writing() as session:
        user = session.get_one(User, world.ids["nora"])
        for i in range(number):
            with audit.changing(session, world.actor("adam"), Event.USER_CHANGED, user, reason=f"no {i}"):
                user.display_name = f"Nora {i}"


class Undo(Exception):  # noqa: N818 - it only ends the transaction
    """Raised to undo what was tried."""


def _tamper(database: Database, statements: list[str], *part: int) -> list[str]:
    """Change the log behind the triggers' back, as the owner of the file could; give what `verify` finds.

    The change is undone afterwards, triggers included.
    """
    found: list[str] = []

    def change(session: Session) -> None:
        if database.is_sqlite:
            for event in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER keep_audit_event_{event}"))
        else:
            session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        for statement in statements:
            session.execute(text(statement))
        found.extend(str(problem) for problem in audit.verify(session, *part))
        raise Undo

    with pytest.raises(Undo), database.writing() as session:
        change(session)
    return found


def test_an_untouched_log_verifies(any_world: World) -> None:
    """Each event follows the one before, on both kinds of database."""
    _fill(any_world)
    with any_world.database.reading() as session:
        assert audit.verify(session) == []
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert [e.seq for e in events] == [1, 2, 3, 4, 5, 6]
    assert events[0].prev_hash == audit.GENESIS
    assert [e.prev_hash for e in events[1:]] == [e.hash for e in events[:-1]]


def test_a_part_of_the_log_is_checked_with_its_links(any_world: World) -> None:
    """Events 3 and 4: a change of 2's hash, in 3, or of what 5 follows shows; one inside 6 does not."""
    _fill(any_world)
    with any_world.database.reading() as session:
        assert audit.verify(session, 3, 4) == []
    follows = "Event {} does not follow the event before it."
    changed = "Event {} was changed after it was written."
    cases = {
        "UPDATE audit_event SET hash = '0' WHERE seq = 2": [follows.format(3)],
        "UPDATE audit_event SET reason = 'none' WHERE seq = 3": [changed.format(3)],
        "UPDATE audit_event SET prev_hash = '0' WHERE seq = 5": [follows.format(5)],
        "UPDATE audit_event SET reason = 'none' WHERE seq = 6": [],
        "DELETE FROM audit_event WHERE seq = 3": ["Events 3 to 3 are missing."],
    }
    for statement, found in cases.items():
        assert _tamper(any_world.database, [statement], 3, 4) == found


def test_the_whole_log_is_checked_in_the_background(world: World) -> None:
    """Due at first, then after six hours and something new; what it found is kept once, with its time."""
    _fill(world)
    with world.database.reading() as session:
        assert log_checks.last_check(session) is None
        assert log_checks.due(session)
    Worker(world.database)._try_check()
    with world.database.reading() as session:
        found = log_checks.last_check(session)
        assert found is not None
        assert (found.events, found.problems) == (6, [])
        assert not log_checks.due(session)
    old = replace(found, at=found.at - log_checks.EVERY)
    with world.database.writing() as session:
        log_checks.keep(session, old)
    with world.database.reading() as session:
        assert not log_checks.due(session)
    _fill(world, 1)
    told = Message("Plan %(number)s lacks %(what)s.", {"number": 7, "what": Message("its hours")})
    with world.database.reading() as session:
        assert log_checks.due(session)
    with world.database.writing() as session:
        log_checks.keep(session, replace(old, problems=[told]))
    with world.database.reading() as session:
        kept_one = log_checks.last_check(session)
        assert len(session.scalars(select(LogCheck)).all()) == 1
    assert kept_one is not None
    assert [str(problem) for problem in kept_one.problems] == ["Plan 7 lacks its hours."]


CHANGES = {
    "at": "'2020-01-01 00:00:00'",
    "actor_id": "'somebody else'",
    "on_behalf_of_id": "'somebody'",
    "action": "'request.filed'",
    "entity": "'account'",
    "entity_id": "'another'",
    "before": "'{}'",
    "after": "NULL",
    "reason": "'none'",
    "prev_hash": "'0'",
    "hash": "'0'",
}


def test_a_change_of_any_column_is_found(any_world: World) -> None:
    """The hash covers every column, so no field can be altered unseen; the event is named."""
    _fill(any_world)
    for column, value in CHANGES.items():
        found = _tamper(any_world.database, [f"UPDATE audit_event SET {column} = {value} WHERE seq = 3"])  # noqa: S608 - constant names
        assert any("Event 3 was changed" in line for line in found), column


def test_every_column_is_covered() -> None:
    """A column added to the log must be hashed too."""
    assert set(audit.HASHED) | {"hash"} == set(AuditEvent.__table__.columns.keys())
    assert set(CHANGES) | {"seq"} == set(AuditEvent.__table__.columns.keys())


COPY = """
INSERT INTO audit_event SELECT 7, at, actor_id, on_behalf_of_id, action, entity, entity_id, before, after,
reason, prev_hash, hash FROM audit_event WHERE seq = 6
"""
MOVES = {
    "Events 1 to 1 are missing": ["DELETE FROM audit_event WHERE seq = 1"],
    "Events 3 to 4 are missing": ["DELETE FROM audit_event WHERE seq IN (3, 4)"],
    "Event 3 does not follow": [
        "UPDATE audit_event SET seq = 100 WHERE seq = 3",
        "UPDATE audit_event SET seq = 3 WHERE seq = 4",
        "UPDATE audit_event SET seq = 4 WHERE seq = 100",
    ],
    "Event 7 does not follow": [COPY],
}


def test_missing_moved_and_added_events_are_found(any_world: World) -> None:
    """First or middle deleted, two swapped, one inserted: the chain breaks where the tampering was."""
    _fill(any_world)
    for words, statements in MOVES.items():
        assert any(words in line for line in _tamper(any_world.database, statements)), words


def test_secrets_never_enter_the_log(world: World) -> None:
    """A password's hash stays in its own table, even when it changes."""
    with world.database.writing() as session:
        user = session.get_one(User, world.ids["nora"])
        with audit.changing(session, SYSTEM, Event.USER_PASSWORD_CHANGED, user):
            user.password_hash = "something secret"  # noqa: S105 - not a password
        event = session.scalars(select(AuditEvent)).one()
    assert "password_hash" not in (event.before or {})
    assert "something secret" not in str(event.after)


def test_long_texts_stand_as_their_hash(world: World) -> None:
    """A problem of some megabytes would make the log unreadable; its hash still proves it."""
    with world.database.writing() as session:
        snapshot = Snapshot(problem="a long text", problem_hash="sha256:0", inputs={})
        event = audit.created(session, SYSTEM, Event.RUN_CREATED, snapshot)
    digest = hashlib.sha256(b"a long text").hexdigest()
    assert (event.after or {})["problem"] == f"sha256:{digest}"


def test_before_and_after_tell_the_change(world: World) -> None:
    """The event holds the row on both sides of the change, with its versions."""
    _fill(world, 1)
    with world.database.reading() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert event.before is not None
    assert event.after is not None
    assert (event.before["display_name"], event.after["display_name"]) == ("Nora", "Nora 0")
    assert event.after["version"] == event.before["version"] + 1
    assert (event.actor_id, event.entity, event.entity_id) == (
        world.ids["adam"],
        "app_user",
        world.ids["nora"],
    )


def test_an_undone_use_case_leaves_no_event(any_world: World) -> None:
    """The event belongs to the transaction of what it tells."""

    def change(session: Session) -> None:
        user = session.get_one(User, any_world.ids["nora"])
        with audit.changing(session, SYSTEM, Event.USER_CHANGED, user):
            user.language = "pl"
        raise Undo

    with pytest.raises(Undo), any_world.database.writing() as session:
        change(session)
    with any_world.database.reading() as session:
        assert audit.length(session) == 0
        assert session.get_one(User, any_world.ids["nora"]).language == "en"


def _together(number: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run `work` in several threads at the same moment; give what went wrong."""
    barrier = threading.Barrier(number)
    wrong: list[BaseException] = []

    def run(i: int) -> None:
        barrier.wait()
        try:
            work(i)
        except BaseException as error:  # noqa: BLE001 - the test asserts that there is none
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_many_writers_make_one_chain(any_world: World) -> None:
    """8 writers append 10 events each at the same time: 80 events, no gap, no fork, no error."""

    def write(i: int) -> None:
        for _ in range(10):
            with any_world.database.writing() as session:
                user = session.get_one(User, any_world.ids["nora"])
                audit.record(session, SYSTEM, Event.USER_CHANGED, user, before=None, after={"by": i})

    assert _together(8, write) == []
    with any_world.database.reading() as session:
        assert audit.verify(session) == []
        assert audit.length(session) == 80


def test_values_survive_the_way_through_the_database(any_world: World) -> None:
    """Letters, big numbers, nested lists and nulls hash the same before and after they were stored."""
    odd = {
        "text": "zażółć “gęślą” \u0001 jaźń 🦊",
        "big": 2**60,
        "list": [[1, None], {}],
        "none": None,
        "x": 0.1,
    }

    def write(session: Session) -> None:
        audit.record(session, SYSTEM, Event.COMPANY_LOADED, None, before=odd, after=None, reason="ž")

    with any_world.database.writing() as session:
        write(session)
    with any_world.database.reading() as session:
        assert audit.verify(session) == []
        assert session.scalars(select(AuditEvent.before)).one() == odd
