"""Hours against profit on the portfolio page, in its file and over the API."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from clients import Program, browser
from factories import World
from flask import Flask
from judged import year

Client = Callable[[str], Program]


@pytest.fixture
def busy(world: World) -> World:
    """Alfa brings the profit, Beta takes the hours, Gamma loses money."""
    year(world, "alfa", 1_242_000, specialist_quarter_hours=10)
    year(world, "beta", 648_000, specialist_quarter_hours=20)
    year(world, "gamma", 120_000, 240_000, specialist_quarter_hours=10)
    return world


def _order(text: str) -> list[str]:
    """The customers in the order of the table of hours."""
    table = text.partition('id="effort-title"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', table)


def test_the_page_tells_every_customer_in_words(app: Flask, busy: World) -> None:
    """Sorted by hours at first, by the gap when asked; a loss and what is unknown stay in the list."""
    person = browser(app, busy, "lukas")
    text = person.get("/portfolio").get_data(as_text=True)
    assert _order(text)[0] == "Beta"
    assert "takes more than it brings" in text
    assert "brings no profit" in text
    assert "profit not known" in text
    assert _order(person.get("/portfolio?sort=gap").get_data(as_text=True))[:3] == ["Alfa", "Gamma", "Beta"]
    assert _order(person.get("/portfolio?sort=name").get_data(as_text=True))[0] == "Alfa"
    opened = person.get(f"/portfolio?effort={busy.ids['beta']}").get_data(as_text=True)
    assert "specialists&#39; hours for all customers" in opened
    assert person.get("/portfolio?effort=nobody").status_code == 404


def test_the_file_holds_hours_and_percent(app: Flask, busy: World) -> None:
    """240 quarter-hours are 60 h, half of all; 1,080.00 are 10 % of the profit."""
    answer = browser(app, busy, "filip").get("/portfolio/hours.csv")
    assert answer.mimetype == "text/csv"
    (beta,) = [line for line in answer.get_data(as_text=True).splitlines() if line.startswith("beta,")]
    assert beta == "beta,Beta,60,50.00,1080,10.00,takes more than it brings"


@pytest.mark.usefixtures("busy")
def test_the_api_tells_the_same(client: Client) -> None:
    """And nobody without the portfolio reads any of it."""
    rows = {row["name"]: row for row in client("lukas").get("/portfolio").get_json()["efforts"]}
    assert rows["Beta"]["hours_share"]["value"] == "0.500000"
    assert (rows["Gamma"]["balance"], rows["Gamma"]["profit_share"]["value"]) == ("no_profit", "0.000000")
    assert (rows["Lost"]["balance"], rows["Lost"]["profit_share"]["value"]) == ("profit_unknown", None)
    assert client("nora").get("/portfolio").status_code == 403
