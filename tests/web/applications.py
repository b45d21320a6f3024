"""The real application, made for tests."""

from __future__ import annotations

from flask import Flask

from web import create_app

# Nobody is slowed down but in the test of slowing down.
HASTE = {
    "TESTING": True,
    "SIGN_INS_PER_ACCOUNT": "10000 per minute",
    "SIGN_INS_PER_ADDRESS": "10000 per minute",
}


def make_app(url: str, **config: object) -> Flask:
    """The application on a database."""
    return create_app({**HASTE, "DATABASE_URL": url, **config})
