"""Default deny: a route without a policy stops the application, roles and sessions are asked every time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from clients import CSRF, Program, browser, code_of, csrf, token_of
from factories import PASSWORD, World
from flask import Blueprint, Flask

from planner.permissions import Action
from planner.records import User
from planner.services.staff import users
from web import pages
from web.policy import UndeclaredRouteError, check_routes, declared, policy

Client = Callable[[str], Program]
Apps = Callable[..., Flask]


def test_a_route_without_a_policy_stops_the_start(monkeypatch: pytest.MonkeyPatch, apps: Apps) -> None:
    """One planted route of one is caught, by name."""
    planted = Blueprint("planted", __name__)
    planted.add_url_rule("/planted", "naked", lambda: "in")
    monkeypatch.setattr(pages, "BLUEPRINTS", (*pages.BLUEPRINTS, planted))
    with pytest.raises(UndeclaredRouteError, match=r"planted\.naked"):
        apps()


def test_a_declared_route_does_not(monkeypatch: pytest.MonkeyPatch, apps: Apps) -> None:
    """The same route with a policy starts, so it was the missing policy that stopped it."""
    planted = Blueprint("planted", __name__)
    planted.add_url_rule("/planted", "clad", policy(Action.VIEW_AUDIT)(lambda: "in"))
    monkeypatch.setattr(pages, "BLUEPRINTS", (*pages.BLUEPRINTS, planted))
    app = apps()
    assert app.test_client().get("/planted").status_code == 303


def test_every_endpoint_declares_its_policy(app: Flask) -> None:
    """A public one says why."""
    check_routes(app)
    for name, view in app.view_functions.items():
        found = declared(view)
        assert found is not None, name
        assert found.action is not None or found.why_public, name


def test_a_person_who_is_not_signed_in_is_asked_to(app: Flask, world: World) -> None:
    """Pages lead to the form and back; htmx is told to move the whole page; programs get 401."""
    nobody = browser(app, world, None)
    page = nobody.get("/requests?status=draft")
    assert (page.status_code, page.location) == (303, "/sign-in?next=%2Frequests%3Fstatus%3Ddraft")
    part = nobody.get("/requests", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/sign-in?next=%2Frequests")
    # A part of a page, or a step, leads back to the page it was on: neither could be opened itself.
    shown = {"HX-Request": "true", "HX-Current-URL": "http://localhost/requests/new?account=7"}
    token = csrf(app)
    part = nobody.post("/requests/hints", headers={**token, **shown})
    assert part.headers["HX-Redirect"] == "/sign-in?next=%2Frequests%2Fnew%3Faccount%3D7"
    assert nobody.post("/requests/hints", headers=token).location == "/sign-in"
    assert nobody.post("/requests", headers=token).location == "/sign-in?next=%2Frequests"
    refused = Program(app, None).get("/requests")
    assert (refused.status_code, code_of(refused)) == (401, "E_TOKEN_MISSING")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_role_that_may_not_is_told_why(client: Client) -> None:
    """403 names the roles that may."""
    refused = client("ann").get("/requests")
    assert (refused.status_code, code_of(refused)) == (403, "E_FORBIDDEN")
    assert "kam" in refused.get_json()["details"]["roles"]


def test_the_api_ignores_cookies(app: Flask, world: World) -> None:
    """A signed-in browser is nobody to the API, so no form of another site can act through it."""
    nora = browser(app, world, "nora")
    assert nora.get("/api/v1/me").status_code == 401
    assert nora.post("/api/v1/cycles", json={}).status_code == 401


def test_a_token_opens_no_page(app: Flask, world: World) -> None:
    """Pages know sessions only."""
    token = token_of(world, "nora")
    answer = app.test_client().get("/requests", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("header", "query", "status", "code"),
    [
        ("Bearer {token}, Bearer {token}", "", 400, "E_TWO_CREDENTIALS"),
        ("Bearer {token}", "?access_token={token}", 400, "E_TWO_CREDENTIALS"),
        ("", "?access_token={token}", 401, "E_TOKEN"),
        ("Bearer wrong", "", 401, "E_TOKEN"),
        ("Bearer", "", 401, "E_TOKEN"),
        ("Basic {token}", "", 401, "E_TOKEN"),
        ("{token}", "", 401, "E_TOKEN"),
    ],
)
def test_a_bad_credential_is_refused(  # noqa: PLR0917 - one row of the table
    app: Flask, world: World, header: str, query: str, status: int, code: str
) -> None:
    """A token counts in one header only, never in an address."""
    token = token_of(world, "nora")
    headers = {"Authorization": header.format(token=token)} if header else {}
    answer = Program(app, None).get("/me" + query.format(token=token), headers=headers)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_password_gives_a_token_that_ends_when_told(app: Flask) -> None:
    """The token works, says who it is, and is dead the moment it is revoked."""
    anybody = Program(app, None)
    given = anybody.post("/tokens", {"email": "NORA@example.com ", "password": PASSWORD, "days": 1})
    assert given.status_code == 201, given.text
    nora = Program(app, given.get_json()["token"])
    me = nora.get("/me").get_json()
    assert (me["name"], me["roles"]) == ("Nora", ["kam"])
    assert "request.file" in me["actions"]
    assert "run.start" not in me["actions"]
    ended = nora.call("DELETE", "/tokens/current")
    assert (ended.status_code, ended.data) == (204, b"")
    assert code_of(nora.get("/me")) == "E_TOKEN"


def test_every_wrong_sign_in_looks_the_same(app: Flask) -> None:
    """Unknown address, wrong password: same status, same bytes."""
    anybody = Program(app, None)
    wrong = anybody.post("/tokens", {"email": "nora@example.com", "password": "wrong password"})
    unknown = anybody.post("/tokens", {"email": "nobody@example.com", "password": PASSWORD})
    assert (wrong.status_code, code_of(wrong)) == (401, "E_SIGN_IN")
    assert (wrong.status_code, wrong.data) == (unknown.status_code, unknown.data)


@pytest.mark.parametrize("credential", ["token", "session"])
@pytest.mark.parametrize("change", ["password", "roles", "leaving"])
def test_access_ends_at_once(app: Flask, world: World, credential: str, change: str) -> None:
    """A new password, another role or leaving ends tokens and sessions with the next request."""
    program, person = Program(app, token_of(world, "nora")), browser(app, world, "nora")

    def status() -> int:
        answer = program.get("/me") if credential == "token" else person.get("/requests")
        return answer.status_code

    assert status() == 200
    admin, nora = world.actor("adam"), world.ids["nora"]
    with world.database.writing() as session:
        version = session.get_one(User, nora).version
        if change == "password":
            users.set_password(session, admin, nora, "another horse battery")
        else:
            roles = ["kam", "head"] if change == "roles" else ["kam"]
            users.change_user(
                session, admin, nora, version, name="Nora", roles=roles, active=change != "leaving"
            )
    assert status() == {"token": 401, "session": 303}[credential]


def test_signing_in_starts_a_new_session(app: Flask, world: World) -> None:
    """What an attacker planted in the browser before does not survive, and the form's token changes."""
    person = browser(app, world, None)
    with person.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    form = {"email": "nora@example.com", "password": PASSWORD, "next": "/requests"}
    answer = person.post("/sign-in", data=form, headers=csrf(app))
    assert (answer.status_code, answer.location) == (303, "/requests")
    with person.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != CSRF
        assert cookie.permanent
    assert person.get("/requests").status_code == 200


@pytest.mark.parametrize(
    "away",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, world: World, away: str) -> None:
    """An address of another site in `next` is dropped."""
    form = {"email": "nora@example.com", "password": PASSWORD, "next": away}
    answer = browser(app, world, None).post("/sign-in", data=form, headers=csrf(app))
    assert (answer.status_code, answer.location) == (303, "/")


def test_guessing_is_slowed_down_per_account_and_address(apps: Apps) -> None:
    """Three a minute for an account, six for an address; the fourth guess is not even looked at."""
    app = apps(SIGN_INS_PER_ACCOUNT="3 per minute", SIGN_INS_PER_ADDRESS="6 per minute")
    anybody = Program(app, None)

    def guess(name: str) -> int:
        return anybody.post(
            "/tokens", {"email": f"{name}@example.com", "password": "guess guess"}
        ).status_code

    assert [guess("nora") for _ in range(4)] == [401, 401, 401, 429]
    assert guess("NORA") == 429
    assert guess("sven") == 401
    blocked = anybody.post("/tokens", {"email": "kai@example.com", "password": "guess guess"})
    assert (blocked.status_code, code_of(blocked)) == (429, "E_RATE")
    assert blocked.headers["Retry-After"] == "60"
    # Another web process counts on: the limits are one for all of them.
    beside = Program(apps(SIGN_INS_PER_ACCOUNT="3 per minute", SIGN_INS_PER_ADDRESS="6 per minute"), None)
    again = beside.post("/tokens", {"email": "olga@example.com", "password": "guess guess"})
    assert again.status_code == 429
