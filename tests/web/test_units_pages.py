"""A team's or department's own word for "key", on pages and over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from clients import Program, browser, code_of, csrf
from factories import World
from flask import Flask
from judged import criterion, defined, year

from planner.records import User

Client = Callable[[str], Program]


@pytest.fixture
def team(world: World) -> World:
    """Nora reports to Sven; Alfa is three quarters of what their team earns, and little of the company."""
    defined(world, criterion("reference"))
    for account, sales in (("alfa", 150_000), ("beta", 50_000), ("gamma", 1_800_000)):
        year(world, account, sales * 12)
    with world.database.writing() as session:
        session.get_one(User, world.ids["nora"]).manager_id = world.ids["sven"]
    return world


def approved(client: Client, team: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A version for Sven's team from draft to its first day, over the API; its id."""
    lukas = client("lukas")
    drafted = lukas.post(f"/definitions?scope=sales_manager&scope_id={team.ids['sven']}")
    assert (drafted.status_code, drafted.get_json()["scope_id"]) == (201, team.ids["sven"])
    place = f"/definitions/{drafted.get_json()['id']}"
    tried = lukas.get(f"{place}/preview").get_json()
    changed = {row["name"]: row["after"]["dependency"] for row in tried["accounts"]}
    assert changed == {"Alfa": "mono_warning", "Beta": "critical"}
    assert (tried["requests"], tried["ranks"]) == (0, [])
    proposed = lukas.post(f"{place}/propose", version=drafted.get_json()["version"]).get_json()
    done = client("lydia").post(f"{place}/approve", version=proposed["version"])
    assert done.get_json()["state"] == "active"
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-05")
    return str(drafted.get_json()["id"])


def test_a_teams_definition_over_the_api(
    client: Client, team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafted, tried, approved; its people read it, for everybody else it is not there."""
    row = approved(client, team, monkeypatch)
    place, alfa = f"/definitions/{row}", f"/accounts/{team.ids['alfa']}/units"
    seen = client("nora").get(f"{place}/customers").get_json()
    assert {r["name"]: r["dependency"] for r in seen["customers"]}["Alfa"] == "mono_warning"
    assert seen["others"] == [{"dependency": "critical", "customers": 1}]
    assert [r["dependency"] for r in client("nora").get(alfa).get_json()["rows"]] == ["mono_warning"]
    assert client("filip").get(alfa).get_json()["rows"] == []
    for name in ("kai", "filip", "petra", "hana"):
        refusal = client(name).get(f"{place}/customers")
        assert (refusal.status_code, code_of(refusal)) == (404, "E_NOT_FOUND")
    whole = client("nora").get(f"/accounts/{team.ids['alfa']}/worth").get_json()
    assert (whole["dependency"], whole["key_reasons"]) == ("ordinary", [])


def test_who_names_no_unit_drafts_the_companys(client: Client, team: World) -> None:
    """An unknown unit is refused with its field."""
    assert client("lukas").post("/definitions").get_json()["scope"] == "company"
    refusal = client("lukas").post(f"/definitions?scope=department&scope_id={team.ids['sven']}")
    assert (refusal.status_code, code_of(refusal)) == (422, "E_INVALID")


def test_the_pages_show_it_to_its_people(
    app: Flask, client: Client, team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nora finds it on the account and in the list; finance on neither."""
    row = approved(client, team, monkeypatch)
    nora, filip = browser(app, team, "nora"), browser(app, team, "filip")
    account = nora.get(f"/accounts/{team.ids['alfa']}").get_data(as_text=True)
    assert f'<a href="/definitions/{row}">Sales team: Sven</a>' in account
    page = nora.get(f"/definitions/{row}").get_data(as_text=True)
    assert "Its customers by this version" in page
    assert "Requests that would change rank" not in page
    assert "Sales team" in nora.get("/definitions").get_data(as_text=True)
    assert "Sales team" not in filip.get(f"/accounts/{team.ids['alfa']}").get_data(as_text=True)
    assert row not in filip.get("/definitions").get_data(as_text=True)


def test_leadership_begins_one_from_the_page(app: Flask, team: World) -> None:
    """The list offers teams and departments; a draft opens as a form without the reach of strategy."""
    lukas = browser(app, team, "lukas")
    unit = f"department:{team.ids['engineering']}"
    answer = lukas.post("/definitions", data={"unit": unit}, headers=csrf(app))
    assert answer.status_code == 303
    page = lukas.get(answer.location).get_data(as_text=True)
    assert "Department: Engineering" in page
    assert "Reach of strategy" not in page
    assert "It has no customers yet." in page
