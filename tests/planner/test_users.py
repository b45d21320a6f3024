"""Signing in, tokens, roles: who somebody is, and when that ends."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from factories import PASSWORD, World, events, refused
from sqlalchemy.orm import Session

from planner.actor import SYSTEM
from planner.clock import now
from planner.records import ApiToken, Role, User
from planner.services.staff import users
from planner.verdict import Denied, Kind, Refused

NEW = "another good one"


def sign_in(world: World, email: str, password: str) -> str | Denied:
    """The name of who signs in, or the refusal."""
    try:
        with world.database.writing() as session:
            return users.sign_in(session, email, password).display_name
    except Refused as refusal:
        return refusal.denied


def test_the_right_password_opens(any_world: World) -> None:
    """Case and spaces of the address do not matter; the sign-in is on record."""
    assert sign_in(any_world, " NORA@example.com ", PASSWORD) == "Nora"
    (event,) = events(any_world)
    assert (event.action, event.actor_id) == ("user.signed_in", any_world.ids["nora"])


def test_every_no_sounds_the_same(any_world: World) -> None:
    """Wrong password, unknown address, junk, somebody who left: the same words; each leaves its trace."""
    with any_world.database.writing() as session:
        session.get_one(User, any_world.ids["kai"]).active = False
    tries = [
        ("nora@example.com", "wrong password"),
        ("nobody@example.com", PASSWORD),
        ("kai@example.com", PASSWORD),
        ("nora@example.com", "x" * 100_000),
        ("nora@example.com", "\ud800\x00"),
        ("x" * 100_000, PASSWORD),
        ("\x00\ud800", PASSWORD),
        ("", ""),
    ]
    answers = [sign_in(any_world, email, password) for email, password in tries]
    assert {a.code for a in answers if isinstance(a, Denied)} == {"E_SIGN_IN"}
    assert len({(str(a.reason), str(a.remedy)) for a in answers if isinstance(a, Denied)}) == 1
    assert all(isinstance(a, Denied) and a.kind == Kind.UNAUTHENTICATED for a in answers)
    log = events(any_world)
    assert {e.action for e in log} == {"user.sign_in_failed"}
    assert len(log) == len(tries)
    assert [e.entity_id for e in log[:3]] == [any_world.ids["nora"], "", any_world.ids["kai"]]
    # What was typed into the address field may be a password.
    assert PASSWORD not in str([(e.before, e.after, e.reason) for e in log])


def test_unknown_addresses_take_as_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With real hashing costs, an unknown address takes at least half as long as a wrong password."""
    monkeypatch.setenv("PLANNER_PASSWORD_TIME_COST", "2")
    monkeypatch.setenv("PLANNER_PASSWORD_MEMORY_KIB", "16384")
    with world.database.writing() as session:
        session.get_one(User, world.ids["nora"]).password_hash = users.hash_password(PASSWORD)

    def seconds(email: str) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            with world.database.reading() as session:
                assert users.check_password(session, email, "wrong password") is None
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    seconds("nobody@example.com")
    assert seconds("nobody@example.com") > 0.5 * seconds("nora@example.com")


def test_a_person_is_made_and_signs_in(world: World) -> None:
    """Made by an administrator, with two roles; no hash enters the log."""
    with world.database.writing() as session:
        users.create_user(
            session,
            world.actor("adam"),
            "Zoe@Example.com",
            " Zoë ",
            NEW,
            roles=["kam", "head"],
            language="pl",
        )
    assert sign_in(world, "zoe@example.com", NEW) == "Zoë"
    created = events(world)[0]
    assert (created.after or {})["roles"] == ["head", "kam"]
    assert "argon2" not in str(created.after)


def test_bad_values_of_a_person_are_named_at_once(world: World) -> None:
    """Address, name, roles, language and password are all checked before anything is stored."""
    denied = refused(
        world, "adam", users.create_user, "not an address", "\u200b", "short", roles=["king"], language="xx"
    )
    assert {(p.where, p.code) for p in denied.problems} == {
        ("email", "E_EMAIL"),
        ("name", "E_TEXT_INVISIBLE"),
        ("roles/0", "E_CHOICE"),
        ("language", "E_CHOICE"),
        ("password", "E_PASSWORD_LENGTH"),
    }
    denied = refused(world, "adam", users.create_user, "NORA@example.com", "N", NEW, roles=[])
    assert {(p.where, p.code) for p in denied.problems} == {("email", "E_EXISTS"), ("roles", "E_REQUIRED")}


def test_only_administrators_manage_people(world: World) -> None:
    """Everybody else is told so, whatever the values."""
    assert refused(world, "adam", users.set_password, "nobody", NEW).code == "E_NOT_FOUND"
    for name in ("nora", "hana", "lukas", "petra", "filip", "ann"):
        denied = refused(world, name, users.create_user, "a@b.c", "A", NEW, roles=["admin"])
        assert denied.code == "E_FORBIDDEN"
        assert refused(world, name, users.list_users).code == "E_FORBIDDEN"
        assert refused(world, name, users.set_password, world.ids["nora"], NEW).code == "E_FORBIDDEN"


def _session_and_token(world: World) -> tuple[int, str]:
    with world.database.writing() as session:
        nora = session.get_one(User, world.ids["nora"])
        _, secret = users.create_token(session, world.actor("nora"), "script", 30)
        return nora.epoch, secret


def _still_in(world: World, epoch: int, secret: str) -> tuple[bool, bool]:
    with world.database.reading() as session:
        by_session = users.user_of_session(session, world.ids["nora"], epoch)
        return by_session is not None, users.user_of_token(session, secret) is not None


def test_password_and_role_changes_end_everything_at_once(world: World) -> None:
    """Sessions and tokens from before a new password, other roles or the end of access open nothing."""
    adam, nora_id = world.actor("adam"), world.ids["nora"]

    def change(session: Session, *, active: bool) -> None:
        seen = session.get_one(User, nora_id).version
        users.change_user(session, adam, nora_id, seen, name="Nora", roles=["head"], active=active)

    changes: list[Callable[[Session], object]] = [
        lambda s: users.set_password(s, adam, nora_id, NEW),
        lambda s: users.change_password(s, world.actor("nora"), NEW, PASSWORD),
        lambda s: change(s, active=True),
        lambda s: change(s, active=False),
    ]
    for each in changes:
        epoch, secret = _session_and_token(world)
        assert _still_in(world, epoch, secret) == (True, True)
        with world.database.writing() as session:
            each(session)
        assert _still_in(world, epoch, secret) == (False, False)


def test_roles_are_replaced(world: World) -> None:
    """One role goes, one comes, one stays; the log holds both sets; a stale version is refused."""
    with world.database.reading() as session:
        seen = session.get_one(User, world.ids["nora"]).version
    change: dict[str, Any] = {"name": "Nora N.", "roles": ["kam", "leadership"], "active": True}
    with world.database.writing() as session:
        users.change_user(session, world.actor("adam"), world.ids["nora"], seen, **change)
    assert world.actor("nora").roles == {Role.KAM, Role.LEADERSHIP}
    (event,) = events(world)
    assert (event.before or {})["roles"] == ["kam"]
    assert (event.after or {})["roles"] == ["kam", "leadership"]
    denied = refused(world, "adam", users.change_user, world.ids["nora"], seen, **change)
    assert denied.code == "E_VERSION_STALE"


def test_nobody_changes_the_own_access(world: World) -> None:
    """The last administrator cannot lock everybody out."""
    change: dict[str, Any] = {"name": "Adam", "roles": ["kam"], "active": True}
    denied = refused(world, "adam", users.change_user, world.ids["adam"], 1, **change)
    assert denied.code == "E_OWN_ACCESS"


def test_the_own_password_needs_the_present_one(world: World) -> None:
    """Who finds an open screen cannot take the account."""
    denied = refused(world, "nora", users.change_password, "wrong", NEW)
    assert [(p.where, p.code) for p in denied.problems] == [("present", "E_PASSWORD")]
    denied = refused(world, "nora", users.change_password, PASSWORD, "x" * 201)
    assert [(p.where, p.code) for p in denied.problems] == [("new", "E_PASSWORD_LENGTH")]
    assert sign_in(world, "nora@example.com", PASSWORD) == "Nora"


def test_language_is_ones_own_choice(world: World) -> None:
    """Chosen once, it stays; the same again leaves no event; unknown ones are refused."""
    for _ in range(2):
        with world.database.writing() as session:
            users.set_language(session, world.actor("ann"), "cs")
    assert world.actor("ann").language == "cs"
    assert len(events(world)) == 1
    assert refused(world, "ann", users.set_language, "de").code == "E_INVALID"


def test_a_token_opens_until_it_ends(any_world: World) -> None:
    """It stands for its owner; revoked, expired or altered it stands for nobody; its secret is not stored."""
    nora = any_world.actor("nora")
    with any_world.database.writing() as session:
        token, secret = users.create_token(session, nora, "script", 1)
    with any_world.database.reading() as session:
        owner = users.user_of_token(session, secret)
        assert owner is not None
        assert owner.id == any_world.ids["nora"]
        assert secret not in str([vars(t) for t in users.list_tokens(session, nora)])
        for wrong in (secret + "x", secret[:-1], "", "\ud800", token.digest, "x" * 100_000):
            assert users.user_of_token(session, wrong) is None
    with any_world.database.writing() as session:
        session.get_one(ApiToken, token.id).expires_at = now() - timedelta(seconds=1)
    with any_world.database.reading() as session:
        assert users.user_of_token(session, secret) is None
        assert users.list_tokens(session, nora) == []


def test_revoking_twice_is_revoking_once(world: World) -> None:
    """An own token ends at once; somebody else's does not exist."""
    with world.database.writing() as session:
        token, secret = users.create_token(session, world.actor("nora"), "script", 1)
    assert refused(world, "adam", users.revoke_token, token.id).code == "E_NOT_FOUND"
    for _ in range(2):
        with world.database.writing() as session:
            users.revoke_token(session, world.actor("nora"), token.id)
    with world.database.reading() as session:
        assert users.user_of_token(session, secret) is None
    assert [e.action for e in events(world)] == ["token.created", "token.revoked"]
    assert "digest" not in str([(e.before, e.after) for e in events(world)])


def test_tokens_have_a_name_and_an_end(world: World) -> None:
    """No name, no days, or more than a year is refused."""
    denied = refused(world, "nora", users.create_token, "", 366)
    assert {(p.where, p.code) for p in denied.problems} == {
        ("name", "E_TEXT_BLANK"),
        ("days", "E_NUMBER_RANGE"),
    }


def test_the_operator_needs_no_role(world: World) -> None:
    """At the command line the first administrator is made by the system itself."""
    with world.database.writing() as session:
        users.create_user(session, SYSTEM, "root@example.com", "Root", NEW, roles=["admin"])
        assert len(users.list_users(session, SYSTEM)) == 13
