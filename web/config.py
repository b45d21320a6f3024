"""From the planner's settings to Flask's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from planner.settings import Settings

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body; more is refused before it is read."""


def flask_config(settings: Settings) -> dict[str, Any]:
    """Flask's configuration; cookies travel only over TLS in production."""
    production = settings.environment == "production"
    return {
        "PRODUCTION": production,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "LANGUAGES": settings.languages,
        "TRUSTED_PROXIES": settings.trusted_proxies,
        "SIGN_INS_PER_ACCOUNT": f"{settings.sign_ins_per_minute} per minute",
        # Many people may share one office address.
        "SIGN_INS_PER_ADDRESS": f"{settings.sign_ins_per_minute * 10} per minute",
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        # The prefix makes browsers insist on TLS, the whole host and no domain.
        "SESSION_COOKIE_NAME": "__Host-planner" if production else "planner",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        # The cookie is signed and short-lived; bound to an address it would sign people out on trains.
        "SESSION_PROTECTION": None,
        # A form may stay open as long as its session lives.
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "TEMPLATES_AUTO_RELOAD": False,
    }
