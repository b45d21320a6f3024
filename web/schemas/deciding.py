"""Counter-offers, comments, notifications, standing in, and what waits for whom."""

from __future__ import annotations

from marshmallow import fields

from planner.services.approving.deciding import LONGEST_TEXT
from planner.services.approving.offer_rules import MOST_HOURS, MOST_ROWS
from web.schemas.base import Form, Schema
from web.schemas.decisions import SeenPart
from web.schemas.fields import Day, Many, Part, Text, Week, Whole
from web.schemas.outputs import PairOut, PersonOut, Words

MOST_AT_ONCE = 500


class ApproveManyIn(Form):
    """Several proposals and the version you saw of each."""

    parts = Many(Part(SeenPart), most=MOST_AT_ONCE, least=1, required=True)


class OfferedHoursIn(Form):
    """Hours of one of your people in one week."""

    specialist_id = Text(36, required=True)
    week = Week(required=True)
    quarter_hours = Whole(1, MOST_HOURS, required=True)


class OfferChoicesOut(Schema):
    """What can be offered."""

    people = fields.List(fields.Nested(PairOut))
    weeks = fields.List(fields.String())


class OfferIn(Form):
    """What you offer instead."""

    hours = Many(Part(OfferedHoursIn), most=MOST_ROWS, least=1, required=True)
    text = Text(LONGEST_TEXT, blank=True, lines=True, load_default="")


class AcceptIn(Form):
    """The chance of success with the offered hours; needed when the request does not say it."""

    chance_permille = Whole(0, 1000, load_default=None, allow_none=True)


class DeclineIn(Form):
    """Why not."""

    text = Text(LONGEST_TEXT, blank=True, lines=True, load_default="")


class OfferLineOut(Schema):
    """One person and week: proposed by the plan, and offered instead."""

    specialist_id = fields.String()
    specialist = fields.String()
    week = fields.String()
    proposed_quarter_hours = fields.Integer(attribute="proposed")
    offered_quarter_hours = fields.Integer(attribute="offered")


class OfferOut(Schema):
    """A counter-offer beside what the plan proposes."""

    id = fields.String(attribute="offer_id")
    version = fields.Integer()
    state = fields.String()
    request_id = fields.String()
    title = fields.String()
    department = fields.String()
    made_by = fields.String()
    made_at = fields.AwareDateTime()
    text = fields.String()
    hours = fields.List(fields.Nested(OfferLineOut))
    proposed_quarter_hours = fields.Integer(attribute="proposed")
    offered_quarter_hours = fields.Integer(attribute="offered")
    fraction_permille = fields.Integer(attribute="fraction")
    needs_chance = fields.Boolean()
    chance_between_permille = fields.List(fields.Integer(), attribute="chance_between")
    answer = fields.String()
    answered_by = fields.String()


class OffersOut(Schema):
    """Counter-offers for your accounts."""

    rows = fields.List(fields.Nested(OfferOut))


class CommentIn(Form):
    """What you say; about a decision when you name its proposal."""

    text = Text(LONGEST_TEXT, lines=True, required=True)
    proposal_id = Text(36, load_default=None, allow_none=True)


class CommentOut(Schema):
    """What somebody said."""

    id = fields.String()
    proposal_id = fields.String()
    author = fields.Nested(PersonOut)
    text = fields.String()
    created_at = fields.AwareDateTime()


class CommentsOut(Schema):
    """What was said, oldest first."""

    rows = fields.List(fields.Nested(CommentOut))


class NoticeOut(Schema):
    """Something that you were told."""

    id = fields.String(attribute="notification_id")
    kind = fields.String()
    message = Words()
    link = fields.String()
    at = fields.AwareDateTime()
    read = fields.Boolean()


class NoticesOut(Schema):
    """What you were told, newest first."""

    rows = fields.List(fields.Nested(NoticeOut))


class UnreadOut(Schema):
    """How much you have not read."""

    unread = fields.Integer()


class DelegationIn(Form):
    """Who acts for you, from the first to the last day."""

    to_user_id = Text(36, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)


class DelegationOut(Schema):
    """Who acts for whom."""

    id = fields.String()
    version = fields.Integer()
    lender = fields.Nested(PersonOut, attribute="from_user", data_key="from")
    to = fields.Nested(PersonOut, attribute="to_user")
    first_day = fields.Date()
    last_day = fields.Date()
    revoked_at = fields.AwareDateTime()


class DelegationsOut(Schema):
    """Who acts for whom, today and later."""

    rows = fields.List(fields.Nested(DelegationOut))


class NameHeadIn(Form):
    """Which head decides instead, and why."""

    user_id = Text(36, required=True)
    reason = Text(500, lines=True, required=True)


class NamedHeadOut(Schema):
    """A head named to decide on one request for a department."""

    id = fields.String()
    request_id = fields.String()
    department_id = fields.String()
    user = fields.Nested(PersonOut)
    reason = fields.String()


class WaitingPartOut(Schema):
    """A proposal without an answer."""

    proposal_id = fields.String()
    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    department = fields.String()
    quarter_hours = fields.Integer()
    state = fields.String()
    head = fields.String()
    deputy = fields.String()
    named = fields.String()
    blocked = fields.Boolean()
    may_name = fields.Boolean()


class WaitingListOut(Schema):
    """Everything without an answer in the plan that is decided now."""

    run_id = fields.String(attribute="run.id")
    asked_at = fields.AwareDateTime()
    deadline = fields.AwareDateTime()
    parts = fields.List(fields.Nested(WaitingPartOut))


class OwnHoursOut(Schema):
    """Hours for one line in one week."""

    title = fields.String()
    account = fields.String()
    kam = fields.String()
    need = fields.String()
    activity = fields.String()
    quarter_hours = fields.Integer()
    published = fields.Boolean()


class OwnWeekOut(Schema):
    """One of your weeks."""

    week = fields.String()
    present_quarter_hours = fields.Integer(attribute="present")
    own_work_quarter_hours = fields.Integer(attribute="own_work")
    promised_quarter_hours = fields.Integer(attribute="promised")
    hours = fields.List(fields.Nested(OwnHoursOut))


class OwnWeeksOut(Schema):
    """Your next weeks."""

    rows = fields.List(fields.Nested(OwnWeekOut))
