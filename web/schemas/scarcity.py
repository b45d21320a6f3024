"""What one more hour of each skill would be worth, over the API."""

from __future__ import annotations

from marshmallow import fields

from web.schemas.base import Schema
from web.schemas.company import SkillOut
from web.schemas.exceptions import PriceOut


class SkillWeekOut(Schema):
    """One skill in one week; an amount only where it is known and yours to see."""

    week = fields.String()
    state = fields.String(metadata={"description": '"priced", "taken" (nobody has time left) or "unasked".'})
    hour_minor = fields.Integer(metadata={"description": "Of one more hour; an estimate."})
    step = fields.Integer(metadata={"description": "0 nothing, 1 to 4 quarters of what is worth something."})


class SkillRowOut(Schema):
    """One skill over the weeks of the plan."""

    skill = fields.Nested(SkillOut)
    cells = fields.List(fields.Nested(SkillWeekOut))


class ScarcityOut(Schema):
    """Skills by weeks; state "none" when nobody asked for the estimate yet."""

    run_id = fields.String()
    run_number = fields.Integer()
    state = fields.String()
    known = fields.Boolean(metadata={"description": "Whether the plan has prices; null until done."})
    weeks = fields.List(fields.String())
    rows = fields.List(fields.Nested(SkillRowOut))
    money_shown = fields.Boolean()


class SkillWeekViewOut(Schema):
    """One skill in one week: the estimate and the exact answer, once it was asked for."""

    run_number = fields.Integer()
    skill = fields.Nested(SkillOut)
    cell = fields.Nested(SkillWeekOut)
    specialist_id = fields.String(attribute="person.id", metadata={"description": "Whose hour is priced."})
    quarter_hours = fields.Integer(metadata={"description": "How many more the exact answer supposes."})
    price = fields.Nested(PriceOut)
    low_minor = fields.Integer(metadata={"description": "One more hour is worth at least this."})
    high_minor = fields.Integer(metadata={"description": "At most this."})
