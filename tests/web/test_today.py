"""Today tells each role what needs it now, and nobody what is not theirs."""

from __future__ import annotations

import re
from datetime import date, timedelta

from factories import World
from flask import Flask
from stage import decide_all, solve
from stage_exceptions import exceptions
from test_pages import Person

from planner.clock import today
from planner.records import Element, RequestStatus, ResourceRequest, SwapOffer, SwapState
from planner.services.closing import outcomes
from planner.services.closing.outcomes import OutcomeValues
from planner.services.customers import definitions
from planner.services.filing.requests import LineValues
from planner.services.reviewing import surveys
from planner.solving.engine import Engine
from planner.solving.worker import Worker

ASKED = (surveys.KAMS, surveys.LEADERS, "Engineering")


def tasks(app: Flask, world: World, name: str) -> str:
    """What the list of tasks of somebody says and where it leads."""
    found = re.search(r'<ul class="task-list">.*?</ul>', Person(app, world, name).get("/").text, re.DOTALL)
    return found[0] if found else ""


def ended(world: World, owner: str, account: str) -> str:
    """A request whose last week is long past; its id."""
    row = world.submitted(owner, account)
    with world.database.writing() as session:
        stored = session.get_one(ResourceRequest, row.id)
        stored.status, stored.earliest_week, stored.latest_week = (
            RequestStatus.EXPIRED,
            "2026-W36",
            "2026-W40",
        )
    return row.id


def test_who_owes_an_outcome_is_asked_and_who_confirms_it_after(app: Flask, world: World) -> None:
    """First the account manager tells how it ended, then finance confirms; nobody else is asked."""
    request_id = ended(world, "nora", "alfa")
    assert "Say how 1 request ended" in tasks(app, world, "nora")
    assert "ended" not in tasks(app, world, "kai")
    assert "wait" not in tasks(app, world, "filip")
    with world.database.writing() as session:
        told = OutcomeValues("won", 8, date(2026, 12, 20), realised_value_minor=100, lesson="A lesson.")
        outcomes.record_outcome(session, world.actor("nora"), request_id, told)
    assert "Say how" not in tasks(app, world, "nora")
    assert "1 outcome waits for confirmation" in tasks(app, world, "filip")


def test_leaders_see_what_waits_for_their_signature_and_the_plan_at_a_glance(
    app: Flask, world: World, engine: Engine
) -> None:
    """The second leader is asked to sign, the sponsor is not; an account manager is asked about a swap."""
    line = (LineValues("architecture", 40, min_level=3),)
    worth = ((0, 10_000_000),)
    own = world.submitted("nora", "alfa", title="Alfa's tender", lines=line, benefits=worth)
    other = world.submitted("kai", "gamma", title="Gamma's move", lines=line)
    worker = Worker(world.database, engine=engine)
    run = solve(world, worker)
    rows = exceptions(world, worker, run, {"own": own.id, "other": other.id})
    address = f"/overrides/{rows['override']['own']}"
    assert address in tasks(app, world, "lukas")
    assert address not in tasks(app, world, "lydia")
    with world.database.writing() as session:
        version = definitions.draft_definition(session, world.actor("lukas"))
        definitions.propose_definition(session, world.actor("lukas"), version.id, version.version)
        proposed = f"/definitions/{version.id}"
    assert proposed in tasks(app, world, "lydia")
    assert proposed not in tasks(app, world, "lukas")
    with world.database.writing() as session:
        sides = {"request_id": other.id, "yields_id": own.id, "from_id": world.ids["kai"]}
        offered = SwapOffer(run_id=run, level=0, to_id=world.ids["nora"], state=SwapState.OFFERED, **sides)
        session.add(offered)
    assert "could yield" not in tasks(app, world, "kai")
    assert "whether “Alfa&#39;s tender” could yield" in tasks(app, world, "nora")
    page = Person(app, world, "lukas").get("/").text
    assert "The plan at a glance" in page
    assert f'href="/runs/{run}"' in page
    assert "The plan at a glance" not in Person(app, world, "nora").get("/").text


def test_an_open_survey_asks_who_has_not_answered(app: Flask, world: World) -> None:
    """Nora is asked until she has answered; Filip of finance was not invited."""
    with world.database.writing() as session:
        last = today() + timedelta(days=7)
        row = surveys.open_round(session, world.actor("lukas"), "2027 Q1", last, ASKED)
        round_id = row.id
    assert "The survey “2027 Q1” asks how we work together." in tasks(app, world, "nora")
    assert "The survey" not in tasks(app, world, "filip")
    marks = {element.value: surveys.Mark(3, 4) for element in Element}
    with world.database.writing() as session:
        surveys.answer(session, world.actor("nora"), round_id, marks)
    assert "The survey" not in tasks(app, world, "nora")


def test_near_work_that_nobody_approved_is_told_on_both_sides(
    app: Flask, world: World, engine: Engine
) -> None:
    """Nora and Hana read it until Hana approves; Kai, whose request is another, does not."""
    line = (LineValues("architecture", 40, min_level=3),)
    world.submitted("nora", "alfa", title="Alfa's tender", lines=line, earliest_week="2027-W01")
    run = solve(world, Worker(world.database, engine=engine))
    own, heads = "“Alfa&#39;s tender” begins soon and is not approved", "Decide on “Alfa&#39;s tender”"
    assert own in tasks(app, world, "nora")
    assert heads in tasks(app, world, "hana")
    assert "Alfa&#39;s tender” begins" not in tasks(app, world, "kai")
    assert re.search(r"First week from [^<]*Jan[^<]* · Engineering", tasks(app, world, "nora"))
    decide_all(world, run)
    assert own not in tasks(app, world, "nora")
    assert heads not in tasks(app, world, "hana")
