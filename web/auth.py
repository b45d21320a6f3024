"""Who is asking: a signed-in session on pages, a bearer token on the API, never one for the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from planner.actor import Actor, actor_for
from planner.records import User, new_id
from planner.services.staff import sessions, users
from web.answers import API, stop
from web.throttle import count_sign_in

IDENTIFIED: Final = "planner.actor"
"""Where a request keeps its actor; an application context may be shared by requests, the environ is not."""


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):
    """A session's person. A raised epoch ends all sessions of theirs at once, signing out the one `key`."""

    actor: Actor
    epoch: int
    key: str

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.actor.user_id}:{self.epoch}:{self.key}"


def init_app(app: Flask) -> None:
    """Attach sessions to the application."""
    manager = LoginManager()
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"actor": identified()})


def _load(cookie: str) -> SignedIn | None:
    from web.database import reading

    user_id, epoch, key = (*cookie.split(":"), "", "")[:3]
    with reading() as db:
        user = sessions.signed_in(db, user_id, int(epoch), key) if epoch.isdecimal() and key else None
        return SignedIn(actor_for(db, user), user.epoch, key) if user else None


def authenticate(email: str, password: str) -> User:
    """The user whose password this is, with the attempt counted and recorded.

    Raises:
        Stopped: E_RATE.
        Refused: E_SIGN_IN, with the same words and time for every kind of no.
    """
    from web.database import reading, writing

    count_sign_in(email)
    # Checking a password takes long, so it happens before the lock for writing is taken.
    with reading() as db:
        found = users.check_password(db, email, password)
    with writing() as db:
        return users.note_sign_in(db, email, found.id if found else None)


def sign_in(user: User) -> None:
    """Start a fresh session for `user`; nothing of the one before survives."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(Actor(user.id, user.display_name, user.roles, user.language), user.epoch, new_id()))


def sign_out() -> None:
    """End this browser's session, and for whoever copied its cookie as well."""
    from web.database import writing

    person: Any = current_user
    with writing() as db:
        sessions.end(db, person.actor, person.key)
    logout_user()
    session.clear()


def is_api() -> bool:
    """Whether the request is for programs."""
    return request.path.startswith(API)


def identify() -> Actor | None:
    """Find out who is asking and remember it for this request; None for nobody.

    Raises:
        Stopped: the API was given a bad token, or two credentials.
    """
    person: Any = current_user
    actor = _bearer() if is_api() else (person.actor if person.is_authenticated else None)
    request.environ[IDENTIFIED] = actor
    return actor


def identified() -> Actor | None:
    """Who is asking, as far as it is known already."""
    actor: Actor | None = request.environ.get(IDENTIFIED)
    return actor


def current_actor() -> Actor:
    """Who is asking.

    Raises:
        LookupError: nobody is; a view that calls this has a policy that lets nobody in.
    """
    actor = identified()
    if actor is None:
        raise LookupError(f"{request.endpoint} has no actor: declare a policy for it")
    return actor


def presented_secret() -> str:
    """The secret of the bearer token that the request carries; empty when it carries none."""
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _bearer() -> Actor | None:
    from web.database import reading

    headers = request.headers.getlist("Authorization")
    given = [part for header in headers for part in header.split(",")]
    given += [name for name in ("token", "access_token") if name in request.args]
    if not given:
        return None
    if len(given) > 1:
        raise stop(
            400,
            "E_TWO_CREDENTIALS",
            "The request carries more than one credential.",
            "Send one Authorization header and no token in the address.",
        )
    secret = presented_secret()
    if secret:
        with reading() as db:
            user = users.user_of_token(db, secret)
            if user is not None:
                return actor_for(db, user)
    raise stop(
        401,
        "E_TOKEN",
        "The token is unknown, expired or revoked.",
        "Get a new one with POST /api/v1/tokens and send it as Authorization: Bearer <token>.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )
