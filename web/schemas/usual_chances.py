"""The chances that are usual at a stage of cooperation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marshmallow import fields

from planner.records import Stage
from planner.services.filing.usual_chances import LONGEST_REASON, MOST
from planner.worth import Shape
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Text, Whole
from web.schemas.outputs import PersonOut
from web.schemas.requests import NOTHING

NAMES: Final[Mapping[str, str]] = {
    "at_none": "at_none_permille",
    "at_half": "at_half_permille",
    "at_full": "at_full_permille",
    "top": "top_permille",
}


class UsualChancesIn(Form):
    """The chances with none, half and all of the hours; `top` is the ceiling of an S-shaped curve."""

    stage = Choice(Stage, required=True)
    shape = Choice(Shape, load_default=Shape.LINEAR)
    at_none_permille = Whole(0, MOST, required=True)
    at_half_permille = Whole(0, MOST, required=True)
    at_full_permille = Whole(0, MOST, required=True)
    top_permille = Whole(1, MOST, **NOTHING)
    reason = Text(LONGEST_REASON, lines=True, required=True)


class UsualChancesOut(Schema):
    """One version; it holds from `confirmed_at` on until a newer one of its stage is confirmed."""

    id = fields.String()
    version = fields.Integer()
    stage = fields.String()
    shape = fields.String()
    at_none_permille = fields.Integer(attribute="at_none")
    at_half_permille = fields.Integer(attribute="at_half")
    at_full_permille = fields.Integer(attribute="at_full")
    top_permille = fields.Integer(attribute="top")
    reason = fields.String()
    stated_by = fields.Nested(PersonOut)
    stated_at = fields.AwareDateTime(attribute="created_at")
    confirmed_by = fields.Nested(PersonOut)
    confirmed_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(metadata={"description": "When it was taken back or turned down."})
