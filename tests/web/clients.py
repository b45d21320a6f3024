"""Programs with a token and people with a browser, for tests that go through HTTP."""

from __future__ import annotations

from typing import Any

from factories import World
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from planner.records import User, new_id
from planner.services.staff import users

ROOT = "/api/v1"
CSRF = "raw csrf token of a test"


class Program:
    """A client of the API; `token` None sends no credential."""

    def __init__(self, app: Flask, token: str | None) -> None:
        # Cookies are not kept: a program has none.
        self.client = app.test_client(use_cookies=False)
        self.token = token

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request to a path below /api/v1."""
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.client.open(ROOT + path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, version: int | None = None, **options: Any) -> TestResponse:
        """POST, with the version in If-Match when given."""
        return self._send("POST", path, body, version, options)

    def put(self, path: str, body: Any, version: int | None = None, **options: Any) -> TestResponse:
        """PUT, with the version in If-Match when given."""
        return self._send("PUT", path, body, version, options)

    def _send(
        self, method: str, path: str, body: Any, version: int | None, options: dict[str, Any]
    ) -> TestResponse:
        if version is not None:
            options["headers"] = {"If-Match": f'"{version}"', **options.get("headers", {})}
        if body is not None:
            options["json"] = body
        return self.call(method, path, **options)


def new_token(world: World, name: str) -> str:
    """A new token of a person, with no password hashed for it."""
    actor = world.actor(name)
    with world.database.writing() as session:
        return users.create_token(session, actor, "test", 30)[1]


def token_of(world: World, name: str) -> str:
    """The token that was made for a person with the small world."""
    return world.ids[f"token of {name}"]


def program(app: Flask, world: World, name: str) -> Program:
    """A program that acts for a person."""
    return Program(app, token_of(world, name))


def browser(app: Flask, world: World, name: str | None) -> FlaskClient:
    """A browser in which a person is signed in, or nobody."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = CSRF
        if name is not None:
            with world.database.reading() as session:
                user = session.get_one(User, world.ids[name])
                cookie["_user_id"] = f"{user.id}:{user.epoch}:{new_id()}"
                cookie["_fresh"] = True
    return client


def csrf(app: Flask) -> dict[str, str]:
    """The header that htmx sends with every form, for a `browser`."""
    signer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")  # type: ignore[arg-type]  # - Flask allows None
    return {"X-CSRFToken": str(signer.dumps(CSRF))}


def code_of(response: TestResponse) -> str:
    """The code of a refusal."""
    body = response.get_json()
    assert response.mimetype == "application/problem+json", response.text[:300]
    return str(body["code"])


def codes_of(response: TestResponse) -> set[str]:
    """The codes of all faults of a refusal, its own included."""
    return {code_of(response), *(error["code"] for error in response.get_json()["errors"])}


def request_body(world: World, account: str = "alfa", **changes: Any) -> dict[str, Any]:
    """A complete request as JSON: 16 h of architecture in weeks 1 to 4, worth 0.3 of 1,000.00."""
    return {
        "account_id": world.ids[account],
        "title": "Tender",
        "purpose": "win",
        "type": "tender",
        "earliest_week": "2027-W01",
        "latest_week": "2027-W04",
        "need_statement": "Somebody who has done it before.",
        "benefits": [{"month": 0, "amount_minor": 100_000}],
        "lines": [{"skill_key": "architecture", "quarter_hours": 64, "min_level": 3}],
        "curve": [
            {"fraction_permille": 0, "probability_permille": 200},
            {"fraction_permille": 1000, "probability_permille": 500},
        ],
        "evidence": [{"kind": "own_estimate", "text": "Three tenders like this one."}],
        **changes,
    }
