"""Usual chances on their page, in the request form, on Today and over the API."""

from __future__ import annotations

import re
from collections.abc import Callable

from clients import Program, code_of
from factories import World
from flask import Flask
from sqlalchemy import select
from test_pages import Person, form_of
from test_today import tasks

from planner.records import UsualChances

TYPED = {
    "stage": "proposal",
    "shape": "adbudg",
    "at_none": "5",
    "at_half": "15",
    "at_full": "32.5",
    "top": "40",
}
CHANCES = {"at_none_permille": 650, "at_half_permille": 700, "at_full_permille": 800}


def versions(world: World) -> list[UsualChances]:
    """All versions, the oldest first."""
    with world.database.reading() as session:
        return list(session.scalars(select(UsualChances).order_by(UsualChances.created_at)))


def test_one_states_and_another_confirms_on_the_page(app: Flask, world: World) -> None:
    """What was typed stays with its fault; Adam is asked on Today and confirms; a form is filled with it."""
    filip, adam, nora = (Person(app, world, name) for name in ("filip", "adam", "nora"))
    assert 'href="/usual-chances"' in filip.get("/data").text
    assert 'value="45"' in filip.get("/usual-chances?stage=proposal").text
    wrong = filip.post("/usual-chances", {**TYPED, "at_half": "lots", "reason": "One in three."})
    assert (wrong.status_code, "This is no number." in wrong.text, "One in three." in wrong.text) == (
        422,
        True,
        True,
    )
    blank = filip.post("/usual-chances", TYPED)
    assert (blank.status_code, 'value="32.5"' in blank.text) == (422, True)
    assert filip.post("/usual-chances", {**TYPED, "reason": "One in three."}).status_code == 303
    (row,) = versions(world)
    assert (row.at_full, row.top) == (325, 400)
    assert filip.post("/usual-chances", {**TYPED, "reason": "Again."}).status_code == 409

    assert "/usual-chances" in tasks(app, world, "adam")
    assert "/usual-chances" not in tasks(app, world, "filip")
    assert f"/usual-chances/{row.id}/confirm" in adam.get("/usual-chances").text
    assert f"/usual-chances/{row.id}/confirm" not in filip.get("/usual-chances").text
    adam.post(f"/usual-chances/{row.id}/confirm", {"version": str(row.version)})
    (row,) = versions(world)
    assert row.confirmed_by_id == world.ids["adam"]
    assert "/usual-chances" not in tasks(app, world, "adam")
    assert "32.5%" in filip.get("/usual-chances").text

    typed = {**form_of(world), "stage": "proposal", "step": "usual-curve"}
    filled = nora.post("/requests/form", typed).text
    assert re.search(r'value="32.5" id="curve-1000"', filled)
    assert nora.get("/usual-chances").status_code == 403


def test_programs_state_confirm_and_read_them(client: Callable[[str], Program]) -> None:
    """The version is needed to answer, and what holds is told to account managers under /stages."""
    filip, adam = client("filip"), client("adam")
    body = {"stage": "renewal", "reason": "Fewer renew.", **CHANCES}
    made = filip.post("/usual-chances", body)
    assert made.status_code == 201, made.text
    row = made.get_json()
    own = filip.post(f"/usual-chances/{row['id']}/confirm", version=row["version"])
    assert (own.status_code, code_of(own)) == (403, "E_SAME_PERSON")
    stale = adam.post(f"/usual-chances/{row['id']}/confirm", version=row["version"] + 1)
    assert code_of(stale) == "E_VERSION_STALE"
    told = adam.post(f"/usual-chances/{row['id']}/confirm", version=row["version"]).get_json()
    assert (told["confirmed_by"]["name"], told["at_full_permille"], told["top_permille"]) == (
        "Adam",
        800,
        None,
    )
    assert [each["id"] for each in filip.get("/usual-chances").get_json()["rows"]] == [row["id"]]
    stages = {each["stage"]: each for each in client("nora").get("/stages").get_json()["rows"]}
    assert [point["probability_permille"] for point in stages["renewal"]["curve"]] == [650, 700, 800]
    assert [point["probability_permille"] for point in stages["running"]["curve"]] == [600, 800, 900]
