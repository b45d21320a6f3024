"""What makes a customer key besides its money, leadership's factors, the company's goals."""

from __future__ import annotations

from marshmallow import fields

from planner.records import Trait
from planner.services.customers import factors, goals
from planner.services.customers.statements import LONGEST, state_of
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Day, Flag, Many, Text, Whole
from web.schemas.outputs import PersonOut
from web.schemas.requests import NOTHING
from web.schemas.worth import FigureOut

MOST_SIGNS = 10


class TraitIn(Form):
    """One trait with its evidence; `signs` are those that were found true."""

    trait = Choice(Trait, required=True)
    evidence = Text(LONGEST, lines=True, required=True)
    expires_on = Day(required=True)
    signs = Many(Text(40), most=MOST_SIGNS, load_default=list)


class StatementOut(Schema):
    """What traits and factors have in common. State: waiting, ahead, counts, expired or ended."""

    id = fields.String()
    version = fields.Integer()
    account_id = fields.String()
    expires_on = fields.Date(allow_none=True)
    ended_on = fields.Date(allow_none=True)
    state = fields.Function(lambda row: state_of(row).value)


class TraitOut(StatementOut):
    """One trait; it is never ahead."""

    trait = fields.String()
    evidence = fields.String()
    signs = fields.List(fields.String(), attribute="checklist")
    stated_by = fields.Nested(PersonOut)
    stated_on = fields.Date()
    confirmed_by = fields.Nested(PersonOut, allow_none=True)


class InnovatorsQuery(Form):
    """A customer in your sight of whom it would be said too."""

    with_account = Text(36, **NOTHING)


class InnovatorsOut(Schema):
    """Customers said to be innovators, and the chance that as many or more were so by chance."""

    stated = fields.Integer()
    customers = fields.Integer()
    too_many = fields.Boolean(metadata={"description": "Whether that chance is below 5 %."})
    chance = fields.Nested(FigureOut)


class FactorIn(Form):
    """A factor on the customer's strategic weight."""

    factor_permille = Whole(factors.LEAST, factors.MOST, required=True)
    reason = Text(LONGEST, lines=True, required=True)
    valid_from = Day(required=True)
    expires_on = Day(required=True)


class FactorOut(StatementOut):
    """One factor."""

    factor_permille = fields.Integer(attribute="factor")
    reason = fields.String()
    set_by = fields.Nested(PersonOut)
    approved_by = fields.Nested(PersonOut, allow_none=True)
    valid_from = fields.Date()


class GoalIn(Form):
    """A new goal; plans refer to it by its code."""

    code = Text(goals.LONGEST_CODE, required=True)
    title = Text(goals.LONGEST, required=True)


class GoalChangeIn(Form):
    """Other words; `active` false gives the goal up."""

    title = Text(goals.LONGEST, required=True)
    active = Flag(load_default=True)


class GoalOut(Schema):
    """A goal of the company."""

    id = fields.String()
    version = fields.Integer()
    code = fields.String()
    title = fields.String()
    active = fields.Boolean()


class GoalUseOut(Schema):
    """A goal with the requests in your sight that name it, and the hours that publications gave them."""

    id = fields.String(attribute="goal.id")
    version = fields.Integer(attribute="goal.version")
    code = fields.String(attribute="goal.code")
    title = fields.String(attribute="goal.title")
    active = fields.Boolean(attribute="goal.active")
    requests = fields.Integer()
    quarter_hours = fields.Integer()
