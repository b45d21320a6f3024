"""Two hundred tamperings with the log and with what was published: each is found, and said where."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tampering
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from planner import audit, kept, witness
from planner.actor import SYSTEM
from planner.audit import Event
from planner.database import Database
from planner.records import AuditEvent, RejectionReason, User
from planner.services.approving import decisions
from planner.services.publishing import publishing
from planner.solving.engine import Engine


@pytest.fixture
def witnessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A witness that looks at every fifth event."""
    monkeypatch.setenv("PLANNER_AUDIT_WITNESS", str(tmp_path / "witness.jsonl"))
    monkeypatch.setenv("PLANNER_AUDIT_WITNESS_EVERY", "5")
    return tmp_path / "witness.jsonl"


def _publish(world: Quarrel) -> None:
    """R3 approved, R1 rejected for 10 k: plan 1 promises R3 alone."""
    r1, r3 = world.proposal(world.first, "r1"), world.proposal(world.first, "r3")
    with world.database.writing() as session:
        decisions.approve(session, world.actor("eva"), r3.id, r3.version)
    with world.database.writing() as session:
        decisions.reject(session, world.actor("eva"), r1.id, r1.version, RejectionReason.OVERLOAD)
    world.answer_all()
    with world.database.writing() as session:
        publishing.publish(session, world.actor("lena"), world.first.id)


@pytest.fixture
def world(planned: Quarrel, witnessed: Path) -> Quarrel:
    """E7 with plan 1, which is as it was published."""
    assert not witnessed.exists()
    _publish(planned)
    with planned.database.reading() as session:
        assert kept.rows(session) == []
    return planned


def _found(session: Session) -> list[str]:
    return [str(problem) for problem in kept.check(session)]


def test_two_hundred_tamperings_are_found_and_located(world: Quarrel) -> None:
    """Any column of any kept row changed, rows removed, copied or swapped: told, with the row's name."""
    dice = random.Random(20270104)
    unfound: list[str] = []
    for attempt in range(200):
        with tampering.behind_its_back(world.database) as session:
            done = tampering.one(session, dice)
            found = _found(session)
            if not any(done.where in problem for problem in found):
                unfound.append(f"{attempt}: {done.words} -> {found}")
    assert unfound == []
    with world.database.reading() as session:
        assert kept.rows(session) == []


def test_every_column_of_what_is_kept_is_watched(world: Quarrel) -> None:
    """One column after another, so that none is left to chance; nothing but a sign of life may change."""
    for table, column in tampering.every_column():
        with tampering.behind_its_back(world.database) as session:
            tampering.change(session, random.Random(1), table, column)
            found = _found(session)
            assert found, f"{table}.{column}"


@pytest.mark.postgres
def test_on_postgresql_too(postgres_database: Database, engine: Engine) -> None:
    """The same rows read back the same there, and a changed promise is named by its request."""
    world = Quarrel(postgres_database, engine)
    world.first = world.plan()
    _publish(world)
    with postgres_database.reading() as session:
        assert _found(session) == []
    with tampering.behind_its_back(postgres_database) as session:
        session.execute(text("UPDATE published_hours SET quarter_hours = quarter_hours + 1"))
        assert _found(session) == [
            f"Plan 1 was changed after it was published: hours of request {stable_id('r3')}."
        ]


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A clean PostgreSQL database."""
    database = Database(postgres_url)
    yield database
    database.dispose()


class TestWitness:
    """What the chain alone cannot show."""

    def test_it_sees_each_publication_and_every_fifth_event(self, world: Quarrel, witnessed: Path) -> None:
        """Each line holds the hash that the log has there; the publication's line names it."""
        lines = witness.read(witnessed)
        with world.database.reading() as session:
            stored = {e.seq: e.hash for e in session.scalars(select(AuditEvent))}
            assert _found(session) == []
        assert all(stored[line.seq] == line.hash for line in lines)
        published = [line for line in lines if line.publication is not None]
        assert [(line.publication, line.seq) for line in published] == [(1, max(stored))]
        assert [line.seq % 5 for line in lines if line.publication is None] == [0] * (len(lines) - 1)

    def test_a_cut_end_is_found(self, world: Quarrel) -> None:
        """The chain before the cut is whole; only the witness knows that there was more."""
        with tampering.behind_its_back(world.database) as session:
            last = audit.length(session)
            session.execute(text("DELETE FROM audit_event WHERE seq > :seq"), {"seq": last - 3})
            assert audit.verify(session) == []
            assert f"The witness saw event {last}, which is gone: the log was cut after it was written." in (
                _found(session)
            )

    def test_a_log_written_anew_is_found(self, world: Quarrel, witnessed: Path) -> None:
        """An event changed and every hash after it recomputed: the chain holds, the witness objects."""
        first = next(line.seq for line in witness.read(witnessed) if line.seq > 10)
        with tampering.behind_its_back(world.database) as session:
            tampering.rebuild(session, first - 1)
            assert audit.verify(session) == []
            assert any(f"to {first} were rewritten" in problem for problem in _found(session))

    def test_a_publication_it_never_saw_is_told(self, world: Quarrel, witnessed: Path) -> None:
        """The witness was away, or its file was cut, when plan 1 came out."""
        lines = witnessed.read_text(encoding="utf-8").splitlines(keepends=True)
        witnessed.write_text("".join(lines[:-1]), encoding="utf-8")
        with world.database.reading() as session:
            assert _found(session) == ["The witness did not see plan 1 being published."]

    @pytest.mark.parametrize("content", ["no line of ours\n", '{"format": "other/1"}\n', "[]\n"])
    def test_a_file_that_is_no_witness_is_told(self, world: Quarrel, witnessed: Path, content: str) -> None:
        """The line at fault is named; so is a file that is gone."""
        witnessed.write_text(content, encoding="utf-8")
        with world.database.reading() as session:
            assert any("cannot be read: line 1" in problem for problem in _found(session))
        witnessed.unlink()
        with world.database.reading() as session:
            assert any("is missing" in problem for problem in _found(session))

    def test_what_was_undone_is_not_seen(self, world: Quarrel, witnessed: Path) -> None:
        """A unit of work that fails leaves no line, or the witness would cry wolf."""
        before = witnessed.read_text(encoding="utf-8")

        def fail(session: Session) -> None:
            user = session.get_one(User, stable_id("kim"))
            for _ in range(6):
                audit.record(session, SYSTEM, Event.USER_CHANGED, user, before=None, after={})
            raise tampering.Undo

        with pytest.raises(tampering.Undo), world.database.writing() as session:
            fail(session)
        assert witnessed.read_text(encoding="utf-8") == before

    def test_a_witness_that_cannot_be_reached_stops_nobody(
        self, world: Quarrel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Work goes on, and the next check says what the witness missed."""
        (tmp_path / "file").write_text("x", encoding="utf-8")
        monkeypatch.setenv("PLANNER_AUDIT_WITNESS", str(tmp_path / "file" / "inside"))
        with world.database.writing() as session:
            user = session.get_one(User, stable_id("kim"))
            for _ in range(6):
                audit.record(session, SYSTEM, Event.USER_CHANGED, user, before=None, after={})
        with world.database.reading() as session:
            assert audit.verify(session) == []
            assert any("witness file" in problem for problem in _found(session))


def test_the_log_holds_what_the_publication_rests_on(world: Quarrel) -> None:
    """Hashes of hours by request, of the run and of the inputs; no text of megabytes."""
    with world.database.reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == Event.PLAN_PUBLISHED.value)
        after: dict[str, Any] = session.scalars(query).one().after or {}
    assert list(after["hours"]) == [stable_id("r3")]
    assert len(after["run"]) == len(after["snapshot"]) == 64
    assert len(json.dumps(after)) < 2_000
    assert world.first.value_minor == 78 * K
