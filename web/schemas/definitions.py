"""What "key" means: criteria, versions, and what a version would change."""

from __future__ import annotations

from marshmallow import fields

from planner.checks import MONEY_MAX
from planner.records import Basis, DefinitionScope
from planner.services.customers.definition_values import MOST_MILLI
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Day, Flag, Many, Part, Text, Whole
from web.schemas.requests import NOTHING

MOST_NAMED = 50
MOST_CRITERIA = 50


class CriterionIn(Form):
    """How one criterion counts; anchors in thousandths of its unit, the forecast's part per mille."""

    key = Text(64, required=True)
    swing_points = Whole(0, 100, required=True)
    anchor_low_milli = Whole(-MOST_MILLI, MOST_MILLI, required=True)
    anchor_high_milli = Whole(-MOST_MILLI, MOST_MILLI, required=True)
    forecast_blend = Whole(0, 1000, load_default=0)
    enters_strategic_weight = Flag(load_default=False)


class NamedIn(Form):
    """A customer that is key by name, why, and until when."""

    account_id = Text(36, required=True)
    reason = Text(500, required=True)
    expires_on = Day(required=True)


def _permille(name: str) -> Whole:
    return Whole(1, 1000, attribute=name, required=True)


class UnitIn(Form):
    """For whom: nothing means the company, otherwise a manager's team or a department by its id."""

    scope = Choice(DefinitionScope, load_default=DefinitionScope.COMPANY.value)
    scope_id = Text(36, **NOTHING)


class DefinitionIn(Form):
    """The whole of a draft. Shares and kappa in per mille, the least score in hundredths of a point."""

    basis = Choice(Basis, required=True)
    window_months = Whole(1, 60, required=True)
    key_share_permille = _permille("key_share")
    critical_share_permille = _permille("critical_share")
    mono_warning = _permille("mono_warning")
    mono_severe = _permille("mono_severe")
    kappa = Whole(0, 1000, required=True)
    valid_from = Day(required=True)
    absolute_threshold_minor = Whole(0, MONEY_MAX, code="E_MONEY_RANGE", **NOTHING)
    min_priority_score = Whole(0, 10_000, **NOTHING)
    flags = Many(Text(8), most=6, required=True)
    note = Text(2_000, blank=True, lines=True, load_default="")
    criteria = Many(Part(CriterionIn), most=MOST_CRITERIA, required=True)
    named = Many(Part(NamedIn), most=MOST_NAMED, load_default=list)


class CriterionOut(Schema):
    """One criterion; anchors in thousandths of its unit."""

    key = fields.String()
    axis = fields.String()
    kind = fields.String()
    direction = fields.String()
    unit = fields.String()
    swing_points = fields.Integer()
    anchor_low_milli = fields.Integer()
    anchor_high_milli = fields.Integer()
    forecast_blend = fields.Integer()
    enters_strategic_weight = fields.Boolean()


class DefinitionOut(Schema):
    """One version of what "key" means. Shares and kappa in per mille."""

    id = fields.String()
    version = fields.Integer()
    number = fields.Integer()
    scope = fields.String(metadata={"description": "company, sales_manager or department."})
    scope_id = fields.String(allow_none=True)
    state = fields.String()
    basis = fields.String()
    window_months = fields.Integer()
    key_share_permille = fields.Integer(attribute="key_share")
    critical_share_permille = fields.Integer(attribute="critical_share")
    mono_warning = fields.Integer()
    mono_severe = fields.Integer()
    absolute_threshold_minor = fields.Integer(allow_none=True)
    min_priority_score = fields.Integer(allow_none=True)
    kappa = fields.Integer()
    flags = fields.List(fields.String())
    note = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    criteria = fields.List(fields.Nested(CriterionOut))


class NamedOut(Schema):
    """A customer that is key by name."""

    account_id = fields.String()
    reason = fields.String()
    sponsor_id = fields.String()
    expires_on = fields.Date()


class DefinitionViewOut(DefinitionOut):
    """One version with the customers that are key by name."""

    named = fields.List(fields.Nested(NamedOut), attribute="manual")


class StandingOut(Schema):
    """Where a customer stands by one version; decimals are texts."""

    dependency = fields.String(allow_none=True)
    key_reasons = fields.List(fields.String())
    priority = fields.String(allow_none=True)
    strategic_weight = fields.String(allow_none=True)


class AccountChangeOut(Schema):
    """A customer whose standing the version would change."""

    account_id = fields.String()
    name = fields.String()
    before = fields.Nested(StandingOut)
    after = fields.Nested(StandingOut)


class RankChangeOut(Schema):
    """A request whose place by worth would change; values of all its hours."""

    request_id = fields.String(attribute="request.id")
    title = fields.String(attribute="request.title")
    rank_before = fields.Integer()
    rank_after = fields.Integer()
    before_minor = fields.Integer(attribute="value_before")
    after_minor = fields.Integer(attribute="value_after")


class PreviewOut(Schema):
    """What would change if this version held today."""

    requests = fields.Integer(metadata={"description": "Requests that wait for a plan."})
    accounts = fields.List(fields.Nested(AccountChangeOut))
    ranks = fields.List(fields.Nested(RankChangeOut))


class UnitStandingOut(Schema):
    """What a customer is to a team or a department; the class is null while its share is unknown."""

    definition_id = fields.String(attribute="definition.id")
    scope = fields.String(attribute="unit.scope")
    scope_id = fields.String(attribute="unit.id")
    account_id = fields.String(attribute="account.id")
    name = fields.String(attribute="account.name")
    dependency = fields.String(allow_none=True)
    key_reasons = fields.List(fields.String(), attribute="reasons")


class OthersOut(Schema):
    """How many customers of colleagues are of a class; null while it is unknown."""

    dependency = fields.String(allow_none=True)
    customers = fields.Integer()


class UnitViewOut(Schema):
    """A unit's customers by one version; those of colleagues as counts only."""

    customers = fields.List(fields.Nested(UnitStandingOut))
    others = fields.List(fields.Nested(OthersOut))
