"""Guessing passwords is slow: attempts are counted per account and per address."""

from __future__ import annotations

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse

from web.answers import stop

KEY = "planner.limiter"


def init_app(app: Flask) -> None:
    """Count in the memory of each web process."""
    app.extensions[KEY] = Limiter(get_remote_address, app=app)


def count_sign_in(email: str) -> None:
    """Count one attempt to sign in, before the password is looked at; pages and tokens count together.

    Raises:
        Stopped: too many for this account or from this address in the last minute.
    """
    counter = current_app.extensions[KEY].limiter
    keys = (
        ("SIGN_INS_PER_ACCOUNT", email.strip().casefold()),
        ("SIGN_INS_PER_ADDRESS", get_remote_address()),
    )
    # Every counter is raised, so that a blocked account does not shield its address.
    within = [counter.hit(parse(current_app.config[limit]), limit, key) for limit, key in keys]
    if not all(within):
        raise stop(
            429,
            "E_RATE",
            "There were too many attempts to sign in.",
            "Wait a minute, then try again.",
            headers={"Retry-After": "60"},
        )
