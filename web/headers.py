"""What every response tells browsers: run nothing that is not ours, frame nothing, keep nothing."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from flask_talisman import Talisman

CONTENT_SECURITY_POLICY: Final = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    # Tabler draws check marks and arrows with data: images in its style sheet.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}

LINKED_PAGES: Final = "/board/link/"
"""Addresses that are a secret themselves and must not be told to any other site or page."""


def init_app(app: Flask) -> None:
    """Send the headers with every response, errors and files included."""
    # What is registered first runs last, so it may override.
    app.after_request(_private)
    Talisman(
        app,
        # TLS ends at the proxy in front; it redirects. Cookies are set up in web.config.
        force_https=False,
        session_cookie_secure=False,
        strict_transport_security=app.config["PRODUCTION"],
        content_security_policy=CONTENT_SECURITY_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"camera": "()", "geolocation": "()", "microphone": "()", "browsing-topics": "()"},
    )


def _private(response: Response) -> Response:
    """Business data stays out of caches and search engines; files may be kept and asked for again."""
    response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    if request.path.startswith(LINKED_PAGES):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
