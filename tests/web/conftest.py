"""The real application on the small world of `factories`, with a client for each person."""

from __future__ import annotations

import pytest
from flask import Flask

from web import create_app

HASTE = {
    "TESTING": True,
    "SIGN_INS_PER_ACCOUNT": "10000 per minute",
    "SIGN_INS_PER_ADDRESS": "10000 per minute",
}


@pytest.fixture
def app(sqlite_url: str) -> Flask:
    """The application on a clean database."""
    return create_app({**HASTE, "DATABASE_URL": sqlite_url})
