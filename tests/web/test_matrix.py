"""Every route with every identity on own, others' and nobody's rows, against the table of `matrix_policy`."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from applications import make_app
from clients import browser, csrf
from factories import World
from flask import Flask
from flask.testing import FlaskClient
from matrix_policy import ALL_MARKS, OUTSIDERS, OVERSEERS, PEOPLE, PUBLIC, SEES, Rule
from matrix_routes import ROUTES, SIGHT
from secrets_of import money_of, record_of, text_of
from stage import Stage, published_text, set_stage
from werkzeug.test import TestResponse

from planner.database import Database
from planner.solving.engine import Engine
from web.database import KEY

TOKEN_OF_FORMS: Final = re.compile(r"[\w-]{20,}\.[\w-]{6}\.[\w-]{27}")
PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


class Theatre:
    """The application on the stage, and everybody's credentials."""

    def __init__(self, app: Flask, stage: Stage) -> None:
        self.app, self.stage = app, stage
        self.cookies = {who: self._cookie(name) for who, name in PEOPLE.items()}
        self.client = FlaskClient(app, use_cookies=False)
        self.form_token = csrf(app)
        self.watch = sqlite3.connect(stage.path)
        self.secrets = self._secrets()

    def _secrets(self) -> dict[str, set[str]]:
        """What leadership reads of each side and of no other: amounts, and factors of claims, by whose."""
        rows = self.stage.rows

        def ask(path: str) -> TestResponse:
            return self.call("leadership", "GET", path, Rule(PUBLIC), "")

        sides, kinds = ("own", "other"), ("request", "draft", "closed")
        money = {
            side: money_of(ask, rows["account"][side], [rows[kind][side] for kind in kinds]) for side in sides
        }
        record = {side: record_of(ask, rows["kam"][side]) for side in sides}
        found = {}
        for side, whose, others in (("own", "nora", "other"), ("other", "kai", "own")):
            found[f"money of {whose}"] = money[side] - money[others]
            found[f"record of {whose}"] = record[side] - record[others]
        return found

    def hidden_from(self, who: str) -> set[str]:
        """All that somebody must not find anywhere."""
        kept = {
            "kam_own": {"money of nora", "record of nora"},
            "kam_other": {"money of kai", "record of kai"},
        }
        seen = kept.get(who, set())
        if who in OVERSEERS:
            seen = {"money of nora", "money of kai"}
        if who == "leadership":
            seen = set(self.secrets)
        return set().union(*(marks for name, marks in self.secrets.items() if name not in seen))

    def _cookie(self, name: str | None) -> str:
        person = browser(self.app, self.stage.world, name)
        cookie = person.get_cookie("planner")
        assert cookie is not None
        return f"planner={cookie.value}"

    def call(self, who: str, method: str, path: str, rule: Rule, row: str) -> TestResponse:
        """Send what the table says, as somebody, with the version that the row has."""
        body = rule.body(self.stage, row) if method in {"POST", "PUT"} else None
        name = PEOPLE[who]
        headers: dict[str, str] = {}
        options: dict[str, Any] = {}
        if path.startswith("/api/"):
            if name is not None:
                headers["Authorization"] = f"Bearer {self.stage.world.ids[f'token of {name}']}"
            headers["If-Match"] = f'"{self.stage.versions.get(row, 1)}"'
            options["json" if body is not None else "data"] = body
        else:
            headers = {"Cookie": self.cookies[who], **self.form_token}
            options["data"] = body
        answer = self.client.open(path, method=method, headers=headers, **options)
        answer.get_data()
        answer.close()
        return answer

    def version_of_data(self) -> int:
        """Rises with every commit of anybody else."""
        number: int = self.watch.execute("PRAGMA data_version").fetchone()[0]
        return number

    def restore(self) -> None:
        """Undo what an allowed call did."""
        self.watch.close()
        self.stage.back()
        self.watch = sqlite3.connect(self.stage.path)


@pytest.fixture(scope="module")
def theatre(
    built: tuple[Path, dict[str, str]], engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Theatre]:
    """The stage is set once, with the real engine, and put back after every call that changed it."""
    path = tmp_path_factory.mktemp("matrix") / "planner.db"
    shutil.copyfile(built[0], path)
    database = Database(f"sqlite:///{path}")
    world = World(database, dict(built[1]))
    app = make_app(f"sqlite:///{path}")
    app.extensions[KEY].dispose()
    app.extensions[KEY] = database
    # The cookie of who leaves is made while they are still in.
    early = browser(app, world, PEOPLE["revoked"]).get_cookie("planner")
    stage = set_stage(world, path, engine)
    assert early is not None
    theatre = Theatre(app, stage)
    theatre.cookies["revoked"] = f"planner={early.value}"
    yield theatre
    theatre.watch.close()
    database.dispose()


def address(stage: Stage, template: str, rule: Rule, row: str) -> str:
    """The path of a route with its parameters filled in."""
    values = [*(str(stage.rows[kind]["own"]) for kind in rule.before), row]
    names = PARAMETER.findall(template)
    if template.startswith("/static/"):
        values = ["css/app.css"]
    if rule.in_body:
        return template + rule.query
    assert len(names) == (len(values) if names else 0), template
    path = PARAMETER.sub(lambda _: values.pop(0), template) if names else template
    return path + rule.query


def plain(answer: TestResponse, row: str) -> tuple[int, str]:
    """Status and body without what differs between any two answers: the row's own id, the form's token."""
    text = answer.get_data(as_text=True).replace(f"/{row}", "/ROW")
    return answer.status_code, TOKEN_OF_FORMS.sub("TOKEN", text)


def verdict(who: str, method: str, path: str, answer: TestResponse, *, allowed: bool, seen: bool) -> str:
    """What is wrong with the status of an answer; empty when nothing is."""
    status = answer.status_code
    if status >= 500:
        return "failed"
    if who in OUTSIDERS and not allowed:
        away = answer.headers.get("Location", "").startswith("/sign-in")
        good = status == 401 if path.startswith("/api/") else status == 303 and away
        return "" if good else "was not asked to sign in"
    if not allowed:
        return "" if status == 403 else "was let in"
    if not seen:
        return "" if status == 404 else "should find nothing"
    if path == "/sign-in":
        return "" if status in {200, 303, 401} else "cannot sign in"
    refused = status != 200 if method == "GET" else status in {401, 403, 404, 405, 428}
    return "should be let in" if refused else ""


def leaks(theatre: Theatre, who: str, rule: Rule, answer: TestResponse) -> set[str]:
    """Marks of others in body or headers, and numbers that follow from others' books or claims."""
    text = text_of(answer) + str(answer.headers)
    hidden = theatre.hidden_from(who) if rule.everybody_sees != ALL_MARKS else set()
    return {mark for mark in (ALL_MARKS - SEES[who] - rule.everybody_sees) | hidden if mark in text}


def test_the_table_knows_every_route(theatre: Theatre) -> None:
    """Neither a route without a row nor a row without a route."""
    routes = {
        (method, rule.rule)
        for rule in theatre.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROUTES)


def test_the_marks_are_on_the_stage(theatre: Theatre) -> None:
    """An overseer does see them, so that looking for them elsewhere means something."""
    rows = theatre.stage.rows
    for side, owner in (("own", "nora"), ("other", "kai")):
        path = f"/api/v1/requests/{rows['request'][side]}"
        rule = ROUTES["GET", "/api/v1/requests/<id:request_id>"]
        text = theatre.call("leadership", "GET", path, rule, rows["request"][side]).get_data(as_text=True)
        expected = {mark for mark in ALL_MARKS if owner in mark.casefold()}
        assert len(expected) == 2
        assert all(mark in text for mark in expected)
    assert "MARKNORAOUT" in published_text(theatre.stage.world.database)
    assert all(len(marks) >= 2 for marks in theatre.secrets.values()), theatre.secrets


COUNTED = {"/sign-in", "/api/v1/tokens", "/profile/password", "/api/v1/me/password"}
"""Where passwords could be guessed: every attempt is counted, so a refused one leaves its trace."""


@pytest.mark.parametrize(("method", "template"), ROUTES, ids=str)
def test_route(theatre: Theatre, method: str, template: str) -> None:
    """Everybody gets the right status on every row; others' rows are like nobody's, and nothing leaks.

    What was refused, or only read, has changed nothing.
    """
    rule, stage = ROUTES[method, template], theatre.stage
    wrong: list[str] = []
    for who in PEOPLE:
        allowed = who in rule.who
        rows = stage.rows[rule.kind] if rule.kind else {"none": ""}
        nothing: tuple[int, str] | None = None
        for side in sorted(rows, key=lambda s: s != "nothing"):
            row = str(rows[side])
            path = address(stage, template, rule, row)
            before = theatre.version_of_data()
            answer = theatre.call(who, method, path, rule, row)
            changed = theatre.version_of_data() != before
            seen = not rule.kind or side in SIGHT[rule.kind].get(who, frozenset())
            found = [verdict(who, method, path, answer, allowed=allowed, seen=seen)]
            found += [f"sees {mark}" for mark in leaks(theatre, who, rule, answer)]
            writes = changed and template not in COUNTED
            if writes and (method == "GET" or answer.status_code >= 400):
                found.append("changed the database")
            if side == "nothing":
                nothing = plain(answer, row)
            elif not seen and nothing is not None and plain(answer, row) != nothing:
                found.append("tells others' rows from nobody's")
            wrong += [f"{who} on {side}: {answer.status_code} {fault}" for fault in found if fault]
            if changed:
                theatre.restore()
    assert wrong == []


def test_public_routes_are_few() -> None:
    """What anybody may open is a short list that somebody decided on."""
    assert {template for (_, template), rule in ROUTES.items() if rule.who == PUBLIC} == {
        "/static/<path:filename>",
        "/sign-in",
        "/board/link/<secret>",
        "/board/link/<secret>/review",
        "/api/docs",
        "/api/v1/openapi.json",
        "/api/v1/tokens",
    }
