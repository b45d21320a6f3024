"""Deciding by page and by API: in bulk, with an offer, with a comment; what was typed is never lost."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest
from clients import Program, browser, csrf
from factories import World
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from planner.records import CounterOffer, Delegation, OfferState, Proposal, ProposalState
from planner.services.approving import decisions
from planner.services.filing.requests import LineValues
from planner.services.planning import runs
from planner.solving.engine import Engine
from planner.solving.worker import Worker


class Person:
    """Somebody at a browser."""

    def __init__(self, app: Flask, world: World, name: str) -> None:
        self.client: FlaskClient = browser(app, world, name)
        self.token = csrf(app)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, typed: dict[str, Any]) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data=typed, headers=self.token)


@pytest.fixture
def parts(world: World, engine: Engine) -> list[Proposal]:
    """A plan in which two of Nora's requests ask for Ann, 10 h each in weeks 1 and 2; nothing decided."""
    for title in ("First", "Second"):
        line = LineValues("architecture", 40, min_level=3)
        world.submitted(title=title, lines=(line,), latest_week="2027-W02")
    with world.database.writing() as session:
        runs.start_run(session, world.actor("lukas"), world.ids["cycle"], wall_limit_s=10)
    worker = Worker(world.database, engine=engine)
    assert worker.step()
    with world.database.reading() as session:
        found = list(session.scalars(select(Proposal).order_by(Proposal.request_id)))
    assert len(found) == 2
    return found


def _hours(world: World, proposal: Proposal) -> tuple[str, str, int]:
    with world.database.reading() as session:
        item = decisions.proposal_view(session, world.actor("hana"), proposal.id)
    (row, *_rest) = item.hours
    return row.specialist_id, row.week, item.quarter_hours


def _states(world: World) -> set[ProposalState]:
    with world.database.reading() as session:
        return set(session.scalars(select(Proposal.state)))


def test_ticked_lines_are_approved_together_or_not_at_all(
    app: Flask, world: World, parts: list[Proposal]
) -> None:
    """One of two versions is stale: nothing is stored and the page says so; then both are approved."""
    hana = Person(app, world, "hana")
    page = hana.get("/inbox").text
    assert "Approve what is ticked" in page
    assert "Proof of skill" in page
    fresh, stale = f"{parts[0].id}:{parts[0].version}", f"{parts[1].id}:{parts[1].version + 3}"
    refused = hana.post("/inbox/approve", {"part": [fresh, stale]})
    assert refused.status_code == 409
    assert "Changed, new or gone: 1" in refused.text
    assert _states(world) == {ProposalState.PROPOSED}
    both = [fresh, f"{parts[1].id}:{parts[1].version}"]
    assert hana.post("/inbox/approve", {"part": both}).status_code == 303
    assert _states(world) == {ProposalState.APPROVED}


def test_an_answer_is_taken_back_where_it_is_listed(app: Flask, world: World, parts: list[Proposal]) -> None:
    """Approved, then taken back under “Decided” with the version shown there; an older one is refused.

    In the list of everything the links stay in that list.
    """
    hana = Person(app, world, "hana")
    first = parts[0]
    hana.post(f"/proposals/{first.id}/approve", {"version": str(first.version)})
    assert ProposalState.APPROVED in _states(world)
    assert f'href="/inbox?item={first.id}&amp;show=all"' in hana.get("/inbox?show=all").text
    assert "Take the answer back" in hana.get(f"/inbox?show=all&item={first.id}").text
    listed = hana.get("/outbox").text
    assert f'action="/proposals/{first.id}/reopen"' in listed
    stale = hana.post(f"/proposals/{first.id}/reopen", {"version": str(first.version)})
    assert stale.location == "/outbox"
    assert ProposalState.APPROVED in _states(world)
    back = hana.post(f"/proposals/{first.id}/reopen", {"version": str(first.version + 1)})
    assert back.location == f"/inbox?item={first.id}"
    assert _states(world) == {ProposalState.PROPOSED}
    assert "reopen" not in hana.get("/outbox").text


def test_an_offer_that_cannot_be_made_keeps_what_was_typed(
    app: Flask, world: World, parts: list[Proposal]
) -> None:
    """A week outside the window stands marked in its row, the words stay; corrected, Nora accepts it."""
    hana, nora = Person(app, world, "hana"), Person(app, world, "nora")
    who, week, hours = _hours(world, parts[0])
    other = "2027-W02" if week == "2027-W01" else "2027-W01"
    typed = {
        "version": str(parts[0].version),
        "who-0": who,
        "week-0": "2027-W09",
        "hours-0": str(hours // 4),
        "text": "Only then.",
    }
    address = f"/proposals/{parts[0].id}/counter"
    refused = hana.post(address, typed)
    assert refused.status_code == 422
    assert 'id="week-0-error"' in refused.text
    assert "Only then." in refused.text
    assert hana.post(address, {**typed, "week-0": other}).status_code == 303
    with world.database.reading() as session:
        offer = session.scalars(select(CounterOffer)).one()
    page = nora.get("/offers").text
    assert "Only then." in page
    assert 'class="count">1<' in page
    assert nora.post(f"/offers/{offer.id}/accept", {"version": str(offer.version)}).status_code == 303
    with world.database.reading() as session:
        assert session.get_one(CounterOffer, offer.id).state is OfferState.ACCEPTED


def test_the_same_over_the_api(client: Any, world: World, parts: list[Proposal]) -> None:
    """Hana offers half the hours; Nora must say the chance, then accepts; Kai finds nothing."""
    hana, nora, kai = (client(name) for name in ("hana", "nora", "kai"))
    who, week, hours = _hours(world, parts[0])
    row = {"specialist_id": who, "week": week, "quarter_hours": hours // 2}
    made = hana.post(f"/proposals/{parts[0].id}/counter", {"hours": [row]}, version=parts[0].version)
    assert (made.status_code, made.get_json()["needs_chance"]) == (201, True)
    offer = made.get_json()
    assert _answer(nora, offer, None).status_code == 422
    assert _answer(kai, offer, 300).status_code == 404
    mine = hana.get("/offers/made").get_json()["rows"]
    assert [(row["id"], row["offered_quarter_hours"]) for row in mine] == [(offer["id"], hours // 2)]
    assert nora.get("/offers/made").status_code == 403
    accepted = _answer(nora, offer, 300)
    assert (accepted.status_code, accepted.get_json()["state"]) == (200, "accepted")
    assert [n["kind"] for n in hana.get("/notices").get_json()["rows"]] == ["counter_answer"]


def _answer(who: Program, offer: dict[str, Any], chance: int | None) -> TestResponse:
    body = {"chance_permille": chance}
    return who.post(f"/offers/{offer['id']}/accept", body, version=offer["version"])


def test_a_comment_is_read_where_the_request_is(app: Flask, world: World, parts: list[Proposal]) -> None:
    """Hana asks at the proposal; Nora reads it beside her request, and a notification leads her there."""
    hana, nora = Person(app, world, "hana"), Person(app, world, "nora")
    typed = {"text": "Which <site>?", "proposal": parts[0].id, "back": f"/inbox?item={parts[0].id}"}
    answer = hana.post(f"/requests/{parts[0].request_id}/comments", typed)
    assert answer.headers["Location"] == f"/inbox?item={parts[0].id}#comments"
    address = f"/requests/{parts[0].request_id}/comments"
    fetched = nora.client.get(address, headers={"HX-Request": "true"}).text
    followed = nora.get(address).text
    assert "Which &lt;site&gt;?" in fetched
    assert "Which &lt;site&gt;?" in followed
    assert ("<title>" in fetched, "<title>" in followed) == (False, True)
    page = nora.get("/notices").text
    assert "Hana commented on" in page
    notice = re.search(r'action="/notices/([0-9a-f-]{36})/read"', page)
    assert notice is not None
    led = nora.post(f"/notices/{notice[1]}/read", {})
    assert led.headers["Location"] == f"/requests/{parts[0].request_id}#comments"


def test_standing_in_is_set_and_ended(app: Flask, world: World) -> None:
    """Days in the wrong order keep what was typed; then Dan acts for Hana, until she ends it."""
    hana = Person(app, world, "hana")
    typed = {"to_user_id": world.ids["dan"], "first_day": "2027-02-02", "last_day": "2027-02-01"}
    refused = hana.post("/delegations", typed)
    assert refused.status_code == 422
    assert 'value="2027-02-02"' in refused.text
    assert hana.post("/delegations", {**typed, "last_day": "2027-02-05"}).status_code == 303
    assert "Dan" in hana.get("/delegations").text
    with world.database.reading() as session:
        row = session.scalars(select(Delegation)).one()
    assert hana.post(f"/delegations/{row.id}/revoke", {}).status_code == 303
    with world.database.reading() as session:
        assert session.get_one(Delegation, row.id).revoked_at is not None


def test_a_database_that_stays_busy_says_so(app: Flask, world: World) -> None:
    """Somebody holds the file by hand: the answer is a clear 503 with a time to come back, not a failure."""
    database = app.extensions["planner.database"]
    other = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with database.engine.connect() as connection:
        # The pool hands the same connection out again; nobody should wait half a minute here.
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    try:
        answer = Person(app, world, "hana").post("/notices/read", {})
    finally:
        other.rollback()
        other.close()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
