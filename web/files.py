"""Style sheets, scripts and pictures: compressed where possible, kept for good under a fingerprint."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path
from typing import Final

from flask import Flask, Response, current_app, request, send_from_directory
from werkzeug.security import safe_join

from web.policy import public

A_YEAR_S: Final = 31_536_000


def init_app(app: Flask) -> None:
    """Serve them under /static."""
    app.static_folder = "static"
    app.add_url_rule("/static/<path:filename>", "static", static)


@public("style sheets, scripts and pictures hold no data")
def static(filename: str) -> Response:
    """A file, or the compressed copy beside it; an address with a fingerprint never goes stale."""
    folder = str(current_app.static_folder)
    kept_s = A_YEAR_S if "v" in request.args else None
    packed = safe_join(folder, f"{filename}.gz")
    if packed and request.accept_encodings["gzip"] > 0 and Path(packed).is_file():
        kind = guess_type(filename)[0]
        response = send_from_directory(folder, f"{filename}.gz", mimetype=kind, max_age=kept_s)
        response.content_encoding = "gzip"
    else:
        response = send_from_directory(folder, filename, max_age=kept_s)
    response.vary.add("Accept-Encoding")
    response.cache_control.immutable = kept_s is not None
    return response
