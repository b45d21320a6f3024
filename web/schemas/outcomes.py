"""What became of requests."""

from __future__ import annotations

from marshmallow import fields

from planner.checks import MONEY_MAX
from planner.records import Result
from planner.services.closing.outcomes import LONGEST, MOST_HOURS
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Day, Flag, Text, Whole
from web.schemas.requests import NOTHING


def _words() -> Text:
    return Text(LONGEST, blank=True, lines=True, load_default="")


class OutcomeIn(Form):
    """How a request ended. Money in minor units, effort in quarter-hours; null is not known."""

    result = Choice(Result, required=True)
    delivered_quarter_hours = Whole(0, MOST_HOURS, required=True)
    ended_on = Day(required=True)
    realised_value_minor = Whole(-MONEY_MAX, MONEY_MAX, code="E_MONEY_RANGE", **NOTHING)
    punctual_start = Flag(**NOTHING)
    feedback = Whole(1, 5, **NOTHING)
    feedback_text = _words()
    referral = Flag(load_default=False)
    reference_letter = Flag(load_default=False)
    reference_text = _words()
    lesson = _words()
    correction_reason = _words()


class OutcomeReturnIn(Form):
    """Why a record goes back."""

    reason = Text(LONGEST, lines=True, required=True)


class OutcomeOut(Schema):
    """One record of how a request ended; what had been claimed stands beside it."""

    id = fields.String()
    version = fields.Integer()
    request_id = fields.String()
    revision = fields.Integer()
    state = fields.String()
    result = fields.String()
    delivered_quarter_hours = fields.Integer()
    delivered_permille = fields.Integer(attribute="delivered_fraction")
    claimed_probability_permille = fields.Integer(attribute="claimed_probability")
    claimed_value_minor = fields.Integer()
    realised_value_minor = fields.Integer()
    ended_on = fields.Date()
    punctual_start = fields.Boolean()
    feedback = fields.Integer()
    feedback_text = fields.String()
    referral = fields.Boolean()
    reference_letter = fields.Boolean()
    reference_text = fields.String()
    lesson = fields.String()
    correction_reason = fields.String()
    return_reason = fields.String()


class ReferenceOut(Schema):
    """What may be told to others of a request that ended."""

    request_id = fields.String()
    account = fields.String(attribute="request.account.name")
    title = fields.String(attribute="request.title")
    ended_on = fields.Date()
    result = fields.String()
    reference_text = fields.String()
    reference_letter = fields.Boolean()


class DueOut(Schema):
    """A request whose outcome is due: "due", "returned", or "recorded" and waiting for confirmation."""

    request_id = fields.Function(lambda due: due.request.id)
    title = fields.Function(lambda due: due.request.title)
    state = fields.String()
    since = fields.Date()
    reminders = fields.Integer()
    counts_as_failure = fields.Boolean()
