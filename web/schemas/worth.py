"""What customers are worth: every number with its working."""

from __future__ import annotations

from marshmallow import fields

from web.schemas.base import Schema


class FigureOut(Schema):
    """A number with its working: name, value, unit, and what it follows from, each of the same shape.

    Decimals are texts with six places; null is not known, and `note` says why. `formula` names its inputs
    in braces.
    """

    name = fields.String()
    value = fields.Raw(allow_none=True)
    unit = fields.String()
    subject = fields.String()
    note = fields.String()
    formula = fields.String()
    inputs = fields.List(fields.Dict())


class WorthOut(Schema):
    """One customer on one day. Shares are rounded for who does not see the whole company."""

    account_id = fields.String()
    as_of = fields.String()
    basis = fields.String()
    window = fields.List(fields.String(), metadata={"description": "Months that count."})
    definition_id = fields.String(allow_none=True)
    dependency = fields.String(allow_none=True)
    revenue_dependency = fields.String(allow_none=True)
    key_reasons = fields.List(fields.String())
    flags = fields.List(fields.String())
    provisional = fields.Boolean()
    figures = fields.Dict(keys=fields.String(), values=fields.Nested(FigureOut))


class WorthRowOut(Schema):
    """One customer of the list: the same figures without their working."""

    account_id = fields.String()
    name = fields.String()
    dependency = fields.String(allow_none=True)
    key_reasons = fields.List(fields.String())
    flags = fields.List(fields.String())
    share = fields.String(allow_none=True)
    contribution_minor = fields.Integer(allow_none=True)
    cash_flow_minor = fields.Integer(allow_none=True)
    priority = fields.String(allow_none=True)
    coverage = fields.String(allow_none=True)
    provisional = fields.Boolean()
    months_known = fields.Integer()
    data_as_of = fields.Date(allow_none=True)


class LeaverOut(Schema):
    """What a year without one customer would cost."""

    account_id = fields.String()
    name = fields.String()
    profit = fields.Nested(FigureOut)
    cash = fields.Nested(FigureOut)
    concentration_after = fields.Nested(FigureOut)


class StepOut(Schema):
    """One customer of the curve of profit."""

    account_id = fields.String()
    contribution_minor = fields.Integer()
    customers = fields.String(metadata={"description": "Part of all customers up to here."})
    cumulative = fields.String(metadata={"description": "What they hold of all profit above 0."})


class EffortOut(Schema):
    """A customer's share of specialists' hours and of profit, each with its working; branches are in parents.

    Balance: more_hours, alike (within two points), more_profit, no_profit, profit_unknown or hours_unknown.
    """

    account_id = fields.String()
    name = fields.String()
    hours_share = fields.Nested(FigureOut)
    profit_share = fields.Nested(FigureOut)
    balance = fields.String()


class PortfolioOut(Schema):
    """The customers together."""

    as_of = fields.Date()
    figures = fields.List(fields.Nested(FigureOut))
    curve = fields.List(fields.Nested(StepOut))
    efforts = fields.List(fields.Nested(EffortOut))
    leavers = fields.List(fields.Nested(LeaverOut))


class DelayOut(Schema):
    """What is lost by ending a week later than this one."""

    week = fields.String()
    lost = fields.Nested(FigureOut)


class RequestWorthOut(Schema):
    """What a request counts for. Calibration factors are left out for who may not see the record."""

    request_id = fields.String()
    present_value = fields.Dict(allow_none=True)
    levels = fields.List(fields.Dict())
    urgency = fields.Dict(metadata={"description": "How the worth fades: kind, week, pace."})
    delays = fields.List(
        fields.Nested(DelayOut), metadata={"description": "What a week of waiting costs, week by week."}
    )
    factors = fields.Dict(keys=fields.String(), values=fields.Nested(FigureOut))


class ClaimOut(Schema):
    """One closed request: what was claimed and what came of it. Chances in per mille."""

    request_id = fields.String()
    ended_on = fields.Date()
    result = fields.String()
    claimed_probability_permille = fields.Integer()
    claimed_value_minor = fields.Integer(allow_none=True)
    realised_value_minor = fields.Integer(allow_none=True)
    counts = fields.Boolean(metadata={"description": "False until the quarter is over."})


class SilentOut(Schema):
    """A request of which nobody said how it ended; it counts as a failure until somebody does."""

    request_id = fields.String()
    due_on = fields.Date()
    failed_on = fields.Date(metadata={"description": "The day from which silence counts."})
    claimed_probability_permille = fields.Integer()
    counts = fields.Boolean(metadata={"description": "False until the quarter is over."})


class CalibrationOut(Schema):
    """How far a person's claims came true."""

    kam_id = fields.String()
    calibration = fields.Nested(FigureOut)
    brier_skill = fields.Nested(FigureOut)
    cases = fields.List(fields.Nested(ClaimOut))
    unanswered = fields.List(fields.Nested(SilentOut))
