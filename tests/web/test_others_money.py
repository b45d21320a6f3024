"""By search, filter, file, wrong input, in logs: nobody finds another's customers' money or claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from clients import Program, browser, program
from factories import World
from flask import Flask
from importing import csv_of
from secrets_of import FACTORS, money_of, record_of, text_of
from stage import AMOUNT, MONEY, OUTLINE, marked
from stage_books import fill_books
from werkzeug.test import TestResponse

from planner import logs, settings
from planner.records import Account, ImportKind
from planner.services.filing.requests import LineValues

Client = Callable[[str], Program]

KINDS = [kind.value for kind in ImportKind]
SEARCHES = [
    f"text={mark}" for mark in (OUTLINE["kai"], MONEY["kai"], str(AMOUNT["kai"]), "%25", "_", "title")
]


@pytest.fixture
def books(world: World) -> dict[str, str]:
    """Both sides with a marked request, books, a plan and closed requests; ids of the two requests."""
    with world.database.writing() as session:
        for owner, account in (("nora", "alfa"), ("kai", "gamma")):
            row = session.get_one(Account, world.ids[account])
            row.name = f"{OUTLINE[owner]} account"
            row.credit_limit_minor = AMOUNT[owner]
    line = LineValues("law", 40)
    filed = {
        name: marked(world, name, place, line).id for name, place in (("nora", "alfa"), ("kai", "gamma"))
    }
    fill_books(world, AMOUNT, MONEY)
    return filed


@pytest.fixture
def hidden(app: Flask, world: World, books: dict[str, str]) -> set[str]:
    """Everything of Kai's that leadership reads and that is not Nora's as well."""
    lukas = program(app, world, "lukas")

    def ask(path: str) -> TestResponse:
        return lukas.client.get(path, headers={"Authorization": f"Bearer {lukas.token}"})

    money = {
        name: money_of(ask, world.ids[place], [books[name]])
        for name, place in (("nora", "alfa"), ("kai", "gamma"))
    }
    record = {name: record_of(ask, world.ids[name]) for name in ("nora", "kai")}
    found = (money["kai"] - money["nora"]) | (record["kai"] - record["nora"])
    assert len(found) > 20
    assert any(FACTORS.fullmatch(mark) for mark in found)
    return found | {MONEY["kai"]}


def leaked(hidden: set[str], answers: dict[str, TestResponse]) -> dict[str, set[str]]:
    """What stands in answers that must not, by address; a page may show what was typed into its search."""
    found = {
        where: {mark for mark in hidden if mark not in where and mark in text_of(answer)}
        for where, answer in answers.items()
    }
    return {where: marks for where, marks in found.items() if marks}


def test_no_search_or_filter_finds_it(app: Flask, world: World, hidden: set[str]) -> None:
    """Neither words nor amounts nor ids of Kai's lead Nora to anything of his."""
    gamma = world.ids["gamma"]
    queries = [*SEARCHES, f"account={gamma}", f"account_id={gamma}"]
    places = ("/requests", "/requests.csv", "/accounts", "/accounts.csv")
    nora = browser(app, world, "nora")
    answers = {f"{place}?{query}": nora.get(f"{place}?{query}") for place in places for query in queries}
    answers |= {query: program(app, world, "nora").get(f"/requests?{query}") for query in SEARCHES}
    assert leaked(hidden | {OUTLINE["kai"]}, answers) == {}
    found = program(app, world, "nora").get(f"/requests?account_id={gamma}").get_json()
    assert (found["total"], found["rows"]) == (0, [])


@pytest.mark.parametrize("who", ["nora", "hana", "adam"])
def test_no_file_that_leaves_holds_it(app: Flask, world: World, hidden: set[str], who: str) -> None:
    """Every kind in both forms, workbooks unpacked; what is Nora's own is in hers, so the test does look."""
    person = program(app, world, who)
    paths = [f"/exports/{kind}.{form}" for kind in KINDS for form in ("csv", "xlsx")]
    answers = {path: person.get(path) for path in paths}
    assert leaked(hidden | {OUTLINE["kai"]}, answers) == {}
    own = " ".join(text_of(answer) for answer in answers.values())
    assert (str(AMOUNT["nora"])[:-2] in own) == (who == "nora")


def test_no_refusal_tells_it(app: Flask, world: World, books: dict[str, str], hidden: set[str]) -> None:
    """A file that names Kai's customer, a guess at its code, his ids in addresses: nothing is there."""
    nora = program(app, world, "nora")
    answers: dict[str, TestResponse] = {}
    for name in ("gamma", "gamm", "nobody"):
        content = csv_of([{"request": "R1", "account": name, "title": "T"}])
        path = f"/imports?kind=requests&name={name}.csv"
        answers[name] = nora.call("POST", path, data=content, headers={"Content-Type": "text/csv"})
        (fault,) = (f for f in answers[name].get_json()["faults"] if f["column"] == "account")
        assert (fault["code"], fault["message"]) == ("E_REF_UNKNOWN", f"“{name}” is not known here.")
    for path in (
        f"/accounts/{world.ids['gamma']}/contacts",
        f"/accounts/{world.ids['gamma']}/ratings",
        f"/accounts/{world.ids['gamma']}/plans",
        f"/accounts/{world.ids['gamma']}/worth",
        f"/kams/{world.ids['kai']}/calibration",
        f"/requests/{books['kai']}/outcomes",
        f"/requests/{books['kai']}/worth",
    ):
        answers[path] = nora.get(path)
        assert answers[path].status_code == 404, path
    assert leaked(hidden | {OUTLINE["kai"]}, answers) == {}


def test_no_log_holds_it(
    app: Flask, world: World, books: dict[str, str], hidden: set[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Logs are read by people who see no money: reading, searching and failing leave none of it there."""
    # Commands that ran in this process before may have left another level.
    logs.configure(replace(settings.read(), log_level="INFO"))
    capfd.readouterr()
    kai, lukas = program(app, world, "kai"), program(app, world, "lukas")
    gamma = world.ids["gamma"]
    for person in (kai, lukas):
        for path in (
            "/requests?text=" + MONEY["kai"],
            f"/accounts/{gamma}/worth",
            f"/requests/{books['kai']}",
        ):
            assert person.get(path).status_code == 200
    body = {"criterion": MONEY["kai"], "current_milli": AMOUNT["kai"], "evidence": MONEY["kai"]}
    assert kai.post(f"/accounts/{gamma}/ratings", {**body, "expires_on": "2027-06-01"}).status_code == 422
    assert kai.get(f"/requests?page={MONEY['kai']}").status_code == 422
    browser(app, world, "kai").get(f"/requests?text={MONEY['kai']}&page=x")
    told = capfd.readouterr()
    text = told.out + told.err
    assert "refused" in text
    assert {mark for mark in hidden | {OUTLINE["kai"]} if mark in text} == set()
