"""Shapes that several resources share."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import fields

from web.schemas.base import Form, Schema
from web.schemas.fields import Digits, Text

MOST_ROWS = 200
"""Rows of one page of a list."""


class PageQuery(Form):
    """Which page of a list."""

    page = Digits(1, 1_000_000, load_default=1)
    per_page = Digits(1, MOST_ROWS, load_default=50)


class RunQuery(Form):
    """Which run; the present state when left out."""

    run_id = Text(36, load_default=None)


class ProblemOut(Schema):
    """One thing wrong with one field."""

    code = fields.String()
    where = fields.String(metadata={"description": "The field's path, such as lines/0/quarter_hours."})
    message = fields.String()
    fix = fields.String()


class ErrorOut(Schema):
    """Every refusal, as problem+json (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"description": "Stable; the words around it may change."})
    detail = fields.String(metadata={"description": "Why not, in the language asked for."})
    remedy = fields.String(metadata={"description": "What would help."})
    errors = fields.List(fields.Nested(ProblemOut))
    details = fields.Dict()


@cache
def list_of(row: type[Schema]) -> type[Schema]:
    """The one envelope of lists around rows of this shape."""
    name = f"{row.__name__.removesuffix('Out')}List"
    members: dict[str, Any] = {
        "rows": fields.List(fields.Nested(row)),
        "total": fields.Integer(metadata={"description": "Rows on all pages."}),
        "page": fields.Integer(),
        "per_page": fields.Integer(),
        "__doc__": f"A page of a list of {row.__name__}.",
    }
    return type(name, (Schema,), members)
