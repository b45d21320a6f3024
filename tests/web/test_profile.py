"""Passwords and keys on pages: everybody changes the own ones, an administrator helps who forgot."""

from __future__ import annotations

import re

from applications import make_app
from clients import Program
from factories import PASSWORD, World
from flask import Flask
from test_pages import Person

NEW = "a quite different one"


def signs_in(app: Flask, world: World, name: str, password: str) -> bool:
    """Whether somebody gets in with a password."""
    person = Person(app, world, None)
    answer = person.post("/sign-in", {"email": f"{name}@example.com", "password": password})
    return answer.status_code == 303


def test_who_changes_the_password_stays_here_and_is_out_everywhere_else(app: Flask, world: World) -> None:
    """The present password is asked for; the browser at hand goes on, another one has to sign in anew."""
    here, there = Person(app, world, "nora"), Person(app, world, "nora")
    wrong = here.post("/profile/password", {"present": "not it at all", "new": NEW})
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    short = here.post("/profile/password", {"present": PASSWORD, "new": "short"})
    assert 'id="new-error"' in short.text
    assert here.post("/profile/password", {"present": PASSWORD, "new": NEW}).status_code == 303
    assert here.get("/profile").status_code == 200
    assert there.get("/profile").status_code == 303
    assert not signs_in(app, world, "nora", PASSWORD)
    assert signs_in(app, world, "nora", NEW)


def test_an_administrator_sets_the_password_of_who_forgot_it(app: Flask, world: World) -> None:
    """A password that is too short changes nothing and is told."""
    admin, path = Person(app, world, "adam"), f"/users/{world.ids['nora']}/password"
    admin.post(path, {"password": "short"})
    assert "A password has 10 to 200 characters" in admin.get("/users").text
    assert signs_in(app, world, "nora", PASSWORD)
    admin.post(path, {"password": NEW})
    assert signs_in(app, world, "nora", NEW)


def test_a_key_is_shown_once_works_and_ends(app: Flask, world: World) -> None:
    """The page that makes it shows its secret, the next one only its name; once ended it opens nothing."""
    nora = Person(app, world, "nora")
    made = nora.post("/profile/keys", {"name": "Reports", "days": "7"}).text
    found = re.search(r'<code class="text-break">([^<]+)</code>', made)
    assert found
    key = Program(app, found[1])
    assert key.get("/me").get_json()["name"] == "Nora"
    shown = nora.get("/profile").text
    assert "Reports" in shown
    assert found[1] not in shown
    (token,) = [row for row in key.get("/tokens").get_json()["rows"] if row["name"] == "Reports"]
    assert nora.post(f"/profile/keys/{token['id']}/revoke", {}).status_code == 303
    assert key.get("/me").status_code == 401
    assert 'id="days-error"' in nora.post("/profile/keys", {"name": "Long", "days": "366"}).text


def test_guessing_the_present_password_is_slow(world: World) -> None:
    """Who found an open browser cannot try passwords without end."""
    app = make_app(str(world.database.engine.url), SIGN_INS_PER_ACCOUNT="2 per minute")
    nora = Person(app, world, "nora")
    tries = [nora.post("/profile/password", {"present": f"guess {n} of many", "new": NEW}) for n in range(3)]
    assert [answer.status_code for answer in tries] == [422, 422, 429]
