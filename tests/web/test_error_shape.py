"""One shape for every refusal of the API, whichever way it arises, in every language; pages get words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from clients import Program, browser, request_body
from factories import World
from flask import Flask
from werkzeug.test import TestResponse

from planner.records import RequestStatus
from planner.verdict import Kind, refuse
from web.errors import STATUS
from web.policy import MARK

KEYS = {"type", "title", "status", "code", "detail", "remedy", "errors"}
PROBLEM_KEYS = {"code", "where", "message", "fix"}
LEAKS = re.compile(r"Traceback|File \"|sqlalchemy|SELECT |sqlite|/srv/|%\(\w+\)|\.py\b")

Client = Callable[[str], Program]


def check_shape(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The canonical refusal; extra facts stand under `details` only."""
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.get_json()
    assert body.keys() - {"details"} == KEYS
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"/errors/{code}"
    assert body["title"]
    assert body["detail"].endswith((".", "!", ")"))
    assert body["remedy"].endswith((".", "?", ">.")), body["remedy"]
    for error in body["errors"]:
        assert error.keys() == PROBLEM_KEYS
        assert error["code"].startswith("E_")
        assert error["message"]
        assert error["fix"]
    assert not LEAKS.search(answer.text), answer.text
    return body


@contextmanager
def replaced(app: Flask, endpoint: str, view: Callable[..., Any]) -> Iterator[None]:
    """Let another view answer for an endpoint, under the endpoint's own policy."""
    views: Any = app.view_functions
    kept = views[endpoint]
    setattr(view, MARK, getattr(kept, MARK))
    views[endpoint] = view
    try:
        yield
    finally:
        views[endpoint] = kept


def test_every_kind_of_error_has_the_one_shape(app: Flask, client: Client, world: World) -> None:
    """400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428: one of each way they arise."""
    nora, nobody = client("nora"), Program(app, None)
    draft = world.draft()
    world.force(draft.id, RequestStatus.PUBLISHED)
    path = f"/requests/{draft.id}"
    json_type = {"Content-Type": "application/json"}
    check_shape(nora.call("POST", "/requests", data=b"{", headers=json_type), 400, "E_JSON")
    check_shape(nobody.get("/me"), 401, "E_TOKEN_MISSING")
    check_shape(Program(app, "x").get("/me"), 401, "E_TOKEN")
    check_shape(nora.get("/audit"), 403, "E_FORBIDDEN")
    check_shape(nora.get("/no-such-address"), 404, "E_NOT_FOUND")
    check_shape(nora.get("/requests/00000000-0000-4000-8000-000000000000"), 404, "E_NOT_FOUND")
    check_shape(nora.call("PATCH", "/requests"), 405, "E_METHOD")
    check_shape(nora.post(f"{path}/submit", version=draft.version + 1), 409, "E_STATE")
    check_shape(nora.post(f"{path}/submit", version=7), 412, "E_VERSION_STALE")
    check_shape(nora.post(f"{path}/submit"), 428, "E_VERSION_REQUIRED")
    big = nora.call("POST", "/requests", data=b"x" * 1_100_000, headers=json_type)
    check_shape(big, 413, "E_BODY_SIZE")
    check_shape(nora.call("POST", "/requests", data=b"<x/>"), 415, "E_CONTENT_TYPE")
    check_shape(nora.get("/requests?page=x"), 422, "E_QUERY")
    shape = check_shape(nora.post("/requests", {"lines": [{}, 3]}), 422, "E_INVALID")
    assert [e["where"] for e in shape["errors"]] == [
        "account_id",
        "lines/0/quarter_hours",
        "lines/0/skill_key",
        "lines/1",
    ]
    truth = check_shape(nora.post("/requests", request_body(world, title="\u200b")), 422, "E_INVALID")
    assert [e["where"] for e in truth["errors"]] == ["title"]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_refusal_has_a_status(app: Flask, world: World, kind: Kind) -> None:
    """On the API as problem+json, on pages as a page; a stale form is a conflict there."""

    def planted(**_: Any) -> None:
        raise refuse(kind, "E_PLANTED", "No: 100 %% of %(what)s.", "Wait.", what="it")

    with replaced(app, "requests.show_list", planted):
        nora = browser(app, world, "nora").get("/requests")
    with replaced(app, "api_session.show_me", planted):
        answer = Program(app, world.ids["token of nora"]).get("/me")
    check_shape(answer, STATUS[kind], "E_PLANTED")
    assert answer.get_json()["detail"] == "No: 100 % of it."
    assert nora.status_code == (409 if kind is Kind.STALE else STATUS[kind])
    assert "No: 100 % of it." in nora.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/api/v1/me", "/requests"])
def test_our_own_failure_gives_a_number_and_nothing_else(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Neither the words of the exception nor a place in the code is told."""
    endpoint = {"/api/v1/me": "api_session.show_me", "/requests": "requests.show_list"}[path]

    def broken(**_: Any) -> None:
        raise ZeroDivisionError("SELECT secret FROM /srv/planner.py")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with replaced(app, endpoint, broken):
        person = browser(app, world, "nora")
        answer = person.get(path, headers={"Authorization": f"Bearer {world.ids['token of nora']}"})
    assert answer.status_code == 500
    assert re.search(r"Ticket [0-9a-f]{12}", answer.get_data(as_text=True))
    assert not LEAKS.search(answer.get_data(as_text=True))
    if path.startswith("/api"):
        check_shape(answer, 500, "E_INTERNAL")


@pytest.mark.parametrize("language", ["pl", "cs", "nb"])
def test_no_place_of_a_text_stays_unfilled(client: Client, world: World, language: str) -> None:
    """Whatever the language, numbers and names stand where they belong."""
    headers = {"Accept-Language": language}
    nora = client("nora")
    for body in (
        request_body(world, title="x" * 999),
        request_body(world, lines=[{"skill_key": "law", "quarter_hours": 0}]),
        request_body(world, purpose="x"),
        request_body(world, earliest_week="2025-W53"),
        {"account_id": world.ids["alfa"], "curve": [{}] * 9},
    ):
        answer = nora.post("/requests", body, headers=headers)
        assert answer.status_code == 422
        assert not LEAKS.search(answer.text), answer.text


def test_a_person_gets_a_page(app: Flask, world: World) -> None:
    """With the code in small print, for whoever helps."""
    answer = browser(app, world, "nora").get("/requests/00000000-0000-4000-8000-000000000000")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "E_NOT_FOUND" in answer.get_data(as_text=True)
