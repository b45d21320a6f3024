"""What one more hour of a skill would be worth: an estimate for all weeks, the exact answer for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from factories import stable_id
from scenario import WEEK, K, Quarrel
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.database import Database
from planner.records import Question, Specialist
from planner.services.excepting.override_prices import find_price
from planner.services.planning import scarcity
from planner.services.planning.scarcity import ScarcityView, SkillWeekView
from planner.solving.engine import Engine
from planner.verdict import Kind, Refused


def seen(world: Quarrel, who: str) -> ScarcityView:
    """The page as somebody sees it."""
    with world.database.reading() as session:
        return scarcity.scarcity_view(session, world.actor(who))


def opened(world: Quarrel, who: str, skill: str = "design", week: str = WEEK) -> SkillWeekView:
    """One week opened."""
    with world.database.reading() as session:
        return scarcity.open_week(session, world.actor(who), skill, week)


def estimated(world: Quarrel, who: str = "lena") -> None:
    """Ask for the estimate and let the engine answer."""
    with world.database.writing() as session:
        scarcity.ask_scarcity(session, world.actor(who))
    world.answer_all()


def test_the_estimate_is_what_the_last_hour_goes_for(planned: Quarrel) -> None:
    """R1 pays 500 a quarter-hour and takes 96 of Ann's 160, R2 pays 475 for what is left: 1,900 an hour."""
    before = seen(planned, "lena")
    assert (before.state, before.known, before.rows) == ("none", None, ())
    estimated(planned)
    view = seen(planned, "lena")
    assert (view.state, view.known, view.weeks, view.money_shown) == ("done", True, (WEEK,), True)
    (row,) = view.rows
    assert (row.skill.key, row.cells[0].state, row.cells[0].step, row.taken) == ("design", "priced", 4, 0)
    assert row.cells[0].hour_minor == pytest.approx(190_000, rel=0.01)
    assert row.dearest == row.cells[0]
    estimated(planned)
    assert planned.events("scarcity") == ["scarcity.asked"]


def test_the_exact_answer_may_be_another(planned: Quarrel) -> None:
    """With an hour more Ann still cannot do R1 and R2, which need four hours more: it is worth nothing."""
    estimated(planned)
    before = opened(planned, "fin")
    assert (before.price, before.low_minor, before.quarter_hours) == (None, None, 4)
    assert before.person is not None
    assert before.person.code == "ann"
    with planned.database.writing() as session:
        scarcity.price_week(session, planned.actor("lena"), "design", WEEK)
    planned.answer_all()
    view = opened(planned, "lena")
    assert view.price is not None
    assert (view.price.exact, view.low_minor, view.high_minor) == (True, 0, 0)


def test_who_works_four_hours_at_least_is_asked_about_four(sqlite_database: Database, engine: Engine) -> None:
    """Sixteen quarter-hours more let R2 take R3's place: 38 k for 30 k, 2 k for each of the four hours."""
    world = Quarrel(sqlite_database, engine)
    with sqlite_database.writing() as session:
        session.get_one(Specialist, stable_id("s:ann")).min_chunk_quarter_hours = 16
    world.plan()
    estimated(world)
    with sqlite_database.writing() as session:
        assert scarcity.price_week(session, world.actor("lena"), "design", WEEK).quarter_hours == 16
    world.answer_all()
    view = opened(world, "lena")
    assert view.price is not None
    assert [(e.title, e.value_minor) for e in view.price.winners] == [("R2", 38 * K)]
    assert (view.low_minor, view.high_minor) == (2 * K, 2 * K)


def test_a_head_sees_own_skills_in_steps_and_no_amount(planned: Quarrel) -> None:
    """Eva's people design, so she sees how scarce it is; Lou of another department sees nothing of it."""
    planned.add_legal()
    estimated(planned, "eva")
    (row,) = seen(planned, "eva").rows
    assert (row.skill.key, row.cells[0].step, row.cells[0].hour_minor) == ("design", 4, None)
    assert not seen(planned, "eva").money_shown
    lou = seen(planned, "lou")
    assert (lou.known, lou.rows) == (True, ())


def test_who_may_see_ask_and_open(planned: Quarrel) -> None:
    """Account managers see none of it; heads open no week; finance asks for nothing."""
    estimated(planned)
    steps: tuple[tuple[str, Callable[[Session, Actor], object]], ...] = (
        ("kim", scarcity.scarcity_view),
        ("eva", lambda s, a: scarcity.open_week(s, a, "design", WEEK)),
        ("fin", scarcity.ask_scarcity),
        ("fin", lambda s, a: scarcity.price_week(s, a, "design", WEEK)),
    )
    for who, step in steps:
        with pytest.raises(Refused) as refused, planned.database.writing() as session:
            step(session, planned.actor(who))
        assert refused.value.denied.kind == Kind.FORBIDDEN
    for skill, week in (("design", "2027-W30"), ("cooking", WEEK)):
        with pytest.raises(Refused) as refused:
            opened(planned, "lena", skill, week)
        assert refused.value.denied.kind == Kind.NOT_FOUND


def test_the_estimate_is_no_price_of_an_exception(planned: Quarrel) -> None:
    """It cannot be opened, let alone signed, as if it were one."""
    estimated(planned)
    with planned.database.reading() as session:
        question = session.scalars(select(Question).where(Question.subject == "scarcity")).one()
        with pytest.raises(Refused) as refused:
            find_price(session, question.id)
    assert refused.value.denied.kind == Kind.NOT_FOUND
