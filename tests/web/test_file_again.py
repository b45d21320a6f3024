"""Filing again from a page and over the API: filled in, but nothing stored or claimed by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from clients import Program, request_body
from factories import World
from flask import Flask
from test_pages import Person, stored

from planner.records import RequestStatus


def test_the_form_comes_filled_and_nothing_is_stored_yet(app: Flask, world: World) -> None:
    """The page of a closed request leads there; title and hours stand in it, the amount does not."""
    first = world.draft(title="Second line")
    nora = Person(app, world, "nora")
    address = f"/requests/new?again={first.id}"
    assert address not in nora.get(f"/requests/{first.id}").text, "a draft is edited, not copied"
    world.force(first.id, RequestStatus.CLOSED)
    assert address in nora.get(f"/requests/{first.id}").text
    form = nora.get(address).text
    assert 'value="Second line"' in form
    assert f'name="request_id" value="{first.id}"' not in form
    amount = re.search(r'value="([^"]*)" id="benefits-0-amount"', form)
    assert amount
    assert amount[1] == ""
    assert "State amounts and evidence anew." in form
    assert nora.get("/requests").text.count("Second line") == 1
    assert Person(app, world, "kai").get(address).status_code == 404


def test_a_program_files_again(client: Callable[[str], Program], world: World) -> None:
    """It gets a draft of its own that says what is missing; under one key it is made once."""
    nora = client("nora")
    first = nora.post("/requests", request_body(world, title="Second line")).get_json()
    key = {"Idempotency-Key": "again 1"}
    answers = [nora.post(f"/requests/{first['id']}/again", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    again = answers[0].get_json()
    assert answers[1].get_json()["id"] == again["id"] != first["id"]
    assert (again["title"], again["benefits"], again["lines"]) == ("Second line", [], first["lines"])
    assert {gap["where"] for gap in again["missing"]} == {"benefits", "evidence"}
    row = stored(world, again["id"])
    assert row is not None
    assert row.status is RequestStatus.DRAFT
