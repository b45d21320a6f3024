"""Idempotency-Key: what a program sends again under a key of its own is done once.

The answer is kept in the unit of work that did the thing, so there is never one without the other.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from flask import Response, request
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.records import KeptAnswer
from planner.services import repeating
from web.answers import stop
from web.gate import PARSED

View = TypeVar("View", bound=Callable[..., Any])

LONGEST_KEY: Final = 255

HEADER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "A key of your own. The same sent again under it within a day is done once and answered as before; "
        "something else under it is refused."
    ),
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
}


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending under a key: a digest of who sent it where under which key, and a hash of its body."""

    key: str
    content_hash: str

    def made_before(self, session: Session) -> KeptAnswer | None:
        """What was answered to the same sending.

        Raises:
            Stopped: 422; something else was sent under this key.
        """
        kept = repeating.kept_answer(session, self.key)
        if kept is not None and kept.content_hash != self.content_hash:
            raise stop(
                422,
                "E_IDEMPOTENCY_MISMATCH",
                "This Idempotency-Key was used for another request.",
                "Use a new key for new content.",
            )
        return kept


def sending(actor: Actor) -> Sending | None:
    """The sending that is being answered; None when it has no key.

    Raises:
        Stopped: 422; the key cannot be used.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
        raise stop(
            422,
            "E_IDEMPOTENCY_KEY",
            "The Idempotency-Key cannot be used.",
            "Send 1 to %(longest)s printable ASCII characters.",
            longest=LONGEST_KEY,
        )
    parsed = request.environ.get(PARSED)
    body = request.get_data() if parsed is None else json.dumps(parsed, sort_keys=True).encode()
    return Sending(
        key=hashlib.sha256(f"{actor.user_id}\0{request.path}\0{key}".encode()).hexdigest(),
        content_hash=hashlib.sha256(request.query_string + b"\0" + body).hexdigest(),
    )


def once(view: View) -> View:
    """Decorator for what `writes` calls: under a key the view is called once and its answer sent again."""

    @functools.wraps(view)
    def inside(session: Session, actor: Actor, *args: Any, **kwargs: Any) -> Any:
        sent = sending(actor)
        if sent is None:
            return view(session, actor, *args, **kwargs)
        kept = sent.made_before(session)
        if kept is not None:
            return _answer(kept.body, kept.status)
        answer: Response = view(session, actor, *args, **kwargs)
        body = answer.get_data(as_text=True)
        row_id = json.loads(body).get("id")
        repeating.keep_answer(
            session, sent.key, sent.content_hash, status=answer.status_code, body=body, row_id=row_id
        )
        return answer

    return cast("View", inside)


def _answer(body: str, status: int) -> Response:
    answer = Response(body, status, mimetype="application/json")
    version = json.loads(body).get("version")
    if version is not None:
        answer.set_etag(str(version))
    return answer


def unrepeatable(view: View) -> View:
    """Decorator: a key is refused, because the answer holds a secret and is never kept."""

    @functools.wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        if "Idempotency-Key" in request.headers:
            raise stop(
                422,
                "E_IDEMPOTENCY_KEY",
                "The answer holds a secret and is never kept, so it cannot be sent again.",
                "Leave the Idempotency-Key out; what is made twice can be revoked.",
            )
        return view(*args, **kwargs)

    return cast("View", inside)
