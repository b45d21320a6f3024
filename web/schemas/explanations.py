"""Why a request got less than it asked for."""

from __future__ import annotations

from marshmallow import fields

from web.schemas.base import Schema
from web.schemas.outputs import Words


class WayOut(Schema):
    """What one change alone would do."""

    family = fields.String(metadata={"enum": ["value", "level", "window", "people", "hours", "yield"]})
    words = Words()
    proven = fields.Boolean()
    counter = fields.Boolean(metadata={"description": "Whether your own request can be changed to it."})
    displaced = fields.List(fields.String())
    displaced_count = fields.Integer()
    price_minor = fields.Integer(metadata={"description": "What it may cost at most."})


class RefusalOut(Schema):
    """Why a request is below its next level; null is not known, or not for you to see."""

    request_id = fields.String()
    run_id = fields.String()
    run_number = fields.Integer()
    level = fields.Integer()
    fraction_permille = fields.Integer(attribute="fraction")
    asked_level = fields.Integer()
    asked_fraction_permille = fields.Integer(attribute="asked_fraction")
    reason = fields.String()
    words = Words()
    remedy = Words()
    proven = fields.Boolean()
    state = fields.String()
    possible = fields.Boolean()
    exact = fields.Boolean()
    own_value_minor = fields.Integer()
    break_even_low_minor = fields.Integer()
    break_even_high_minor = fields.Integer()
    missing_low_minor = fields.Integer()
    missing_high_minor = fields.Integer()
    gap_percent = fields.Integer()
    more_than_double = fields.Boolean()
    probability_permille = fields.Integer(attribute="probability")
    probability_now_permille = fields.Integer(attribute="probability_now")
    displaced = fields.List(fields.String())
    displaced_count = fields.Integer()
    probes_left = fields.Integer()
    card_state = fields.String()
    ways = fields.List(fields.Nested(WayOut))
