"""The board's review, resolutions, contributions and the survey on alignment."""

from __future__ import annotations

from marshmallow import fields

from planner.records import Element
from planner.services.reviewing import resolutions, surveys
from web.schemas.base import Form, Schema
from web.schemas.fields import Day, Many, Part, Text, Whole
from web.schemas.outputs import PersonOut


class ReviewOut(Schema):
    """A review; `content` is the format planner-review/1. `number` is null for a draft of now."""

    number = fields.Integer(allow_none=True)
    publication = fields.Integer()
    content_hash = fields.String(allow_none=True)
    intact = fields.Boolean()
    content = fields.Dict()


class ReviewRowOut(Schema):
    """A review that was sent."""

    number = fields.Integer()
    prepared_at = fields.AwareDateTime()
    prepared_by = fields.Nested(PersonOut)
    content_hash = fields.String()


class ResolutionIn(Form):
    """What was resolved on an item of a review; its key stands in the review's content."""

    item = Text(resolutions.LONGEST_KEY, required=True)
    title = Text(resolutions.LONGEST_TITLE, required=True)
    text = Text(resolutions.LONGEST_TEXT, lines=True, required=True)
    responsible = Text(resolutions.LONGEST_NAME, blank=True, load_default="")
    due_on = Day(load_default=None, allow_none=True)


class ResolutionOut(Schema):
    """A resolution as it is kept."""

    id = fields.String()
    item = fields.String()
    title = fields.String()
    text = fields.String()
    responsible = fields.String()
    due_on = fields.Date()
    done_at = fields.AwareDateTime()


class DepartmentShareOut(Schema):
    """One department: quarter-hours, shares in per mille, money in minor units where you may see it."""

    code = fields.String()
    name = fields.String()
    lent = fields.Integer()
    capacity = fields.Integer()
    released = fields.Integer()
    due_quarter_hours = fields.Integer(
        attribute="due", metadata={"description": "Of the past year, published two weeks ahead."}
    )
    kept_quarter_hours = fields.Integer(
        attribute="kept", metadata={"description": "Of those, worked as published."}
    )
    share_permille = fields.Integer(attribute="share")
    value_minor = fields.Integer(attribute="value")
    low_minor = fields.Integer(attribute="low")
    high_minor = fields.Integer(attribute="high")
    error_minor = fields.Float(attribute="error")
    last_in_minor = fields.Integer(attribute="last_in")


class ContributionOut(Schema):
    """What departments bring to a published plan; state "none" when nobody asked yet."""

    number = fields.Integer()
    state = fields.String()
    method = fields.String()
    complete = fields.Boolean()
    whole = fields.Integer()
    all_shown = fields.Boolean()
    departments = fields.List(fields.Nested(DepartmentShareOut))


class PublicationFileOut(Schema):
    """A publication with all it follows from, in the format planner-publication/1."""

    file = fields.Dict()


class RoundIn(Form):
    """A new round of the survey; groups by key, as GET /surveys/groups names them."""

    name = Text(surveys.LONGEST_NAME, required=True)
    closes_on = Day(required=True)
    groups = Many(Text(120), most=200, required=True)


class RoundOut(Schema):
    """A round with how many were asked and have answered."""

    id = fields.String(attribute="round.id")
    name = fields.String(attribute="round.name")
    closes_on = fields.Date(attribute="round.closes_on")
    open = fields.Boolean()
    asked = fields.Integer()
    answered = fields.Integer()


class GroupOut(Schema):
    """People who can be asked together; a small group is never shown by itself."""

    key = fields.String()
    people = fields.Integer()
    small = fields.Boolean()


class MarkIn(Form):
    """How it is and how it should be, 1 to 5."""

    current = Whole(1, 5, required=True)
    target = Whole(1, 5, required=True)


class AnswerIn(Form):
    """A mark for each of the seven elements, and a comment that carries no name."""

    strategy = Part(MarkIn, required=True)
    structure = Part(MarkIn, required=True)
    systems = Part(MarkIn, required=True)
    shared_values = Part(MarkIn, required=True)
    style = Part(MarkIn, required=True)
    staff = Part(MarkIn, required=True)
    skills = Part(MarkIn, required=True)
    comment = Text(surveys.LONGEST_COMMENT, blank=True, lines=True, load_default="")


class AlignmentOut(Schema):
    """The newest closed round and the measured companions, as in planner-review/1, with the comments."""

    alignment = fields.Dict()
    comments = fields.List(fields.String())


class CountOut(Schema):
    """How often a reason stood."""

    reason = fields.Function(lambda pair: pair[0] or None)
    number = fields.Function(lambda pair: pair[1])


class QuarterOut(Schema):
    """One quarter; null is unknown."""

    quarter = fields.String()
    plans = fields.Integer()
    refused = fields.List(fields.Nested(CountOut))
    rejected = fields.List(fields.Nested(CountOut))
    evenness_permille = fields.Integer(
        attribute="evenness", metadata={"description": "Jain's index of shares."}
    )
    least_share_permille = fields.Integer(attribute="least_share")
    level_permille = fields.Integer(attribute="level")
    agreement_permille = fields.Integer(attribute="agreement")
    closed = fields.Integer()
    held_permille = fields.Integer(
        attribute="held", metadata={"description": "Confirmed of what was claimed."}
    )


class QuartersOut(Schema):
    """Quarter by quarter, oldest first."""

    rows = fields.List(fields.Nested(QuarterOut))


ELEMENTS = tuple(element.value for element in Element)
