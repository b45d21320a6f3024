"""What is shown of a request: all of it to who may see its money, the outline to others."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import fields
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.records import RequestStatus, ResourceRequest
from planner.scope import sees_money
from planner.services.filing import requests
from planner.services.filing.stories import story
from planner.solving.lasting import end_of
from planner.usual import usual_chances
from web.errors import shown as shown_problem
from web.schemas.base import Schema, in_json
from web.schemas.common import ProblemOut
from web.schemas.outputs import AccountRef, PersonOut
from web.schemas.requests import NAMES, data_of

OPEN: Final = (RequestStatus.DRAFT, RequestStatus.RETURNED)

STATE: Final = (
    *("id", "version", "account", "kam", "filed_by", "status", "status_since", "outcome", "submitted_at"),
    *("return_reason", "filing_order"),
)
OUTLINE: Final = (
    *("account_id", "title", "purpose", "type", "earliest_week", "latest_week", "deadline"),
    *("offer_valid_until", "need_statement", "lines"),
)
"""What a head of a department sees: who wants which hours when, no money and no chances."""


class LineOut(Schema):
    """One skill of a request."""

    skill_key = fields.String()
    quarter_hours = fields.Integer()
    min_level = fields.Integer()
    language_key = fields.String()
    language_level = fields.Integer()
    customer_facing = fields.Boolean()
    activity = fields.String()
    specialist_code = fields.String()
    preference = fields.String()
    max_specialists = fields.Integer()
    weekly_min_quarter_hours = fields.Integer()
    weekly_max_quarter_hours = fields.Integer()
    after = fields.List(fields.Integer())
    alternative = fields.Integer()
    outside_cost_minor = fields.Integer(metadata={"description": "The price outside; null is no offer."})
    outside_source = fields.String()


class BenefitOut(Schema):
    """Contribution expected some months ahead."""

    month = fields.Integer()
    amount_minor = fields.Integer()


class PointOut(Schema):
    """The chance of success at a share of the hours."""

    fraction_permille = fields.Integer()
    probability_permille = fields.Integer()


class EvidenceOut(Schema):
    """What a claim rests on."""

    kind = fields.String()
    text = fields.String()
    link = fields.String()


class RequestRowOut(Schema):
    """A request in a list; no money, so that everybody in whose sight it is sees the same."""

    id = fields.String()
    version = fields.Integer()
    title = fields.String()
    account = fields.Nested(AccountRef)
    kam = fields.Nested(PersonOut)
    status = fields.String()
    status_since = fields.AwareDateTime()
    outcome = fields.String()
    purpose = fields.String()
    type = fields.String()
    earliest_week = fields.String()
    latest_week = fields.String()
    quarter_hours = fields.Function(lambda request: sum(line.quarter_hours for line in request.lines))


class FreeOut(Schema):
    """One week of all people with the skill together."""

    week = fields.String()
    free_quarter_hours = fields.Integer(attribute="free")


class HintsOut(Schema):
    """What a request for a skill would meet; contention is null when fewer than three others ask."""

    people = fields.Integer()
    free_quarter_hours = fields.Integer(attribute="free")
    contention = fields.String()
    weeks = fields.List(fields.Nested(FreeOut))


class ObligationOut(Schema):
    """A promise with a penalty."""

    id = fields.String()
    version = fields.Integer()
    title = fields.String()
    account = fields.Nested(AccountRef)
    kam = fields.Nested(PersonOut)
    status = fields.String()
    contract_reference = fields.String()
    confirmed = fields.Function(lambda request: request.obligation_confirmed_by_id is not None)


class StageOut(Schema):
    """What is usual at a stage of cooperation; without kinds of evidence any will do."""

    stage = fields.String()
    curve_shape = fields.String()
    curve = fields.List(fields.Nested(PointOut))
    curve_top = fields.Integer()
    evidence = fields.List(fields.String())


class EndOut(Schema):
    """The last week in which work makes sense, and why: weeks, deadline, offer or worth."""

    week = fields.String()
    kind = fields.String()
    day = fields.Date()


class OutsideOut(Schema):
    """Lines that the newest plan lets somebody outside do, by their place from 0, and the price together."""

    lines = fields.List(fields.Integer())
    cost_minor = fields.Integer()


class RequestOut(Schema):
    """A request. What you may not see is left out; null is not known."""

    id = fields.String()
    version = fields.Integer()
    account = fields.Nested(AccountRef)
    kam = fields.Nested(PersonOut)
    filed_by = fields.Nested(PersonOut)
    status = fields.String()
    status_since = fields.AwareDateTime()
    outcome = fields.String()
    submitted_at = fields.AwareDateTime()
    return_reason = fields.String()
    filing_order = fields.Integer()
    account_id = fields.String()
    title = fields.String()
    purpose = fields.String()
    type = fields.String()
    earliest_week = fields.String()
    latest_week = fields.String()
    deadline = fields.Date()
    deadline_source = fields.String()
    offer_valid_until = fields.Date()
    ends = fields.Nested(EndOut, metadata={"description": "The strictest of all that ends it."})
    need_statement = fields.String()
    benefits = fields.List(fields.Nested(BenefitOut))
    value_source = fields.String()
    avoidable_cost_minor = fields.Integer()
    money_budget_minor = fields.Integer(metadata={"description": "Most that may be paid outside."})
    obligation = fields.Boolean()
    obligation_confirmed = fields.Boolean()
    contract_reference = fields.String()
    lines = fields.List(fields.Nested(LineOut))
    outside = fields.Nested(OutsideOut, metadata={"description": "What the newest plan buys outside."})
    curve = fields.List(fields.Nested(PointOut))
    evidence = fields.List(fields.Nested(EvidenceOut))
    curve_shape = fields.String()
    curve_top = fields.Integer()
    urgency = fields.String(metadata={"description": "How the worth fades; without a source it does not."})
    urgency_week = fields.String()
    urgency_pace = fields.Integer()
    stage = fields.String(metadata={"description": "How far the cooperation is; null is not known."})
    curve_reason = fields.String()
    goal_code = fields.String(metadata={"description": "What it serves; it never weighs."})
    missing = fields.List(fields.Nested(ProblemOut), metadata={"description": "Before it can be submitted."})
    warnings = fields.List(fields.Nested(ProblemOut), metadata={"description": "Worth another look."})


def usual(session: Session) -> list[dict[str, Any]]:
    """What is usual at each stage now, for `StageOut`."""
    return [
        {
            "stage": stage.value,
            "curve_shape": each.shape.value,
            "curve": [{"fraction_permille": f, "probability_permille": p} for f, p in each.points],
            "curve_top": each.top,
            "evidence": sorted(kind.value for kind in each.evidence),
        }
        for stage, each in usual_chances(session).items()
    ]


def shown(session: Session, actor: Actor, request: ResourceRequest) -> dict[str, Any]:
    """What the actor may see of a request in their sight, for `RequestOut`."""
    state = {name: getattr(request, name) for name in STATE}
    content = data_of(requests.values_of(request))
    state["ends"] = end_of(request)
    if not sees_money(session, actor, request):
        outline = {name: content[name] for name in OUTLINE}
        return {**state, **outline, "lines": [_without_price(line) for line in content["lines"]]}
    missing = requests.missing_to_submit(session, request) if request.status in OPEN else ()
    warnings = requests.warnings(session, request)
    return {
        **state,
        **content,
        "outside": _outside(session, actor, request),
        "obligation_confirmed": request.obligation_confirmed_by_id is not None,
        "missing": [shown_problem(in_json(problem, NAMES)) for problem in missing],
        "warnings": [shown_problem(in_json(problem, NAMES)) for problem in warnings],
    }


def _without_price(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if not name.startswith("outside_")}


def _outside(session: Session, actor: Actor, request: ResourceRequest) -> dict[str, Any] | None:
    """What the newest plan buys for the request; None when that is nothing."""
    outcome = story(session, actor, request.id).outcome
    if outcome is None or not outcome.outside_lines:
        return None
    places = [line.position for line in request.lines if line.id in outcome.outside_lines]
    return {"lines": places, "cost_minor": outcome.outside_minor}
