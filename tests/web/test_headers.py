"""What every answer tells the browser: run, frame and keep nothing that is not ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from clients import browser, csrf, program
from factories import World
from flask import Flask

Apps = Callable[..., Flask]

ADDRESSES = (
    "/sign-in",
    "/",
    "/no-such-page",
    "/static/css/app.css",
    "/api/v1/me",
    "/api/v1/no-such",
    "/api/docs",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", [None, "nora"])
def test_every_answer_carries_the_headers(app: Flask, world: World, address: str, name: str | None) -> None:
    """Pages, files, errors and the API alike."""
    answer = browser(app, world, name).get(address)
    answer.close()
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    if not (address.startswith("/static/") and answer.status_code == 200):
        assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_holds_script_or_style_of_its_own(app: Flask, world: World, address: str) -> None:
    """The policy would block them; nothing should rely on them."""
    answer = browser(app, world, "nora").get(address)
    text = answer.get_data(as_text=True)
    answer.close()
    for mark in ("<style", " style=", " onclick=", " onload=", "javascript:"):
        assert mark not in text, mark
    assert text.count("<script") == text.count("<script src=")


def test_the_session_cookie_is_out_of_reach(app: Flask) -> None:
    """Scripts cannot read it and other sites cannot make the browser send it with a form."""
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_production_sends_cookies_over_tls_only(apps: Apps, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name makes browsers insist on it."""
    monkeypatch.setenv("PLANNER_ENV", "production")
    monkeypatch.setenv("PLANNER_SECRET_KEY", "x" * 40)
    answer = apps().test_client().get("/sign-in", base_url="https://planner.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-planner=")
    assert "Secure" in cookie
    assert "max-age=31556926" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "forged"}])
def test_a_form_of_another_site_changes_nothing(app: Flask, world: World, headers: dict[str, str]) -> None:
    """Without the token of its own session a form is refused, and says so in words."""
    nora = browser(app, world, "nora")
    refused = nora.post("/sign-out", headers=headers)
    assert refused.status_code == 403
    assert "E_CSRF" in refused.text
    assert nora.get("/requests").status_code == 200
    assert nora.post("/sign-out", headers=csrf(app)).status_code == 303


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Flask, world: World) -> None:
    """The same cookie elsewhere ends with the session; another session of the same person goes on."""
    nora, elsewhere = browser(app, world, "nora"), browser(app, world, "nora")
    cookie = nora.get_cookie("planner")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("planner", cookie.value)
    assert thief.get("/requests").status_code == 200
    assert nora.post("/sign-out", headers=csrf(app)).status_code == 303
    assert [c.get("/requests").status_code for c in (thief, nora, elsewhere)] == [303, 303, 200]


def test_a_cookie_without_a_session_of_its_own_opens_nothing(app: Flask, world: World) -> None:
    """As earlier versions made them: without it nobody could sign out of them."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{world.ids['nora']}:0"
    assert client.get("/requests").status_code == 303


def test_forwarded_addresses_are_not_believed(apps: Apps, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless proxies are named, a client cannot choose the address its attempts are counted under."""
    app = apps(SIGN_INS_PER_ADDRESS="1 per minute")
    body = {"email": "nora@example.com", "password": "guess guess"}
    client = app.test_client()
    codes = [
        client.post("/api/v1/tokens", json=body, headers={"X-Forwarded-For": f"10.0.0.{i}"}).status_code
        for i in range(2)
    ]
    assert codes == [401, 429]
    monkeypatch.setenv("PLANNER_TRUSTED_PROXIES", "1")
    client = apps(SIGN_INS_PER_ADDRESS="1 per minute").test_client()
    codes = [
        client.post("/api/v1/tokens", json=body, headers={"X-Forwarded-For": f"10.0.0.{i}"}).status_code
        for i in range(2)
    ]
    assert codes == [401, 401]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("en", "Not found"),
        ("xx", "Not found"),
        ("", "Not found"),
        ("q=abc", "Not found"),
        ("*", "Not found"),
        ("en;q=0, xx", "Not found"),
    ],
)
def test_an_odd_language_falls_back_to_english(app: Flask, world: World, asked: str, title: str) -> None:
    """Never a failure."""
    answer = program(app, world, "nora").get("/no-such", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.get_json()["title"]) == (404, title)


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("pl", "pl"),
        ("cs-CZ,en;q=0.5", "cs"),
        ("nb", "nb"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("de,pl;q=0.8,en;q=0.9", "en"),
        ("de", "en"),
    ],
)
def test_the_language_is_the_first_one_that_we_speak(app: Flask, asked: str, chosen: str) -> None:
    """Norwegian goes under three names."""
    from web.language import language

    with app.test_request_context("/sign-in", headers={"Accept-Language": asked}):
        assert language() == chosen
