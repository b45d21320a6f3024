"""Guessing passwords is slow: attempts are counted per account and per address, by all web processes."""

from __future__ import annotations

from flask import current_app
from flask_limiter.util import get_remote_address
from limits import parse

from planner.services.staff.attempts import Limit, count
from web.answers import stop


def count_sign_in(email: str) -> None:
    """Count one attempt to sign in, before the password is looked at; pages and tokens count together.

    Raises:
        Stopped: too many for this account or from this address in the last minute.
    """
    from web.database import writing

    keys = {
        "SIGN_INS_PER_ACCOUNT": email.strip().casefold(),
        "SIGN_INS_PER_ADDRESS": get_remote_address(),
    }
    with writing() as session:
        within = count(session, [_limit(name, key) for name, key in keys.items()])
    if not within:
        raise stop(
            429,
            "E_RATE",
            "There were too many attempts to sign in.",
            "Wait a minute, then try again.",
            headers={"Retry-After": "60"},
        )


def _limit(name: str, key: str) -> Limit:
    """The configured limit of that name for one account or address."""
    configured = parse(current_app.config[name])
    return Limit(f"{name}/{key}", configured.amount, configured.get_expiry())
