"""A customer's month through the browser's door and the API's."""

from __future__ import annotations

from typing import Any

from clients import browser, csrf, program
from factories import World
from flask import Flask
from sqlalchemy import select

from planner.records import AccountFinancials

TYPED = {
    **dict.fromkeys(("discounts", "bonuses", "returns", "logistics", "support", "programme_costs"), "0"),
    "gross_sales": "1 200.50",
    "cogs": "700",
    "other_cts": "0",
    "kam_quarter_hours": "2.25",
    "kind": "actual",
}
BODY: dict[str, Any] = {
    **dict.fromkeys(("discounts_minor", "bonuses_minor", "returns_minor", "logistics_minor"), 0),
    **dict.fromkeys(("support_minor", "programme_costs_minor", "other_cts_minor"), 0),
    "gross_sales_minor": 120_050,
    "cogs_minor": 70_000,
}


def _stored(world: World) -> list[AccountFinancials]:
    with world.database.reading() as session:
        return list(session.scalars(select(AccountFinancials)))


def test_finance_enters_and_corrects_a_month_on_its_page(app: Flask, world: World) -> None:
    """1,200.50 of sales and 2.25 h are kept as minor units and quarter-hours; the correction is shown."""
    person, place = browser(app, world, "filip"), f"/accounts/{world.ids['alfa']}/months/2026-11"
    assert "Enter the actual figures" in person.get(place).get_data(as_text=True)
    assert person.post(place, data=TYPED, headers=csrf(app)).status_code == 303
    (row,) = _stored(world)
    assert (row.gross_sales, row.kam_quarter_hours, row.receipts) == (120_050, 9, None)
    form = {**TYPED, "cogs": "750", "figures_id": row.id, "version": "1", "reason": "Invoice 17."}
    assert person.post(place, data=form, headers=csrf(app)).status_code == 303
    page = browser(app, world, "nora").get(place).get_data(as_text=True)
    assert "Invoice 17." in page
    assert "€700.00" in page
    assert "€750.00" in page
    assert "Correct the actual figures" not in page


def test_everything_typed_stays_with_its_faults(app: Flask, world: World) -> None:
    """A word for a number, a missing cost and a month to come: told beside the fields, nothing stored."""
    person, place = browser(app, world, "filip"), f"/accounts/{world.ids['alfa']}/months/2026-11"
    answer = person.post(place, data={**TYPED, "cogs": "much"}, headers=csrf(app))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="much"' in text
    assert "This is no number." in text
    answer = person.post(place, data={**TYPED, "cogs": ""}, headers=csrf(app))
    assert answer.status_code == 422
    assert "0 if there was none" in answer.get_data(as_text=True)
    ahead = f"/accounts/{world.ids['alfa']}/months/2027-05"
    answer = person.post(ahead, data=TYPED, headers=csrf(app))
    assert answer.status_code == 422
    assert _stored(world) == []


def test_a_stale_form_shows_what_changed(app: Flask, world: World) -> None:
    """The second finance person sees 700 become 750 and keeps what was typed."""
    person, place = browser(app, world, "filip"), f"/accounts/{world.ids['alfa']}/months/2026-11"
    person.post(place, data=TYPED, headers=csrf(app))
    (row,) = _stored(world)
    form = {**TYPED, "figures_id": row.id, "version": "1", "reason": "First."}
    person.post(place, data={**form, "cogs": "750"}, headers=csrf(app))
    answer = person.post(place, data={**form, "cogs": "790"}, headers=csrf(app))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="790"' in text
    assert "€750.00" in text
    assert 'name="version" value="2"' in text


def test_programs_enter_and_correct_months(app: Flask, world: World) -> None:
    """201 with an ETag, 412 for an old one, 422 with the field's name in JSON, and the corrections."""
    place = f"/accounts/{world.ids['alfa']}/figures"
    client = program(app, world, "filip")
    made = client.post(place, {**BODY, "month": "2026-11", "kind": "actual"})
    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    one = f"{place}/{made.get_json()['id']}"
    change = {**BODY, "cogs_minor": 75_000, "reason": "Invoice 17."}
    assert client.put(one, change, 1).get_json()["cogs_minor"] == 75_000
    assert client.put(one, change, 1).status_code == 412
    wrong = client.put(one, {**change, "discounts_minor": -1}, 2)
    assert [e["where"] for e in wrong.get_json()["errors"]] == ["discounts_minor"]
    told = client.get(f"{one}/corrections").get_json()["rows"]
    assert [(row["reason"], row["changes"]) for row in told] == [
        ("Invoice 17.", [{"field": "cogs_minor", "before": 70_000, "after": 75_000}])
    ]
    assert client.get(place).get_json()["total"] == 1
