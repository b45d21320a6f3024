"""Overrides, swaps, scenarios and trade-offs. Money in minor units, shares per mille; null is unknown."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from planner.checks import MONEY_MAX
from planner.records import OverrideKind, Purpose
from planner.services.excepting.override_prices import MOST_HOURS
from planner.services.excepting.overrides import LONGEST_REASON
from planner.services.planning.scenario_values import LONGEST_NAME, MOST_ACCOUNTS, MOST_PEOPLE
from web.schemas.base import Form, Schema
from web.schemas.common import PageQuery
from web.schemas.fields import Choice, Day, Digits, Many, Part, Text, Week, Whole
from web.schemas.outputs import PairOut, PersonOut


class TargetIn(Form):
    """What an override would order; which fields are needed depends on the kind."""

    kind = Choice(OverrideKind, required=True)
    request_id = Text(36, load_default=None, allow_none=True)
    fraction_permille = Whole(1, 1500, attribute="fraction", load_default=None, allow_none=True)
    line_id = Text(36, load_default=None, allow_none=True)
    specialist_id = Text(36, load_default=None, allow_none=True)
    week = Week(load_default=None, allow_none=True)
    quarter_hours = Whole(-MOST_HOURS, MOST_HOURS, load_default=None, allow_none=True)


class RequestOptionOut(Schema):
    """A request of the plan: what it has now, what it could have, its lines."""

    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    granted_permille = fields.Integer(attribute="granted")
    possible_permille = fields.List(fields.Integer(), attribute="shares")
    lines = fields.List(fields.Nested(PairOut))


class OptionsOut(Schema):
    """Everything that an exception to the plan may name."""

    run_id = fields.String(attribute="run.id")
    requests = fields.List(fields.Nested(RequestOptionOut))
    people = fields.List(fields.Nested(PairOut))
    weeks = fields.List(fields.String())


class TargetOut(Schema):
    """What an override orders."""

    kind = fields.String()
    request_id = fields.String()
    fraction_permille = fields.Integer(attribute="fraction")
    line_id = fields.String()
    specialist_id = fields.String()
    week = fields.String()
    quarter_hours = fields.Integer()


class EffectOut(Schema):
    """A request that gets more or less."""

    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    kam = fields.String()
    before_permille = fields.Integer(attribute="before")
    after_permille = fields.Integer(attribute="after")
    value_minor = fields.Integer()


class PriceOut(Schema):
    """What an exception would cost; negative is a gain."""

    question_id = fields.String()
    run_id = fields.String()
    run_number = fields.Integer()
    target = fields.Nested(TargetOut)
    state = fields.String()
    possible = fields.Boolean()
    low_minor = fields.Integer()
    high_minor = fields.Integer()
    exact = fields.Boolean()
    money_minor = fields.Integer(metadata={"description": "The difference in money alone."})
    churn_minor = fields.Integer(metadata={"description": "The part that is hours taken back."})
    value_before_minor = fields.Integer()
    value_after_minor = fields.Integer()
    winners = fields.List(fields.Nested(EffectOut))
    losers = fields.List(fields.Nested(EffectOut))
    lifted = fields.List(fields.String())
    broken = fields.List(fields.String())
    current = fields.Boolean(metadata={"description": "Whether it may still be signed."})


class SignIn(Form):
    """A signature at a computed price."""

    question_id = Text(36, required=True)
    reason = Text(LONGEST_REASON, lines=True, required=True)
    expires_on = Day(required=True)


class OverrideAnswerIn(Form):
    """The second person's words."""

    reason = Text(LONGEST_REASON, lines=True, blank=True, load_default="")


class OverrideOut(Schema):
    """A signed exception."""

    id = fields.String()
    version = fields.Integer()
    kind = fields.String()
    state = fields.String()
    request_id = fields.String()
    fraction_permille = fields.Integer(attribute="fraction")
    line_id = fields.String()
    specialist_id = fields.String()
    week = fields.String()
    quarter_hours = fields.Integer()
    sponsor = fields.Nested(PersonOut)
    reason = fields.String()
    price_low_minor = fields.Integer()
    price_high_minor = fields.Integer()
    money_minor = fields.Integer()
    churn_minor = fields.Integer()
    winners = fields.List(fields.Nested(EffectOut), attribute="effects.winners")
    losers = fields.List(fields.Nested(EffectOut), attribute="effects.losers")
    expires_on = fields.Date()
    signed_at = fields.AwareDateTime()
    second = fields.Nested(PersonOut)
    second_at = fields.AwareDateTime()
    second_reason = fields.String()


class QuarterQuery(Form):
    """Which quarter; the present one when left out."""

    year = Digits(2000, 2100, load_default=None)
    quarter = Digits(1, 4, load_default=None)


class TallyOut(Schema):
    """What a sponsor's overrides of a quarter cost."""

    sponsor = fields.String()
    count = fields.Integer()
    low_minor = fields.Integer()
    high_minor = fields.Integer()


class RegisterOut(Schema):
    """All overrides signed in a quarter."""

    year = fields.Integer()
    quarter = fields.Integer()
    rows = fields.List(fields.Nested(OverrideOut))
    tallies = fields.List(fields.Nested(TallyOut))


class LimitsOut(Schema):
    """Prices above which a second person signs."""

    one_minor = fields.Integer()
    quarter_minor = fields.Integer(metadata={"description": "Of all that one sponsor signs in a quarter."})


class SwapIn(Form):
    """An own granted request given back in return, if any."""

    offered_id = Text(36, load_default=None, allow_none=True)


class SwapOut(Schema):
    """A swap as your side may know it; names only once both agreed and nobody else loses."""

    id = fields.String(attribute="offer_id")
    version = fields.Integer()
    state = fields.String()
    asked = fields.Boolean(metadata={"description": "Whether your side is the one that asks."})
    request_id = fields.String()
    title = fields.String()
    share_now_permille = fields.Integer(attribute="share_now")
    share_then_permille = fields.Integer(attribute="share_then")
    given_back_quarter_hours = fields.Integer(attribute="given_back")
    offered_title = fields.String()
    other = fields.String()
    other_title = fields.String()


class ReleasedSwapOut(Schema):
    """A swap that is no longer agreed."""

    id = fields.String()
    version = fields.Integer()
    state = fields.String()


class HireIn(Form):
    """One more person."""

    department_id = Text(36, required=True)
    skill_key = Text(64, required=True)
    level = Whole(1, 5, load_default=3)
    quarter_hours = Whole(1, 240, load_default=128)


class ScenarioIn(Form):
    """What is supposed; what is left out stays as it is."""

    name = Text(LONGEST_NAME, required=True)
    strategy_percent = Whole(0, 200, load_default=100)
    account_factors = fields.Dict(keys=fields.String(), values=Whole(500, 2000), load_default=dict)
    churn_percent = Whole(0, 1000, load_default=100)
    share_percent = Whole(0, 100, load_default=0)
    purpose = Choice(Purpose, load_default=None, allow_none=True)
    purpose_minor = Whole(0, MONEY_MAX, load_default=0)
    most_moves = Whole(0, 10_000, load_default=None, allow_none=True)
    without_accounts = Many(Text(36), most=MOST_ACCOUNTS, load_default=list)
    hires = Many(Part(HireIn), most=MOST_PEOPLE, load_default=list)


class FactsOut(Schema):
    """A plan in figures."""

    value_minor = fields.Integer(attribute="value")
    bound_minor = fields.Integer(attribute="bound")
    money_minor = fields.Integer(attribute="money")
    strategy_minor = fields.Integer(attribute="strategy")
    cash_minor = fields.Integer(attribute="cash")
    wishes_minor = fields.Integer(attribute="wishes")
    outside_minor = fields.Integer(attribute="outside")
    least_share_permille = fields.Integer(attribute="least_share")
    evenness = fields.Float()
    churn_minor = fields.Integer(attribute="churn")
    withdrawn_quarter_hours = fields.Float(attribute="withdrawn")
    moves = fields.Integer()
    quarter_hours = fields.Integer(attribute="hours")
    granted = fields.Integer()
    partly = fields.Integer()
    refused = fields.Integer()


class ScenarioOut(Schema):
    """A scenario; `changes` as the engine's side understands it."""

    id = fields.String()
    version = fields.Integer()
    name = fields.String()
    state = fields.String()
    shared = fields.Boolean()
    changes = fields.Dict()
    base_run_id = fields.String()
    run_id = fields.String()
    run_state = fields.String(attribute="run.state")
    owner = fields.Nested(PersonOut)
    note = fields.String()
    promoted_run_id = fields.String()


class ShareOut(Schema):
    """A request in two plans."""

    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    kam = fields.String()
    before_permille = fields.Integer(attribute="before")
    after_permille = fields.Integer(attribute="after")
    value_before_minor = fields.Integer()
    value_after_minor = fields.Integer()
    quarter_hours_before = fields.Integer(attribute="hours_before")
    quarter_hours_after = fields.Integer(attribute="hours_after")


class SideOut(Schema):
    """A person, customer or department in two plans."""

    name = fields.String()
    quarter_hours_before = fields.Integer(attribute="hours_before")
    quarter_hours_after = fields.Integer(attribute="hours_after")


class DifferenceOut(Schema):
    """What changes for whom."""

    requests = fields.List(fields.Nested(ShareOut))
    people = fields.List(fields.Nested(SideOut))
    accounts = fields.List(fields.Nested(SideOut))
    departments = fields.List(fields.Nested(SideOut))


class ScenarioViewOut(Schema):
    """A scenario in full, beside the plan it departs from."""

    scenario = fields.Nested(ScenarioOut)
    facts = fields.Nested(FactsOut)
    now = fields.Nested(FactsOut)
    difference = fields.Nested(DifferenceOut)
    promotable = fields.Boolean()


class ScenarioQuery(PageQuery):
    """1 for those that were put aside."""

    archived = Digits(0, 1, load_default=0)


class KeepIn(Form):
    """What the point is called as a scenario."""

    name = Text(LONGEST_NAME, required=True)


class QueuedOut(Schema):
    """How many questions were queued."""

    queued = fields.Integer()


class NoteIn(Form):
    """Why a scenario becomes the official plan."""

    note = Text(1000, lines=True, required=True)


class TradeOffPointOut(Schema):
    """One plan along a trade-off; its number is its index and one."""

    index = fields.Integer()
    setting = fields.Float()
    value_minor = fields.Integer()
    other = fields.Float()
    given_up = fields.Float(
        attribute="cost", metadata={"description": "The part of the best value given up, 0 to 1."}
    )
    bound_minor = fields.Integer()
    proven = fields.Boolean()


class TradeOffOut(Schema):
    """Value against something else, as far as it is computed."""

    axis = fields.String()
    run_id = fields.String()
    run_number = fields.Integer()
    state = fields.String()
    seconds = fields.Float()
    complete = fields.Boolean()
    points = fields.List(fields.Nested(TradeOffPointOut))
    now_value_minor = fields.Integer()
    now_other = fields.Float()
    best_floor = fields.Float()
    best_floor_proven = fields.Boolean()


class PointViewOut(Schema):
    """A point opened."""

    point = fields.Nested(TradeOffPointOut)
    facts = fields.Nested(FactsOut)
    now = fields.Nested(FactsOut)
    difference = fields.Nested(DifferenceOut)


class ClosenessOut(Schema):
    """By how much a request won or lost."""

    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    kam = fields.String()
    share_permille = fields.Integer(attribute="share")
    granted = fields.Boolean()
    value_minor = fields.Integer()
    state = fields.String()
    margin_low_minor = fields.Integer()
    margin_high_minor = fields.Integer()
    percent = fields.Integer()
    tie = fields.Boolean()
    close = fields.Boolean()
    possible = fields.Boolean()
    weight = fields.String()
    turns_at = fields.String()


def typed(values: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Loaded values with enumerations as plain text, as the services take them."""
    return {**{key: getattr(value, "value", value) for key, value in values.items()}, **others}
