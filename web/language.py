"""Which language a person reads: the one in the profile, else the browser's, else English."""

from __future__ import annotations

from typing import Final

from flask import Flask, current_app, request
from flask_babel import Babel, get_locale

from web.auth import identified, is_api

FALLBACK: Final = "en"
SAME: Final = {"no": "nb", "nn": "nb"}
"""Norwegian under its other names."""


def init_app(app: Flask) -> None:
    """Translate by request."""
    Babel(app, locale_selector=language)
    app.jinja_env.globals["get_locale"] = get_locale


def language() -> str:
    """The language of this request's answer; a program's header counts before its owner's profile."""
    actor = identified()
    chosen = actor.language if actor else None
    asked = _asked()
    found = (asked or chosen) if is_api() else (chosen or asked)
    return found if found and found in current_app.config["LANGUAGES"] else FALLBACK


def _asked() -> str | None:
    """The first language of Accept-Language that we speak."""
    for tag, quality in request.accept_languages:
        primary = tag.replace("_", "-").partition("-")[0].lower()
        code = SAME.get(primary, primary)
        if quality > 0 and code in current_app.config["LANGUAGES"]:
            return code
    return None
