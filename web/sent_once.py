"""A form that is sent twice is stored once: every form that is shown carries a token of its own.

The page's script holds a second click back already; this holds where there is no script, and for a page that
is sent again after going back.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from flask import Flask, flash, g, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.records import new_id
from planner.services import repeating
from web.addresses import inside
from web.auth import is_api

FIELD: Final = "sending"
NO_CONTENT: Final = frozenset({FIELD, "csrf_token"})


class SentBeforeError(Exception):
    """The same form with the same content was stored before."""


def init_app(app: Flask) -> None:
    """Give forms their tokens, and answer what was sent before."""
    app.jinja_env.globals["new_sending"] = new_token
    app.register_error_handler(SentBeforeError, _sent_before)


def new_token() -> str:
    """A token for one form, with the page that it stands on; browsers are told not to tell that."""
    return f"{new_id()} {request.full_path.rstrip('?') if request.method == 'GET' else '/'}"


def claim(session: Session) -> None:
    """Note in a unit of work that the form is stored by it; nothing for programs and for parts of a page.

    Raises:
        SentBeforeError: another unit of work has stored it.
    """
    token = "" if is_api() or "HX-Request" in request.headers else request.form.get(FIELD, "")
    # A file is not hashed; handing one in twice stores nothing but a second look at it.
    if not token or request.files or "sending_claimed" in g:
        return
    g.sending_claimed = True
    fields = sorted(pair for pair in request.form.items(multi=True) if pair[0] not in NO_CONTENT)
    content = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
    key = hashlib.sha256(f"{request.path}\0{token}".encode()).hexdigest()
    kept = repeating.kept_answer(session, key)
    if kept is None:
        repeating.keep_answer(session, key, content, status=303)
    elif kept.content_hash == content:
        raise SentBeforeError


def _sent_before(_error: SentBeforeError) -> Response:
    """Back to where the form stood, which now shows what the first sending did."""
    flash(_("This was stored already, so it was not stored again."), "info")
    return redirect(inside(request.form[FIELD].partition(" ")[2]), 303)
