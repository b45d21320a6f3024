"""Ways forward on E7: what one change alone would do, as counter-request with one click, told in steps."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from factories import specialist, stable_id
from scenario import ASKS, K, Quarrel
from sqlalchemy import select

from planner.database import Database
from planner.records import Department, PlanRun, ResourceRequest, Skill
from planner.services.explaining import explanations, ways
from planner.services.explaining.explanations import RefusalView
from planner.services.explaining.ways import steps_up
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, values_of
from planner.solving.engine import Engine
from planner.verdict import Kind, Refused


def card(world: Quarrel, who: str, run: PlanRun, name: str = "r2") -> RefusalView:
    """The card with its ways, asked for and computed."""
    with world.database.writing() as session:
        explanations.ask(session, world.actor(who), run.id, stable_id(name))
    world.answer_all(40)
    return seen(world, who, run, name)


def seen(world: Quarrel, who: str, run: PlanRun, name: str = "r2") -> RefusalView:
    """The card as it stands."""
    with world.database.reading() as session:
        return explanations.refusal_card(session, world.actor(who), run.id, stable_id(name))


def told(view: RefusalView) -> dict[str, str]:
    """Ways in English by family."""
    return {way.family: str(way.words) for way in view.ways}


@pytest.mark.acceptance
def test_e7_ways_forward(planned: Quarrel) -> None:
    """R2 enters with 26.3 % more worth, 4 h more of design, 16 of its 20 h, or when R1 yields.

    Leadership reads it whole; the account manager in steps of 10 % and without anybody's name.
    """
    run = planned.first
    lee = card(planned, "lee", run)
    assert told(lee) == {
        "value": "With 30 % more worth, or a better chance, it would be granted.",
        "level": "With 80 % of the hours, for the same worth, it would be granted.",
        "hours": "With more time of Design, up to 20 % of what it asks for, it would be granted.",
        "yield": "If others yielded, it would be granted.",
        "outside": "If somebody outside did all of it for less than this price, it would be done:",
    }
    assert [way.price_minor for way in lee.ways if way.family == "outside"] == [38 * K]
    assert all(way.displaced == () and way.displaced_count is None for way in lee.ways)
    assert {way.family for way in lee.ways if way.counter} == {"value", "level", "outside"}
    lena = seen(planned, "lena", run)
    assert told(lena)["hours"] == "With 4 hours more of Design it would be granted."
    assert told(lena)["yield"] == "If this yields: R1"
    text = json.dumps(asdict(lee), default=str)
    assert "R1" not in text
    assert "R3" not in text
    assert str(10 * K) not in text


@pytest.mark.acceptance
def test_e7_the_counter_request_wins(planned: Quarrel) -> None:
    """Filled in with 16 h, checked and saved by Lee, R2 is granted beside R1 in the next plan: 86."""
    card(planned, "lee", planned.first)
    with planned.database.reading() as session:
        values = ways.counter_values(session, planned.actor("lee"), stable_id("r2"), "level")
        before = session.get_one(ResourceRequest, stable_id("r2"))
    assert [line.quarter_hours for line in values.lines] == [64]
    with planned.database.writing() as session:
        requests.edit_request(session, planned.actor("lee"), before.id, before.version, values)
    run = planned.plan()
    assert run.value_minor == 86 * K
    assert set(planned.states(run)) == {"r1", "r2"}


def test_a_claim_is_never_raised_by_itself(planned: Quarrel) -> None:
    """The counter-request for worth is the request as it is; the argument is a person's."""
    card(planned, "lee", planned.first)
    with planned.database.reading() as session:
        request = session.get_one(ResourceRequest, stable_id("r2"))
        same = ways.counter_values(session, planned.actor("lee"), request.id, "value")
        assert same == values_of(request)


@pytest.mark.parametrize(("who", "family"), [("lee", "window"), ("lee", "yield"), ("kim", "level")])
def test_only_what_the_own_card_names(planned: Quarrel, who: str, family: str) -> None:
    """No such way, no counter-request; somebody else's card is not there at all."""
    card(planned, "lee", planned.first)
    with pytest.raises(Refused) as refused, planned.database.reading() as session:
        ways.counter_values(session, planned.actor(who), stable_id("r2"), family)
    assert refused.value.denied.kind == Kind.NOT_FOUND


def test_a_tiny_request_reads_nothing_of_great_ones(sqlite_database: Database, engine: Engine) -> None:
    """Worth 1.00 and refused for 380 times that: "more than double", no step, no chance, no hours."""
    world = Quarrel(sqlite_database, engine)
    with sqlite_database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id("r2"))
        tiny = replace(values_of(request), benefits=((0, 100),), curve=((0, 0), (1000, 500)))
        requests.edit_request(session, world.actor("lee"), request.id, request.version, tiny)
    view = card(world, "lee", world.plan())
    assert (view.gap_percent, view.gap_low_percent, view.more_than_double) == (None, None, True)
    assert (view.probability, view.certain_enough) == (None, None)
    assert told(view)["value"] == "More than double its worth would be needed."
    assert str(28 * K) not in json.dumps(asdict(view), default=str)


def test_a_longer_window_is_a_counter_request(sqlite_database: Database, engine: Engine) -> None:
    """With a second week in the cycle R2 only needs to end a week later."""
    world = Quarrel(sqlite_database, engine, weeks=2)
    run = world.plan()
    assert told(card(world, "lee", run))["window"] == "If it may end a week later, it would be granted."
    with sqlite_database.reading() as session:
        values = ways.counter_values(session, world.actor("lee"), stable_id("r2"), "window")
    assert (values.earliest_week, values.latest_week) == ("2027-W01", "2027-W02")


def test_another_person_is_a_counter_request(sqlite_database: Database, engine: Engine) -> None:
    """Bob has design at 2 and time; asked by name at his level he does R2."""
    world = Quarrel(sqlite_database, engine)
    with sqlite_database.writing() as session:
        design = session.scalars(select(Skill).where(Skill.key == "design")).one()
        department = session.get_one(Department, stable_id("engineering"))
        bob = specialist(session, "bob", department, {design: 2}, max_parallel=None)
        bob.min_chunk_quarter_hours = 0
    for name in ("r1", "r2", "r3"):
        kam = ASKS[name][0]
        with sqlite_database.writing() as session:
            request = session.get_one(ResourceRequest, stable_id(name))
            old = values_of(request)
            lines = (replace(old.lines[0], min_level=3),)
            requests.edit_request(
                session, world.actor(kam), request.id, request.version, replace(old, lines=lines)
            )
    run = world.plan()
    view = card(world, "lee", run)
    assert told(view)["people"] == "With Bob for Design, who is nearly able, it would be granted."
    with sqlite_database.reading() as session:
        values = ways.counter_values(session, world.actor("lee"), stable_id("r2"), "people")
    line = values.lines[0]
    assert (line.specialist_code, line.preference, line.min_level) == ("bob", "require", 2)


def test_one_probe_for_figure_and_ways(planned: Quarrel) -> None:
    """Asking puts both questions and counts once; asking again counts nothing."""
    first = card(planned, "lee", planned.first)
    assert (first.probes_left, first.state, first.card_state) == (19, "done", "done")
    assert card(planned, "lee", planned.first).probes_left == 19


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 100, 0), (1, 100, 10), (100, 100, 100), (101, 100, None), (5, 0, None)]
)
def test_steps_end_at_double(part: int, whole: int, percent: int | None) -> None:
    """Above the whole nothing is told, for the steps would tell what others are worth."""
    assert steps_up(part, whole) == percent


def test_a_line_that_cannot_shrink_stays(planned: Quarrel) -> None:
    """No counter-request asks for less than an hour."""
    with planned.database.reading() as session:
        values = values_of(session.get_one(ResourceRequest, stable_id("r2")))
    short = replace(values, lines=(LineValues("design", 5),))
    assert ways._fewer_hours(short, 10).lines[0].quarter_hours == 4
