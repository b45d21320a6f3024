"""Files that come in: which addresses take one, how large it may be, and how files go out."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from werkzeug.http import dump_options_header

from planner.exchange.sheets import LARGEST_FILE

TAKING_FILES: Final = frozenset({"data.hand_in", "api_imports.hand_in"})
FORM_AROUND: Final = 64 * 1024
"""What a form adds to the file in it."""

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def init_app(app: Flask) -> None:
    """Let some addresses take more than the usual body; call it before anything reads a body."""
    app.before_request(allow_files)


def allow_files() -> None:
    """Before every request: raise the limit where a file is expected."""
    if takes_file():
        request.max_content_length = LARGEST_FILE + FORM_AROUND


def takes_file() -> bool:
    """Whether the present address takes a file as it is."""
    return request.endpoint in TAKING_FILES


def as_file(content: bytes, name: str, form: str) -> Response:
    """A file to keep, never shown inside the page."""
    response = Response(content, content_type=TYPES[form])
    response.headers["Content-Disposition"] = dump_options_header(
        "attachment", {"filename": f"{name}.{form}"}
    )
    return response
