"""What heads decide: proposals, loads, consequences, decisions."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from planner.records import DecisionOutcome, RejectionReason
from planner.services.approving.deciding import LONGEST_TEXT
from web.language import FALLBACK, language
from web.schemas.base import Form, Schema
from web.schemas.fields import EXACT, Choice, Many, Part, Text, Whole

MOST_PARTS = 200
"""Parts of one request that are decided at once."""


def _words() -> Text:
    return Text(LONGEST_TEXT, blank=True, lines=True, load_default="")


class RejectIn(Form):
    """Why not."""

    reason = Choice(RejectionReason, required=True)
    text = _words()


class SeenPart(Form):
    """A proposal and the version you saw of it."""

    proposal_id = Text(36, required=True)
    version = Whole(0, EXACT, required=True)


class DecideIn(Form):
    """One answer to all parts of a request that are yours to decide."""

    run_id = Text(36, required=True)
    outcome = Choice(DecisionOutcome, required=True)
    parts = Many(Part(SeenPart), most=MOST_PARTS, required=True)
    reason = Choice(RejectionReason, load_default=None, allow_none=True)
    text = _words()


class ConsequenceQuery(Form):
    """For which reason the proposal would be refused."""

    reason = Choice(RejectionReason, load_default=None)


class ChangeOut(Schema):
    """A request that would get another level; -1 is nothing."""

    request_id = fields.String()
    title = fields.String()
    before = fields.Integer()
    after = fields.Integer()


class ConsequenceOut(Schema):
    """What the plan loses when the proposal is refused; null is not known, or not for you to see."""

    state = fields.String()
    scope = fields.String()
    low_share_permille = fields.Integer(attribute="low_share")
    high_share_permille = fields.Integer(attribute="high_share")
    low_minor = fields.Integer()
    high_minor = fields.Integer()
    exact = fields.Boolean()
    stay_share_permille = fields.Integer(
        attribute="stay_share",
        metadata={"description": "Proven loss while everybody else keeps their hours."},
    )
    stay_minor = fields.Integer(metadata={"description": "The same in minor units."})
    quarter_hours = fields.Integer()
    keeps = fields.Boolean(
        metadata={"description": "Whether the request has as many hours in the best plan found."}
    )
    loses = fields.List(fields.Nested(ChangeOut))
    gains = fields.List(fields.Nested(ChangeOut))
    others_lose = fields.Integer()
    others_gain = fields.Integer()
    breaks_obligation = fields.Boolean()


class PersonHoursOut(Schema):
    """Hours of one person in one week."""

    specialist_id = fields.String()
    specialist = fields.String()
    week = fields.String()
    quarter_hours = fields.Integer()


def _label(item: Any) -> str:
    labels = item.skill_labels
    return str(labels.get(language()) or labels.get(FALLBACK) or item.skill)


class SkillProofOut(Schema):
    """What is attested of a person's skill for the line."""

    specialist_id = fields.String()
    specialist = fields.String()
    skill_key = fields.String(attribute="skill")
    level = fields.Integer()
    wanted_level = fields.Integer(attribute="wanted")
    attested_by = fields.String()
    attested_on = fields.Date()
    expires_on = fields.Date()


class HoursChangeOut(Schema):
    """Hours approved before and proposed now."""

    specialist = fields.String()
    week = fields.String()
    before_quarter_hours = fields.Integer(attribute="before")
    after_quarter_hours = fields.Integer(attribute="after")


class ProposalOut(Schema):
    """Hours that a plan proposes your department lends; worth is a band from 1 to 5."""

    id = fields.String(attribute="proposal_id")
    version = fields.Integer()
    state = fields.String()
    run_id = fields.String()
    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    kam = fields.String()
    need = fields.String()
    activity = fields.String()
    skill_key = fields.String(attribute="skill")
    skill = fields.Function(_label)
    min_level = fields.Integer()
    hours = fields.List(fields.Nested(PersonHoursOut))
    quarter_hours = fields.Integer()
    value_band = fields.Integer()
    department = fields.String()
    proofs = fields.List(fields.Nested(SkillProofOut))
    changes = fields.List(fields.Nested(HoursChangeOut))
    offer_id = fields.String(attribute="offer.offer_id")
    offer_state = fields.String(attribute="offer.state")
    is_own = fields.Boolean()
    moot = fields.Boolean()
    consequence = fields.Nested(ConsequenceOut)


class PersonWeekOut(Schema):
    """The load of one person in one week."""

    specialist_id = fields.String()
    specialist = fields.String()
    week = fields.String()
    present_quarter_hours = fields.Integer(attribute="present")
    own_work_quarter_hours = fields.Integer(attribute="own_work")
    capacity_quarter_hours = fields.Integer(attribute="capacity")
    expedite_quarter_hours = fields.Integer(attribute="expedite")
    promised_quarter_hours = fields.Integer(attribute="promised")
    approved_quarter_hours = fields.Integer(attribute="approved")
    proposed_quarter_hours = fields.Integer(attribute="proposed")
    left_quarter_hours = fields.Integer(attribute="left")
    planned_leave = fields.Boolean()
    proposals = fields.List(fields.String())


class InboxOut(Schema):
    """What waits for your departments."""

    cycle_id = fields.String(attribute="cycle.id")
    run_id = fields.String(attribute="run.id")
    asked_at = fields.AwareDateTime()
    deadline = fields.AwareDateTime()
    items = fields.List(fields.Nested(ProposalOut))
    person_weeks = fields.List(fields.Nested(PersonWeekOut), attribute="load")


class DecisionOut(Schema):
    """An answer that was given; `version` is the proposal's after it."""

    id = fields.String()
    proposal_id = fields.String()
    version = fields.Integer(attribute="proposal.version")
    state = fields.String(attribute="proposal.state")
    outcome = fields.String()
    reason = fields.String()
    text = fields.String()
    decided_at = fields.AwareDateTime()


class DecisionsOut(Schema):
    """Answers given at once."""

    rows = fields.List(fields.Nested(DecisionOut))


class SentOut(Schema):
    """A decision that was made, and what a rejection costs as far as known."""

    decision = fields.Nested(DecisionOut)
    title = fields.String()
    account = fields.String()
    department = fields.String()
    run_number = fields.Integer()
    decided_by = fields.String()
    carried = fields.Boolean(metadata={"description": "It was made on an earlier plan and still fits."})
    consequence = fields.Nested(ConsequenceOut)
