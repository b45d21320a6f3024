"""A page's form that is sent twice is stored once, with or without a script in the page."""

from __future__ import annotations

import re

import pytest
from clients import browser, csrf
from factories import World
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from planner.records import Contact

FIELDS = {"person_name": "Uma", "function": "purchasing", "role": "decider", "our_strength": "2"}


@pytest.fixture
def place(world: World) -> str:
    """Where Nora adds contacts of Alfa."""
    return f"/accounts/{world.ids['alfa']}/contacts"


def send(app: Flask, world: World, place: str, **fields: str) -> TestResponse:
    """Post the form as a browser without a script does."""
    return browser(app, world, "nora").post(place, data={**FIELDS, **fields}, headers=csrf(app))


def stored(world: World) -> int:
    """How many contacts there are."""
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Contact)) or 0


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("/accounts?page=2", "/accounts?page=2"),
        ("//evil.example/x", "/"),
        ("/\\evil.example/x", "/"),
        ("", "/"),
    ],
)
def test_a_form_sent_twice_is_stored_once(app: Flask, world: World, place: str, page: str, back: str) -> None:
    """The second click leads back to where the form stood, never elsewhere, and nothing is made of it."""
    first, second = (send(app, world, place, sending=f"one {page}") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["Location"] == back
    assert stored(world) == 1


def test_another_form_or_other_content_is_stored(app: Flask, world: World, place: str) -> None:
    """Who goes back and writes something else means it; a form without a token counts each time."""
    for fields in ({"sending": "one"}, {"sending": "two"}, {"sending": "one", "person_name": "Ole"}, {}, {}):
        send(app, world, place, **fields)
    assert stored(world) == 5


def test_a_refused_form_may_be_sent_again(app: Flask, world: World, place: str) -> None:
    """What was wrong was not stored, so the same form is stored once it is right."""
    assert send(app, world, place, sending="one", our_strength="9").status_code == 422
    assert send(app, world, place, sending="one").status_code == 303
    assert stored(world) == 1


def test_every_form_carries_a_token_of_its_own(app: Flask, world: World, place: str) -> None:
    """Two forms of one page, and the page shown again, never share one."""
    nora = browser(app, world, "nora")
    page = place.replace("/contacts", "/dossier")
    texts = [nora.get(page).get_data(as_text=True) for _ in range(2)]
    tokens = re.findall(r'name="sending" value="([^"]+)"', "".join(texts))
    assert len(tokens) == len(set(tokens)) > 2
    assert {token.partition(" ")[2] for token in tokens} == {page}
