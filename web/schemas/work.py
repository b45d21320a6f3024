"""Hours really worked, and months that are closed."""

from __future__ import annotations

from marshmallow import fields

from planner.services.closing.worklogs import MOST_IN_A_WEEK
from web.schemas.base import Form, Schema
from web.schemas.fields import Many, Part, Text, Week, Whole

MOST_ENTRIES = 1_000


class EntryIn(Form):
    """What one person worked on one line in one past week; null of it is not sent."""

    line_id = Text(36, required=True)
    specialist_id = Text(36, required=True)
    week = Week(required=True)
    worked_quarter_hours = Whole(0, MOST_IN_A_WEEK, code="E_HOURS_RANGE", required=True)
    note = Text(300, blank=True, load_default="")


class WorkIn(Form):
    """Entries, all stored or none; the last one counts where a line, person and week stands twice."""

    entries = Many(Part(EntryIn), most=MOST_ENTRIES, least=1, required=True)


class ChangedOut(Schema):
    """How many entries said something new."""

    changed = fields.Integer()


class WorkedOut(Schema):
    """Planned and worked; null worked means that the plan counts."""

    line_id = fields.Function(lambda row: row.cell[0])
    specialist_id = fields.Function(lambda row: row.cell[1])
    week = fields.Function(lambda row: row.cell[2])
    specialist = fields.String(attribute="person")
    title = fields.String()
    account = fields.String()
    planned_quarter_hours = fields.Integer(attribute="planned")
    worked_quarter_hours = fields.Integer(attribute="worked")
    note = fields.String()
    entered_by = fields.String(attribute="by")


class MonthIn(Form):
    """A month such as 2026-12."""

    month = Text(7, required=True)


class MonthOut(Schema):
    """A closed month."""

    month = fields.String()
    closed_at = fields.AwareDateTime()


class OpenMonthsOut(Schema):
    """Past months with actual figures that can be closed, oldest first."""

    months = fields.List(fields.String())
