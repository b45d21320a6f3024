"""The survey on alignment: asked once, answered without a name, shown by group and only when closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import World, refused
from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from planner import audit
from planner.clock import today
from planner.records import (
    AuditEvent,
    Element,
    Notification,
    SurveyAnswer,
    SurveyComment,
    SurveyInvitation,
    SurveyRound,
)
from planner.services.reviewing import surveys
from planner.services.reviewing.surveys import KAMS, LEADERS, Mark
from planner.verdict import Kind

LAST_DAY = date(2027, 1, 18)
ALL = (KAMS, LEADERS, "Engineering", "Legal")


def marks(current: int = 2, target: int = 4) -> dict[str, Mark]:
    """The same mark for all seven elements."""
    return {element.value: Mark(current, target) for element in Element}


def opened(world: World, name: str = "2027 Q1", chosen: tuple[str, ...] = ALL) -> SurveyRound:
    """A round that Lukas opens."""
    with world.database.writing() as session:
        return surveys.open_round(session, world.actor("lukas"), name, LAST_DAY, chosen)


def answered(world: World, who: str, row: SurveyRound, comment: str = "", **values: int) -> None:
    """Somebody's answer."""
    with world.database.writing() as session:
        surveys.answer(session, world.actor(who), row.id, marks(**values), comment)


def test_everybody_in_a_chosen_group_is_asked_once(world: World) -> None:
    """Three managers, two leaders, Hana, Dan and Ann, and Lena of Legal; finance belongs to no group."""
    with world.database.reading() as session:
        found = {g.key: (g.people, g.small) for g in surveys.groups(session, world.actor("lukas"))}
    assert found == {
        KAMS: (3, False),
        LEADERS: (2, True),
        "Engineering": (3, False),
        "Legal": (1, True),
    }
    row = opened(world)
    with world.database.reading() as session:
        assert len(session.scalars(select(SurveyInvitation)).all()) == 9
        assert session.scalars(select(Notification.link)).all() == [f"/surveys/{row.id}"] * 9
        assert surveys.waiting_for(session, world.actor("nora")) is not None
        assert surveys.waiting_for(session, world.actor("filip")) is None


def test_an_answer_cannot_be_tied_to_a_person(world: World) -> None:
    """Seven marks with group and no more; who answered is known, what they answered is not, log included."""
    row = opened(world)
    answered(world, "nora", row, "We never meet.", current=1)
    with world.database.reading() as session:
        stored = session.scalars(select(SurveyAnswer)).all()
        assert {(a.group, a.current, a.target) for a in stored} == {(KAMS, 1, 4)}
        assert sorted(a.element for a in stored) == sorted(Element)
        assert session.scalars(select(SurveyComment.text)).all() == ["We never meet."]
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
        assert event is not None
        assert (event.action, event.before, event.after) == ("survey.answered", None, None)
        assert audit.verify(session) == []
    columns = {c.key for kind in (SurveyAnswer, SurveyComment) for c in class_mapper(kind).column_attrs}
    assert columns == {"id", "round_id", "group", "element", "current", "target", "text"}


def test_rows_are_stored_in_no_order_of_arrival(world: World) -> None:
    """SQLite keeps them by random id, so the place of a row tells nothing of when it came."""
    row = opened(world)
    for who in ("nora", "sven", "kai"):
        answered(world, who, row)
    with world.database.engine.connect() as link:
        ids = [r[0] for r in link.exec_driver_sql("SELECT id FROM survey_answer")]
    assert ids == sorted(ids)


def test_nobody_answers_twice(world: World) -> None:
    """The second time is refused with the reason; so is who was not asked, like a round that is not there."""
    row = opened(world)
    answered(world, "nora", row)
    denied = refused(world, "nora", surveys.answer, row.id, marks())
    assert (denied.kind, denied.code) == (Kind.STATE, "E_STATE")
    assert refused(world, "filip", surveys.answer, row.id, marks()).kind == Kind.NOT_FOUND
    assert refused(world, "nora", surveys.answer, "0" * 36, marks()).kind == Kind.NOT_FOUND
    with world.database.reading() as session:
        assert len(session.scalars(select(SurveyAnswer)).all()) == 7


def test_every_missing_mark_is_named_at_once(world: World) -> None:
    """Six elements, one of them out of range: three faults, nothing stored, still to be answered."""
    row = opened(world)
    given = marks()
    del given["style"]
    given["staff"] = Mark(6, 3)
    denied = refused(world, "nora", surveys.answer, row.id, given)
    assert [p.where for p in denied.problems] == ["style-current", "style-target", "staff-current"]
    with world.database.reading() as session:
        assert surveys.waiting_for(session, world.actor("nora")) is not None


def test_a_round_ends_by_day_or_by_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed by Lukas: no more answers. The next one ends after its last day."""
    row = opened(world)
    with world.database.writing() as session:
        surveys.close_round(session, world.actor("lukas"), row.id)
        surveys.close_round(session, world.actor("lukas"), row.id)
    assert refused(world, "nora", surveys.answer, row.id, marks()).code == "E_STATE"
    second = opened(world, "2027 Q2")
    answered(world, "nora", second)
    monkeypatch.setenv("PLANNER_TODAY", (LAST_DAY + timedelta(days=1)).isoformat())
    assert refused(world, "kai", surveys.answer, second.id, marks()).code == "E_STATE"
    with world.database.reading() as session:
        views = surveys.list_rounds(session, world.actor("lukas"))
    assert [(v.round.name, v.open, v.asked, v.answered) for v in views] == [
        ("2027 Q2", False, 9, 1),
        ("2027 Q1", False, 9, 0),
    ]


def test_what_a_round_cannot_be(world: World) -> None:
    """Without a name, on a past day, of two people, of a name used before, or beside an open one."""
    use = surveys.open_round
    bad = refused(world, "lukas", use, " ", today() - timedelta(days=1), ("Legal",))
    assert [p.where for p in bad.problems] == ["name", "closes_on", "groups"]
    row = opened(world)
    assert refused(world, "lukas", use, "Another", LAST_DAY, ALL).code == "E_STATE"
    with world.database.writing() as session:
        surveys.close_round(session, world.actor("lukas"), row.id)
    assert [p.code for p in refused(world, "lukas", use, "2027 Q1", LAST_DAY, ALL).problems] == ["E_EXISTS"]
    assert refused(world, "nora", use, "Mine", LAST_DAY, ALL).kind == Kind.FORBIDDEN
