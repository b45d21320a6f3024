"""Sent again under the same key: done once, answered alike, refused when it is something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from clients import Program, code_of, request_body
from factories import World
from flask import Flask
from judged import criterion, defined
from sqlalchemy import select, update

from planner.clock import now
from planner.records import Contact, KeptAnswer, RequestStatus
from planner.services.repeating import KEPT_FOR

Client = Callable[[str], Program]

KEY = {"Idempotency-Key": "order 17"}
CONTACT = {"person_name": "Uma", "function": "purchasing", "role": "decider", "our_strength": 2}


def contacts(nora: Program, world: World) -> list[str]:
    """The names of Alfa's contacts."""
    rows = nora.get(f"/accounts/{world.ids['alfa']}/contacts").get_json()["rows"]
    return [row["person_name"] for row in rows]


def test_what_is_sent_again_is_made_once(client: Client, world: World) -> None:
    """Three sendings of a contact: one row, one answer byte for byte, the same version in ETag."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    answers = [nora.post(place, CONTACT, headers=KEY) for _ in range(3)]
    assert {(a.status_code, a.data, a.headers["ETag"]) for a in answers} == {(201, answers[0].data, '"1"')}
    assert contacts(nora, world) == ["Uma"]
    # Without a key every sending is a new one, as before.
    nora.post(place, CONTACT)
    assert contacts(nora, world) == ["Uma", "Uma"]


def test_the_order_of_fields_is_no_other_content(client: Client, world: World) -> None:
    """The same object written the other way round is the same; another value is refused."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    first = nora.post(place, CONTACT, headers=KEY)
    turned = nora.post(place, dict(reversed(CONTACT.items())), headers=KEY)
    assert turned.data == first.data
    other = nora.post(place, {**CONTACT, "our_strength": 3}, headers=KEY)
    assert (other.status_code, code_of(other)) == (422, "E_IDEMPOTENCY_MISMATCH")
    assert contacts(nora, world) == ["Uma"]


def test_a_key_means_one_person_and_one_address(client: Client, world: World) -> None:
    """The same key of a deputy, or for a request, makes something of its own."""
    nora, sven, place = client("nora"), client("sven"), f"/accounts/{world.ids['alfa']}/contacts"
    nora.post(place, CONTACT, headers=KEY)
    assert sven.post(place, CONTACT, headers=KEY).status_code == 201
    assert nora.post("/requests", request_body(world), headers=KEY).status_code == 201
    assert len(contacts(nora, world)) == 2


def test_a_refused_sending_may_be_corrected_under_its_key(client: Client, world: World) -> None:
    """Nothing was made, so nothing was kept."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    assert nora.post(place, {**CONTACT, "our_strength": 9}, headers=KEY).status_code == 422
    assert nora.post(place, CONTACT, headers=KEY).status_code == 201


def test_rights_are_asked_before_anything_is_told_again(client: Client, world: World) -> None:
    """Who may not do it any more is refused under the old key as well."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    nora.post(place, CONTACT, headers=KEY)
    assert Program(nora.client.application, None).post(place, CONTACT, headers=KEY).status_code == 401
    assert client("hana").post(place, CONTACT, headers=KEY).status_code == 403


def test_ratings_outcomes_and_goals_are_made_once_too(client: Client, world: World) -> None:
    """Every address that makes something takes the key; a second outcome would be refused without it."""
    defined(world, criterion("reference"))
    nora, lukas, alfa = client("nora"), client("lukas"), world.ids["alfa"]
    rating = {"criterion": "reference", "current_milli": 80_000, "evidence": "They said so."}
    rating |= {"expires_on": "2027-06-30"}
    done = world.submitted()
    world.force(done.id, RequestStatus.RUNNING)
    outcome = {"result": "lost", "delivered_quarter_hours": 64, "ended_on": "2027-01-03"}
    cases: list[tuple[Program, str, dict[str, Any]]] = [
        (nora, f"/accounts/{alfa}/ratings", rating),
        (nora, f"/requests/{done.id}/outcomes", outcome),
        (nora, f"/requests/{done.id}/comments", {"text": "Well done."}),
        (lukas, "/goals", {"code": "north", "title": "Go north"}),
    ]
    for program, place, body in cases:
        first = program.post(place, body, headers=KEY)
        assert first.status_code == 201, (place, first.text)
        again = program.post(place, body, headers=KEY)
        assert (again.status_code, again.data) == (201, first.data), place
        told = program.get(place).get_json()
        assert len(told["rows"] if isinstance(told, dict) else told) == 1, place


def test_a_file_is_handed_in_once(client: Client) -> None:
    """The file itself is the content: the same bytes again show the same file, others are refused."""
    nora, place = client("nora"), "/imports?kind=requests&name=r.csv"
    options: dict[str, Any] = {"headers": KEY, "content_type": "text/csv"}
    first = nora.post(place, data=b"request,account\nR1,alfa\n", **options)
    again = nora.post(place, data=b"request,account\nR1,alfa\n", **options)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert nora.get("/imports").get_json()["total"] == 1
    other = nora.post(place, data=b"request,account\nR2,alfa\n", **options)
    assert code_of(other) == "E_IDEMPOTENCY_MISMATCH"


def test_secrets_are_never_kept(client: Client, world: World) -> None:
    """A new key for programs is shown once, so a sending under a key is refused and makes none."""
    body = {"email": "nora@example.com", "password": "correct horse battery", "name": "x", "days": 3}
    refused = client("nora").post("/tokens", body, headers=KEY)
    assert (refused.status_code, code_of(refused)) == (422, "E_IDEMPOTENCY_KEY")
    with world.database.reading() as session:
        assert session.scalars(select(KeptAnswer)).all() == []


def test_an_erased_person_is_forgotten_in_kept_answers(client: Client, world: World) -> None:
    """The answer to making the contact held the name; it goes with the name."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    made = nora.post(place, CONTACT, headers=KEY).get_json()["id"]
    nora.post(f"{place}/{made}/erase")
    with world.database.reading() as session:
        assert [row.person_name for row in session.scalars(select(Contact))] == [""]
        assert not [row for row in session.scalars(select(KeptAnswer)) if "Uma" in row.body]


def test_a_key_is_free_again_after_a_day(client: Client, world: World) -> None:
    """Kept answers are not a store: older than a day they count no more and go with the next one."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    nora.post(place, CONTACT, headers=KEY)
    with world.database.writing() as session:
        session.execute(update(KeptAnswer).values(expires_at=now() - timedelta(seconds=1)))
    assert nora.post(place, {**CONTACT, "person_name": "Ole"}, headers=KEY).status_code == 201
    assert sorted(contacts(nora, world)) == ["Ole", "Uma"]
    with world.database.reading() as session:
        (kept,) = session.scalars(select(KeptAnswer))
        assert now() < kept.expires_at <= now() + KEPT_FOR


def test_every_address_that_makes_something_takes_the_key(app: Flask) -> None:
    """By the description: every POST answering 201 or 202 but the two that tell a secret.

    Where a version is asked for as well, both headers are told of.
    """
    paths = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    headers = {
        path: {each.get("name") for each in methods["post"].get("parameters", [])}
        for path, methods in paths.items()
        if "post" in methods and {"201", "202"} & set(methods["post"]["responses"])
    }
    bare = {path for path, names in headers.items() if "Idempotency-Key" not in names}
    assert bare == {"/api/v1/tokens", "/api/v1/publications/{number}/links"}
    assert {"If-Match", "Idempotency-Key"} <= headers["/api/v1/proposals/{proposal_id}/counter"]
