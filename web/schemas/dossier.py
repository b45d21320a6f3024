"""What we know of a customer beside money: contacts, ratings, plans."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from planner.checks import MONEY_MAX
from planner.records import (
    AccountPlan,
    Channel,
    ContactFunction,
    ContactRole,
    PlanTarget,
    RelationshipStage,
    TargetKind,
)
from planner.services.customers.account_facts import LONGEST_NEED
from planner.services.customers.account_plans import MOST_MILESTONES
from planner.services.customers.contacts import DEGREES
from planner.services.customers.goals import LONGEST_CODE
from planner.services.customers.ratings import MOST_MILLI
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Day, Flag, Many, Part, Text, Whole
from web.schemas.outputs import PersonOut
from web.schemas.requests import NOTHING
from web.schemas.worth import FigureOut

LONGEST = 5_000
MOST_GOALS = 50


class PlanTargetOut(Schema):
    """A target of the plan in force, and what its months brought so far."""

    kind = fields.String()
    aim_minor = fields.Integer()
    chance_permille = fields.Integer(attribute="chance")
    so_far = fields.Function(lambda row: FigureOut().dump(row.so_far.working()))
    reached = fields.Function(lambda row: FigureOut().dump(row.reached.working()))
    hours_needed = fields.Function(
        lambda row: FigureOut().dump(row.backing.needed.working()) if row.backing else None,
        metadata={"description": "At what an hour went with in the window; null for a chance."},
    )
    hours_granted = fields.Function(
        lambda row: FigureOut().dump(row.backing.granted.working()) if row.backing else None
    )
    backed = fields.Boolean(attribute="backing.backed", allow_none=True)


class DossierOut(Schema):
    """A customer's page beside its worth; each figure with its working."""

    account_id = fields.String(attribute="worth.judgement.account.id")
    dossier = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        metadata={"description": "What is there and what is not."},
    )
    completeness = fields.Function(lambda row: FigureOut().dump(row.completeness.working()))
    targets = fields.List(fields.Nested(PlanTargetOut))
    active_contacts = fields.Integer()
    asked = fields.Function(lambda row: {kind.value: count for kind, count in row.asked.items()})
    effort = fields.Function(lambda row: FigureOut().dump(row.hours.working()))
    profit_per_hour = fields.Function(lambda row: FigureOut().dump(row.profit_per_hour.working()))


class FactsIn(Form):
    """What who keeps a customer writes down; null and "" are not known. The budget is for a year."""

    channel = Choice(Channel, **NOTHING)
    need = Text(LONGEST_NEED, blank=True, lines=True, load_default="")
    budget_minor = Whole(0, MONEY_MAX, code="E_MONEY_RANGE", **NOTHING)
    contract_end = Day(**NOTHING)


class ContactIn(Form):
    """Whom we know, by name or pseudonym; strengths from 0 to 5, null is not rated. Nothing private."""

    person_name = Text(120, required=True)
    person_need = Text(300, blank=True, load_default="")
    function = Choice(ContactFunction, required=True)
    role = Choice(ContactRole, required=True)
    in_decision_group = Flag(load_default=False)
    our_strength = Whole(0, DEGREES, **NOTHING)
    competitor_strength = Whole(0, DEGREES, **NOTHING)
    last_contact_on = Day(**NOTHING)
    active = Flag(load_default=True)


class ImageIn(Form):
    """What a contact thinks of us, from 0 to 5."""

    image = Whole(0, DEGREES, required=True)


class ContactOut(Schema):
    """A person at a customer; an erased one keeps numbers and loses words."""

    id = fields.String()
    version = fields.Integer()
    person_name = fields.String()
    person_need = fields.String()
    function = fields.String()
    role = fields.String()
    in_decision_group = fields.Boolean()
    our_strength = fields.Integer()
    competitor_strength = fields.Integer()
    image = fields.Integer()
    last_contact_on = fields.Date()
    owner = fields.Nested(PersonOut)
    active = fields.Boolean()
    erased_at = fields.AwareDateTime()


def _milli() -> Whole:
    return Whole(-MOST_MILLI, MOST_MILLI, **NOTHING)


class RatingIn(Form):
    """A rating in thousandths of the criterion's unit; give today's, a forecast, or both."""

    criterion = Text(64, required=True)
    current_milli = _milli()
    forecast_milli = _milli()
    evidence = Text(2_000, lines=True, required=True)
    link = Text(500, blank=True, load_default="")
    expires_on = Day(required=True)


class RatingOut(Schema):
    """One rating; one that waits for a second person, or has expired, counts as unknown."""

    id = fields.String()
    criterion = fields.String(attribute="criterion_key")
    current_milli = fields.Integer(attribute="value_current_milli")
    forecast_milli = fields.Integer(attribute="value_forecast_milli")
    source = fields.String()
    evidence = fields.String()
    link = fields.String(attribute="evidence_link")
    rated_by = fields.Nested(PersonOut)
    rated_on = fields.Date()
    expires_on = fields.Date()
    confirmed_by = fields.Nested(PersonOut)
    waits_for_second = fields.Function(lambda row: row.needs_second and row.confirmed_by_id is None)


class MilestoneIn(Form):
    """A step with its day; `stage` is the stage of cooperation that it brings, if any."""

    title = Text(200, required=True)
    due_on = Day(required=True)
    done_on = Day(**NOTHING)
    stage = Choice(RelationshipStage, **NOTHING)


class AccountPlanIn(Form):
    """What is to be reached in a period ("2027" or "2027-H1"); null is no target."""

    period = Text(7, required=True)
    goals = Text(LONGEST, lines=True, required=True)
    products = Text(LONGEST, blank=True, lines=True, load_default="")
    channels = Text(LONGEST, blank=True, lines=True, load_default="")
    pricing = Text(LONGEST, blank=True, lines=True, load_default="")
    target_rationale = Text(LONGEST, blank=True, lines=True, load_default="")
    goals_served = Many(Text(LONGEST_CODE), most=MOST_GOALS, load_default=list)
    stage_aimed_at = Choice(RelationshipStage, **NOTHING)
    sales_minor = Whole(0, MONEY_MAX, code="E_MONEY_RANGE", **NOTHING)
    contribution_minor = Whole(-MONEY_MAX, MONEY_MAX, code="E_MONEY_RANGE", **NOTHING)
    retention_permille = Whole(
        0,
        1000,
        code="E_PROBABILITY_RANGE",
        attribute="retention",
        metadata={"description": "Chance to stay."},
        **NOTHING,
    )
    milestones = Many(Part(MilestoneIn), most=MOST_MILESTONES, load_default=list)


class MilestoneOut(Schema):
    """A step of a plan."""

    title = fields.String()
    due_on = fields.Date()
    done_on = fields.Date()
    stage = fields.String()


def _target(kind: TargetKind, measure: str) -> fields.Function:
    def read(plan: AccountPlan) -> Any:
        target: PlanTarget | None = next((each for each in plan.targets if each.kind is kind), None)
        return getattr(target, measure, None)

    return fields.Function(read)


class AccountPlanOut(Schema):
    """One revision of a plan; what was submitted never changes."""

    id = fields.String()
    version = fields.Integer()
    period = fields.String()
    revision = fields.Integer()
    state = fields.String()
    goals = fields.String()
    products = fields.String()
    channels = fields.String()
    pricing = fields.String()
    target_rationale = fields.String()
    goals_served = fields.List(fields.String(), metadata={"description": "Codes of strategic goals."})
    stage_aimed_at = fields.String()
    sales_minor = _target(TargetKind.SALES, "amount_minor")
    contribution_minor = _target(TargetKind.CONTRIBUTION, "amount_minor")
    retention_permille = _target(TargetKind.RETENTION, "chance")
    milestones = fields.List(fields.Nested(MilestoneOut))
    author = fields.Nested(PersonOut)
    submitted_at = fields.AwareDateTime()
    reviewed_at = fields.AwareDateTime()
