"""A request for specialists' time: what is sent to file or edit one, and what is shown of one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from planner.checks import MONEY_MAX
from planner.records import EvidenceKind, Preference, Purpose, RequestStatus, RequestType, Stage, ValueSource
from planner.services.filing import request_values as limits
from planner.services.filing.request_values import LineValues, RequestValues
from planner.worth import Shape, UrgencyKind
from web.schemas.base import Form
from web.schemas.common import PageQuery
from web.schemas.fields import Choice, Day, Digits, Flag, Many, Part, Text, Week, Whole

NOTHING: Final[dict[str, Any]] = {"load_default": None, "allow_none": True}

NAMES: Final[Mapping[str, str]] = {
    "weekly_min": "weekly_min_quarter_hours",
    "weekly_max": "weekly_max_quarter_hours",
    "fraction": "fraction_permille",
    "probability": "probability_permille",
}
"""Values whose name in JSON says their unit, by their name in the planner."""


class BenefitIn(Form):
    """Contribution expected some months ahead."""

    month = Whole(0, limits.LAST_MONTH, required=True, metadata={"description": "Months from now."})
    amount_minor = Whole(-MONEY_MAX, MONEY_MAX, code="E_MONEY_RANGE", required=True)


class PointIn(Form):
    """The chance of success at a share of the hours."""

    fraction_permille = Whole(0, limits.MOST, code="E_CURVE_FRACTION", required=True)
    probability_permille = Whole(0, limits.FULL, code="E_PROBABILITY_RANGE", required=True)


class EvidenceIn(Form):
    """What a claim rests on: text, a link, or both."""

    kind = Choice(EvidenceKind, required=True)
    text = Text(2000, blank=True, lines=True, load_default="")
    link = Text(500, blank=True, load_default="")


def _weekly() -> Whole:
    return Whole(1, limits.HOURS_HIGH, code="E_HOURS_RANGE", **NOTHING)


class LineIn(Form):
    """One skill of a request. `after` holds the places, from 0, of lines that come before this one."""

    skill_key = Text(64, required=True)
    quarter_hours = Whole(limits.HOURS_LOW, limits.HOURS_HIGH, code="E_HOURS_RANGE", required=True)
    min_level = Whole(1, 5, load_default=1)
    language_key = Text(64, **NOTHING)
    language_level = Whole(1, 5, **NOTHING)
    customer_facing = Flag(load_default=False)
    activity = Text(120, blank=True, load_default="")
    specialist_code = Text(40, **NOTHING)
    preference = Choice(Preference, load_default=Preference.NONE)
    max_specialists = Whole(1, limits.MOST_PEOPLE, load_default=1)
    weekly_min_quarter_hours = _weekly()
    weekly_max_quarter_hours = _weekly()
    after = Many(Whole(0, limits.MOST_LINES), most=limits.MOST_LINES, load_default=list)
    alternative = Whole(0, limits.MOST_LINES, **NOTHING)
    outside_cost_minor = Whole(
        0,
        MONEY_MAX,
        code="E_MONEY_RANGE",
        metadata={"description": "For this the whole line can be bought outside."},
        **NOTHING,
    )
    outside_source = Text(300, blank=True, load_default="")


class RequestIn(Form):
    """A draft may lack everything but the account; submitting names what is missing."""

    account_id = Text(36, required=True)
    title = Text(160, blank=True, load_default="")
    purpose = Choice(Purpose, **NOTHING)
    type = Choice(RequestType, **NOTHING)
    earliest_week = Week(**NOTHING)
    latest_week = Week(**NOTHING)
    deadline = Day(**NOTHING)
    deadline_source = Text(300, blank=True, load_default="")
    offer_valid_until = Day(**NOTHING)
    need_statement = Text(5000, blank=True, lines=True, load_default="")
    benefits = Many(Part(BenefitIn), most=limits.LAST_MONTH + 1, load_default=list)
    value_source = Choice(ValueSource, load_default=ValueSource.STREAM)
    avoidable_cost_minor = Whole(0, MONEY_MAX, code="E_MONEY_RANGE", load_default=0)
    money_budget_minor = Whole(0, MONEY_MAX, code="E_MONEY_RANGE", **NOTHING)
    obligation = Flag(load_default=False)
    contract_reference = Text(160, blank=True, load_default="")
    lines = Many(Part(LineIn), most=limits.MOST_LINES, load_default=list)
    curve = Many(Part(PointIn), most=limits.MOST_POINTS, load_default=list)
    evidence = Many(Part(EvidenceIn), most=limits.MOST_EVIDENCE, load_default=list)
    curve_shape = Choice(Shape, load_default=Shape.STEPS)
    curve_top = Whole(1, limits.FULL, **NOTHING)
    urgency = Choice(UrgencyKind, load_default=UrgencyKind.NONE)
    urgency_week = Week(**NOTHING)
    urgency_pace = Whole(1, limits.FULL, **NOTHING)
    stage = Choice(Stage, metadata={"description": "Brings its usual curve when none is stated."}, **NOTHING)
    curve_reason = Text(300, blank=True, load_default="")
    goal_code = Text(40, **NOTHING)


class RequestQuery(PageQuery):
    """Which requests of a list; `text` is searched for as it stands."""

    status = Choice(RequestStatus, load_default=None)
    text = Text(200, blank=True, load_default=None)
    account_id = Text(36, load_default=None)
    goal_code = Text(40, load_default=None)


class HintQuery(Form):
    """A skill at a least level between two weeks; `without` is a request that is being changed."""

    skill_key = Text(64, required=True)
    level = Digits(1, 5, load_default=1)
    earliest_week = Week(required=True)
    latest_week = Week(required=True)
    without = Text(36, load_default=None)


class ReasonIn(Form):
    """Why, in words."""

    reason = Text(500, lines=True, required=True)


def values_of(data: Mapping[str, Any]) -> RequestValues:
    """What `RequestIn` took, as the planner takes it."""
    return RequestValues(
        **{
            **data,
            "benefits": [(b["month"], b["amount_minor"]) for b in data["benefits"]],
            "curve": [(p["fraction_permille"], p["probability_permille"]) for p in data["curve"]],
            "evidence": [(e["kind"], e["text"], e["link"]) for e in data["evidence"]],
            "lines": [_line(line) for line in data["lines"]],
        }
    )


def _line(line: Mapping[str, Any]) -> LineValues:
    planners = {name: ours for ours, name in NAMES.items()}
    return LineValues(**{planners.get(name, name): value for name, value in line.items()})


def data_of(values: RequestValues) -> dict[str, Any]:
    """The same as `RequestIn` takes it."""
    data = {each.name: getattr(values, each.name) for each in dataclasses.fields(values)}
    return {
        **data,
        "benefits": [{"month": month, "amount_minor": amount} for month, amount in values.benefits],
        "curve": [{"fraction_permille": f, "probability_permille": p} for f, p in values.curve],
        "evidence": [{"kind": kind, "text": text, "link": link} for kind, text, link in values.evidence],
        "lines": [
            {NAMES.get(name, name): value for name, value in dataclasses.asdict(line).items()}
            for line in values.lines
        ],
    }
