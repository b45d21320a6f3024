"""Fields of answers: words in the reader's language, names of rows, pages of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from marshmallow import fields

from planner.verdict import Message
from web.errors import words
from web.schemas.base import Schema


class Words(fields.String):
    """A message for people, in the language of the request."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's signature
        if value is None:
            return None
        return words(value) if isinstance(value, Message) else gettext(str(value))


class PersonOut(Schema):
    """A person, by name."""

    id = fields.String()
    name = fields.String(attribute="display_name")


class PairOut(Schema):
    """An id and what people call it."""

    id = fields.Function(lambda pair: pair[0])
    name = fields.Function(lambda pair: pair[1])


class AccountRef(Schema):
    """An account, by name."""

    id = fields.String()
    code = fields.String()
    name = fields.String()


def page_of(rows: Sequence[Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """The asked page of rows that are all at hand, in the envelope of lists."""
    page, per_page = query["page"], query["per_page"]
    start = (page - 1) * per_page
    return {
        "rows": rows[start : start + per_page],
        "total": len(rows),
        "page": page,
        "per_page": per_page,
    }
