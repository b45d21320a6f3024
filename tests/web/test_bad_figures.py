"""Figures as they really come: losses, gaps, nothing sold, unknown cash. Every door gives a defined answer.

Alfa loses money. Beta sold nothing and has costs. Gamma has three of twelve months and no balances. Nobody
knows anything of the other two.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from clients import browser, csrf, program
from factories import World
from flask import Flask
from importing import check, codes, csv_of, months
from judged import YEAR, figures, year

from planner.records import ExchangeRate, ImportKind

NO_NUMBER = ("nan", "infinity", "none%", "€none", "-inf")


@pytest.fixture
def bad(world: World) -> World:
    """The company described above."""
    year(world, "alfa", 1_200_000, 2_400_000)
    year(world, "beta", 0, 120_000)
    unknown = {"ar_open": None, "ar_overdue": None, "inventory_dedicated": None, "ap_related": None}
    for month in YEAR[-3:]:
        figures(world, "gamma", month, 100_000, 40_000, **unknown)
    return world


def test_every_page_of_the_company_stands(app: Flask, bad: World) -> None:
    """The list, its file, the portfolio and each customer; unknown is a dash, a loss has its sign."""
    ingrid = browser(app, bad, "lukas")
    paths = ["/accounts", "/accounts.csv", "/portfolio", "/kam-loads"]
    paths += [f"/accounts/{bad.ids[name]}" for name in ("alfa", "beta", "gamma", "blocked", "lost")]
    paths += [f"/accounts/{bad.ids[name]}/months/2026-12" for name in ("alfa", "gamma", "blocked")]
    for path in paths:
        answer = ingrid.get(path)
        text = answer.get_data(as_text=True).casefold()
        assert answer.status_code == 200, path
        assert not [word for word in NO_NUMBER if f">{word}" in text or f",{word}," in text], path


def test_the_list_as_a_file_says_what_is_known(app: Flask, bad: World) -> None:
    """Shares of 0 where money is lost, everything of Gamma's three months, nothing of the unknown."""
    text = browser(app, bad, "lukas").get("/accounts.csv").get_data(as_text=True).lstrip("\ufeff")
    rows = {row["Account"]: row for row in csv.DictReader(io.StringIO(text))}

    def told(name: str) -> list[str]:
        columns = ("Share, %", "Net revenue", "Contribution profit", "Cash flow", "Months known")
        return [rows[name][column] for column in columns]

    assert told("Alfa") == ["0.00", "12000", "-12000", "-12000", "12/12"]
    assert told("Beta") == ["0.00", "0", "-1200", "-1200", "12/12"]
    assert told("Gamma") == ["100.00", "3000", "1800", "", "3/12"]
    assert told("Blocked") == ["", "", "", "", "0/12"]
    assert "Buys turnover at a loss" in rows["Alfa"]["Flags"]
    assert "Months are missing" in rows["Gamma"]["Flags"]
    assert rows["Beta"]["Days until we are paid"] == ""


def test_programs_get_null_and_the_reason(app: Flask, bad: World) -> None:
    """No margin where nothing was sold, no cash flow without balances, no worth of keeping a loss-maker."""
    client = program(app, bad, "lukas")

    def told(name: str) -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"/accounts/{bad.ids[name]}/worth").get_json()["figures"]
        return found

    beta, gamma, unknown = told("beta"), told("gamma"), told("blocked")
    assert (beta["margin"]["value"], beta["margin"]["note"]) == (None, "nothing_sold")
    assert (beta["dso"]["value"], beta["dso"]["note"]) == (None, "nothing_sold")
    assert gamma["cash_flow"]["value"] is None
    assert gamma["contribution"]["note"] == "months_missing"
    assert (unknown["share"]["value"], unknown["contribution"]["note"]) == (None, "no_figures")
    assert told("alfa")["contribution"]["value"] == "-1200000.000000"
    assert client.get("/portfolio").status_code == client.get("/worths").status_code == 200


def test_the_week_that_only_some_years_have(app: Flask, bad: World) -> None:
    """2026 has a week 53, 2027 none: by API, by form and by file."""
    client = program(app, bad, "nora")
    body = {"account_id": bad.ids["alfa"], "title": "Late", "earliest_week": "2026-W53"}
    assert client.post("/requests", body).status_code == 201
    wrong = client.post("/requests", {**body, "latest_week": "2027-W53"})
    assert [(e["where"], e["code"]) for e in wrong.get_json()["errors"]] == [("latest_week", "E_WEEK")]
    typed = {"account_id": bad.ids["alfa"], "title": "Late", "latest_week": "2027-W53", "do": "save"}
    answer = browser(app, bad, "nora").post("/requests", data=typed, headers=csrf(app))
    assert answer.status_code == 422
    rows = [{"request": "R1", "account": "alfa", "latest_week": "2027-W53"}]
    checked = check(bad, "nora", ImportKind.REQUESTS, csv_of(rows))
    assert codes(checked) == [(2, "latest_week", "E_WEEK")]


def test_no_amount_grows_too_large_by_its_rate(bad: World) -> None:
    """A thousand million whole units are the limit, in a file before and after conversion."""
    with bad.database.writing() as session:
        session.add(ExchangeRate(currency="KWD", month="2026-11", rate_millionths=3_000_000))
    large = {"gross_sales": "999999999"}
    content = csv_of(months({**large, "currency": "KWD"}, {**large, "month": "2026-10"}))
    checked = check(bad, "filip", ImportKind.FIGURES, content)
    assert codes(checked) == [(2, "gross_sales", "E_NUMBER_RANGE")]
