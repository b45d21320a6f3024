"""Files in and out through the browser's door and the API's."""

from __future__ import annotations

import io
from typing import Any

import pytest
from clients import browser, csrf, program
from factories import World
from flask import Flask
from importing import csv_of, months
from sqlalchemy import select

from planner.records import AccountFinancials, FiguresKind
from planner.services.customers import goals
from planner.services.customers import months as month_closing

BAD = [{"account": "nobody"}, {"month": "2026-13"}, {"gross_sales": "1.234"}, {"cogs": "=A1"}]


def _hand_in(app: Flask, world: World, who: str, kind: str, content: bytes) -> tuple[Any, str]:
    person = browser(app, world, who)
    form = {"kind": kind, "file": (io.BytesIO(content), "figures.csv")}
    answer = person.post("/data/imports", data=form, headers=csrf(app), content_type="multipart/form-data")
    return person, answer.headers.get("Location", "")


def test_a_good_file_is_shown_before_it_is_stored(app: Flask, world: World) -> None:
    """Two new months are announced; nothing is stored before the yes, everything after it."""
    content = csv_of(months({}, {"month": "2026-10"}))
    person, place = _hand_in(app, world, "filip", "figures", content)
    assert "Ready to store" in person.get(place).get_data(as_text=True)
    assert _stored(world) == 0
    answer = person.post(f"{place}/store", data={"version": "2"}, headers=csrf(app))
    assert (answer.status_code, _stored(world)) == (303, 2)
    assert "Everything in this file is stored" in person.get(place).get_data(as_text=True)


def test_every_error_stands_on_the_page(app: Flask, world: World) -> None:
    """Row, column and remedy of each; the file cannot be stored."""
    person, place = _hand_in(app, world, "filip", "figures", csv_of(months(*BAD)))
    text = person.get(place).get_data(as_text=True)
    for code in ("E_REF_UNKNOWN", "E_MONTH", "E_NUMBER_AMBIGUOUS", "E_CELL_FORMULA"):
        assert code in text
    assert person.post(f"{place}/store", data={"version": "2"}, headers=csrf(app)).status_code == 409
    assert _stored(world) == 0


def test_somebody_elses_file_is_not_there(app: Flask, world: World) -> None:
    """Leadership may import too, and still does not see what finance handed in."""
    _person, place = _hand_in(app, world, "filip", "figures", csv_of(months({})))
    assert browser(app, world, "lukas").get(place).status_code == 404


def test_an_encoding_can_be_chosen_on_the_page(app: Flask, world: World) -> None:
    """A file in Windows-1250 is refused first and read once somebody says what it is."""
    content = csv_of(months({"note": "żółć"})).decode().encode("cp1250")
    person, place = _hand_in(app, world, "filip", "figures", content)
    assert "E_ENCODING" in person.get(place).get_data(as_text=True)
    person.post(f"{place}/check", data={"encoding": "cp1250"}, headers=csrf(app))
    assert "Ready to store" in person.get(place).get_data(as_text=True)


def _stored(world: World) -> int:
    with world.database.reading() as session:
        return len(session.scalars(select(AccountFinancials)).all())


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("nora", "figures", 200),
        ("nora", "specialists", 403),
        ("adam", "figures", 403),
        ("adam", "accounts", 403),
        ("adam", "specialists", 200),
        ("hana", "leave", 200),
        ("filip", "requests", 403),
    ],
)
def test_exports_keep_to_what_each_may_see(
    app: Flask, world: World, who: str, kind: str, status: int
) -> None:
    """A key account manager gets the own customers only; administrators get no customers' money."""
    with world.database.writing() as session:
        for name in ("alfa", "gamma"):
            row = AccountFinancials(
                account_id=world.ids[name], month="2026-11", kind=FiguresKind.ACTUAL, gross_sales=77_700
            )
            session.add(row)
    answer = browser(app, world, who).get(f"/data/{kind}/export.csv")
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    if (who, kind) == ("nora", "figures"):
        assert "alfa,2026-11" in text
        assert "gamma" not in text


def test_a_template_can_be_handed_in_as_it_is(app: Flask, world: World) -> None:
    """Every column is known; only its example customer is not."""
    person = browser(app, world, "filip")
    content = person.get("/data/figures/template.csv").get_data()
    _person, place = _hand_in(app, world, "filip", "figures", content)
    text = person.get(place).get_data(as_text=True)
    assert "E_REF_UNKNOWN" in text
    assert "E_COLUMN" not in text


def test_months_are_closed_on_the_page(app: Flask, world: World) -> None:
    """Finance closes November; it is gone from the list."""
    with world.database.writing() as session:
        session.add(
            AccountFinancials(
                account_id=world.ids["alfa"], month="2026-11", kind=FiguresKind.ACTUAL, gross_sales=1
            )
        )
    person = browser(app, world, "filip")
    assert "2026-11" in person.get("/data").get_data(as_text=True)
    assert person.post("/data/months", data={"month": "2026-11"}, headers=csrf(app)).status_code == 303
    with world.database.reading() as session:
        assert month_closing.open_months(session, world.actor("filip")) == []


def test_the_api_takes_the_file_as_its_body(app: Flask, world: World) -> None:
    """Hand in, look, store with the version; a fault has a row and a code."""
    finance = program(app, world, "filip")
    answer = finance.post("/imports?kind=figures&name=f.csv", data=csv_of(months(*BAD)))
    body = answer.get_json()
    assert (answer.status_code, body["state"], body["fault_count"]) == (201, "faulty", 4)
    assert (body["faults"][0]["row"], body["faults"][0]["code"]) == (2, "E_REF_UNKNOWN")
    answer = finance.post("/imports?kind=figures", data=csv_of(months({})))
    body = answer.get_json()
    stored = finance.post(f"/imports/{body['id']}/store", version=body["version"])
    assert (stored.status_code, stored.get_json()["state"], _stored(world)) == (200, "stored", 1)


def test_targets_of_millions_come_back_as_they_were_typed(app: Flask, world: World) -> None:
    """A draft that is opened and saved again keeps every digit, and the goals it serves."""
    with world.database.writing() as session:
        for code in ("north", "green"):
            goals.add_goal(session, world.actor("lukas"), code, code.capitalize())
    person, place = browser(app, world, "nora"), f"/accounts/{world.ids['alfa']}"
    typed = {
        "period": "2027",
        "goals": "Grow.",
        "sales": "8200000.25",
        "contribution": "-1234567",
        "retention": "87.5",
    }
    answer = person.post(f"{place}/plans", data={**typed, "goal-green": "1"}, headers=csrf(app))
    assert answer.status_code == 303
    text = person.get(f"{place}/dossier").get_data(as_text=True)
    assert all(f'value="{typed[name]}"' in text for name in ("sales", "contribution", "retention"))
    assert "Serves the company's goals: Green" in text
    assert 'name="goal-green" value="1" checked' in text
    assert 'name="goal-north" value="1">' in text
