"""What depends on the database is tried on both kinds: odd text, odd numbers, versions, keys used twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from applications import make_app
from clients import Program, browser, new_token, request_body
from factories import World
from flask import Flask
from sqlalchemy import select
from test_bad_input import FIELDS

from planner.records import Contact
from web.database import KEY


@pytest.fixture
def any_app(any_world: World) -> Iterator[Flask]:
    """The application on a database of either kind."""
    app = make_app(str(any_world.database.engine.url.render_as_string(hide_password=False)))
    yield app
    app.extensions[KEY].dispose()


def test_bad_values_are_refused_before_the_database(any_app: Flask, any_world: World) -> None:
    """PostgreSQL keeps no zero characters, SQLite no numbers above 2**63: neither ever sees them."""
    nora = Program(any_app, new_token(any_world, "nora"))
    for field, value, where, code in FIELDS:
        answer = nora.post("/requests", {**request_body(any_world), field: value})
        found = [(e["where"], e["code"]) for e in answer.get_json()["errors"]]
        assert (answer.status_code, (where, code) in found) == (422, True), (field, value)
    for bad in ("%00", "%ed%a0%80", "9" * 40):
        assert nora.get(f"/requests/{bad}").status_code == 404
        assert nora.get(f"/requests?account_id={bad[:36]}").status_code in {200, 404, 422}
    assert Program(any_app, new_token(any_world, "lukas")).get("/publications/2147483647").status_code == 404
    person = browser(any_app, any_world, "nora")
    for address in ("/requests?text=%00", "/requests?account=%00", "/board/link/%00", "/sign-in?next=%00"):
        assert person.get(address).status_code < 500, address


def test_a_request_travels_through_either(any_app: Flask, any_world: World) -> None:
    """File, edit, submit, search; stale and repeated calls answer the same."""
    nora = Program(any_app, new_token(any_world, "nora"))
    key = {"Idempotency-Key": "order 17"}
    draft = nora.post("/requests", request_body(any_world, title="Žižka 100 %"), headers=key).get_json()
    again = nora.post("/requests", request_body(any_world, title="Žižka 100 %"), headers=key).get_json()
    assert again == draft
    path = f"/requests/{draft['id']}"
    changed = nora.put(path, request_body(any_world, title="Changed"), version=draft["version"]).get_json()
    assert nora.put(path, request_body(any_world), version=draft["version"]).status_code == 412
    assert nora.post(f"{path}/submit", version=changed["version"]).get_json()["status"] == "submitted"
    assert nora.get("/requests?text=CHANGED").get_json()["total"] == 1
    assert nora.get("/requests?text=%25").get_json()["total"] == 0


def test_one_of_many_writers_wins(any_app: Flask, any_world: World) -> None:
    """Eight at once on the same version: one is told yes, seven what changed; none is told "locked"."""
    draft = any_world.draft()
    tokens = [new_token(any_world, "nora") for _ in range(8)]
    answers: list[int] = []

    def edit(number: int) -> None:
        body = request_body(any_world, title=f"Edit {number}")
        program = Program(any_app, tokens[number])
        answers.append(program.put(f"/requests/{draft.id}", body, version=draft.version).status_code)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [412] * 7


def test_many_at_once_make_one(any_app: Flask, any_world: World) -> None:
    """Six sendings at the same moment take turns: one row, six equal answers."""
    contact = {"person_name": "Uma", "function": "purchasing", "role": "decider", "our_strength": 2}
    tokens = [new_token(any_world, "nora") for _ in range(6)]
    place = f"/accounts/{any_world.ids['alfa']}/contacts"
    found: list[tuple[int, bytes]] = []

    def send(token: str) -> None:
        answer = Program(any_app, token).post(place, contact, headers={"Idempotency-Key": "order 17"})
        found.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=send, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    with any_world.database.reading() as session:
        assert len(session.scalars(select(Contact)).all()) == 1
