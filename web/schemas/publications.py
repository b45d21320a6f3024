"""Published plans, links to them, and the audit log."""

from __future__ import annotations

from marshmallow import fields

from web.schemas.base import Form, Schema
from web.schemas.fields import Whole
from web.schemas.outputs import PersonOut, Words

LONGEST_LINK_DAYS = 30
"""A link is a key that is passed on; it ends by itself."""


class PublicationRowOut(Schema):
    """A published plan in a list."""

    number = fields.Integer()
    cycle_id = fields.String()
    cycle = fields.String(attribute="cycle.name")
    run_id = fields.String()
    published_at = fields.AwareDateTime()
    published_by = fields.Nested(PersonOut)
    content_hash = fields.String()


class PublicationOut(Schema):
    """A published plan as it was, unchanged; `content_hash` is the SHA-256 of its canonical JSON."""

    number = fields.Integer()
    content_hash = fields.String()
    intact = fields.Boolean(metadata={"description": "Whether content and hash still belong together."})
    content = fields.Dict(metadata={"description": "The format planner-board/1."})


class LinkIn(Form):
    """For how long the link opens the plan."""

    days = Whole(1, LONGEST_LINK_DAYS, code="E_LIMIT", load_default=14)


class LinkOut(Schema):
    """A secret address, shown this once."""

    path = fields.String()


class LinkRowOut(Schema):
    """A link without its secret."""

    id = fields.String()
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime()


class ChainOut(Schema):
    """Whether log and records still belong together, and what does not."""

    intact = fields.Boolean()
    problems = fields.List(Words())


class EventOut(Schema):
    """One entry of the audit log."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    action = fields.String()
    who = fields.String()
    on_behalf_of = fields.String()
    entity = fields.String()
    entity_id = fields.String()
    reason = fields.String()
    hash = fields.String()
