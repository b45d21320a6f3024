"""Cycles and runs."""

from __future__ import annotations

import enum

from marshmallow import fields

from planner.records import CycleKind
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Instant, Text, Week, Whole
from web.schemas.outputs import PersonOut, Words


class CycleIn(Form):
    """A new cycle; its three times follow each other."""

    name = Text(120, required=True)
    kind = Choice(CycleKind, load_default=CycleKind.WEEKLY)
    first_week = Week(required=True)
    horizon_weeks = Whole(1, 53, load_default=26)
    frozen_weeks = Whole(0, 53, load_default=2)
    slushy_weeks = Whole(0, 53, load_default=4)
    request_cutoff = Instant(required=True)
    decision_deadline = Instant(required=True)
    publish_at = Instant(required=True)


class CycleOut(Schema):
    """A round of planning."""

    id = fields.String()
    version = fields.Integer()
    name = fields.String()
    kind = fields.String()
    status = fields.String()
    first_week = fields.String()
    horizon_weeks = fields.Integer()
    frozen_weeks = fields.Integer()
    slushy_weeks = fields.Integer()
    request_cutoff = fields.AwareDateTime()
    decision_deadline = fields.AwareDateTime()
    publish_at = fields.AwareDateTime()


class RunIn(Form):
    """How long to search, and how many published person-weeks the plan may take back."""

    wall_limit_s = Whole(1, 3600, code="E_LIMIT", load_default=None, allow_none=True)
    most_moves = Whole(0, 10_000, code="E_LIMIT", load_default=None, allow_none=True)


class RunRowOut(Schema):
    """A run in a list. Money in minor units; null is unknown."""

    id = fields.String()
    version = fields.Integer()
    cycle_id = fields.String()
    number = fields.Integer()
    purpose = fields.String()
    state = fields.String()
    plan_status = fields.String()
    stopped = fields.String(metadata={"description": "Why the search ended."})
    stop_requested = fields.Boolean()
    value_minor = fields.Integer()
    bound_minor = fields.Integer()
    churn_minor = fields.Integer()
    reproducible = fields.Boolean()
    created_by = fields.Nested(PersonOut)
    created_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime()


class ProgressOut(Schema):
    """What a running search last told."""

    seconds = fields.Float()
    stage = fields.Integer()
    value_minor = fields.Integer(attribute="value")
    bound_minor = fields.Integer(attribute="bound")
    doing = fields.String()


class FailureOut(Schema):
    """Why a run failed."""

    code = fields.String()
    reason = Words()
    remedy = Words()


class WaitingOut(Schema):
    """Whose answer is missing."""

    department = fields.String()
    head = fields.String()
    deputy = fields.String()
    proposals = fields.Integer()


class ReleasedOut(Schema):
    """A request whose earlier approval or promise no longer fits."""

    request = fields.String()
    kind = fields.String()


class CauseOut(Schema):
    """One of the earlier decisions that contradict each other."""

    source = fields.String()
    id = fields.String(attribute="key", metadata={"description": "Of its record; empty for published hours."})
    version = fields.Integer()
    request_id = fields.String()
    title = fields.String()
    who = fields.List(fields.String(), metadata={"description": "Whom to ask."})
    released = fields.Boolean(metadata={"description": "Taken back since."})


class RunOut(Schema):
    """A run as it stands: under way with its progress, or ended with its counts."""

    run = fields.Nested(RunRowOut)
    state = fields.String()
    failure = fields.Nested(FailureOut)
    progress = fields.Nested(ProgressOut)
    value_minor = fields.Integer(attribute="value")
    bound_minor = fields.Integer(attribute="bound")
    gap = fields.Float(metadata={"description": "Share of the value by which it may fall short."})
    gap_words = Words()
    granted = fields.Integer()
    partly = fields.Integer()
    refused = fields.Integer()
    left_out = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    released = fields.List(fields.Nested(ReleasedOut))
    broken_obligations = fields.List(fields.String())
    moves = fields.Integer(metadata={"description": "Published person-weeks that the plan takes back."})
    most_moves = fields.Integer(metadata={"description": "How many it was allowed to; null is no limit."})
    waits_for = fields.List(fields.Nested(WaitingOut))
    newest = fields.Boolean()
    causes = fields.List(fields.Nested(CauseOut))


class PurposeOut(Schema):
    """What a run gives to one purpose."""

    purpose = fields.String()
    asked = fields.Integer(metadata={"description": "Requests of this purpose."})
    granted = fields.Integer(metadata={"description": "Those that get hours, all or some."})
    value_minor = fields.Integer()


class PurposesOut(Schema):
    """A run by purpose."""

    rows = fields.List(fields.Nested(PurposeOut))


class LineageOut(Schema):
    """What preceded a run in its cycle: nobody solves again unseen until a friend wins."""

    official = fields.Integer()
    what_ifs = fields.Integer()
    definitions = fields.Integer()
    promoted = fields.Boolean(metadata={"description": "It rests on a promoted scenario."})


class ChangesOut(Schema):
    """What a plan does not know yet; all empty while it still rests on what is true."""

    requests = fields.List(fields.String(), dump_default=())
    people = fields.List(fields.String(), dump_default=())
    decisions = fields.List(fields.String(), dump_default=())
    rest = fields.List(fields.String(), dump_default=())


class ResultOut(Schema):
    """What a run gives to one request; level -1 is nothing."""

    request_id = fields.String(attribute="outcome.request_id")
    title = fields.String(attribute="outcome.request.title")
    account = fields.String(attribute="outcome.request.account.name")
    given = fields.String()
    level = fields.Integer(attribute="outcome.level")
    fraction_permille = fields.Integer(attribute="outcome.fraction")
    value_minor = fields.Integer(attribute="outcome.value_minor")
    outside_minor = fields.Integer(
        attribute="outcome.outside_minor", metadata={"description": "Paid to others who do some of it."}
    )
    reason = fields.String(attribute="outcome.reason")
    parts = fields.Integer(metadata={"description": "Parts that heads are asked for."})
    decided = fields.Integer()
    rejected = fields.Integer()


class RequestChangeOut(Schema):
    """A request with other hours than published."""

    request_id = fields.String()
    title = fields.String()
    account = fields.String()
    kind = fields.String()
    outcome = fields.String()
    before_quarter_hours = fields.Integer(attribute="before")
    after_quarter_hours = fields.Integer(attribute="after")


class PersonChangeOut(Schema):
    """A person with other hours for a request in a week than published."""

    specialist_id = fields.String()
    specialist = fields.String()
    week = fields.String()
    request_id = fields.String()
    title = fields.String()
    before_quarter_hours = fields.Integer(attribute="before")
    after_quarter_hours = fields.Integer(attribute="after")


class Against(enum.StrEnum):
    """What a run is held against."""

    PUBLISHED = "published"
    PREVIOUS = "previous"


class ComparisonQuery(Form):
    """What the run is held against: what is published, or the cycle's plan before it."""

    against = Choice(Against, load_default=Against.PUBLISHED)


class ComparisonOut(Schema):
    """A run against what is published; null `published_number` means that nothing is."""

    run_id = fields.String(attribute="run.id")
    previous_run_id = fields.String(attribute="previous.id")
    published_number = fields.Integer()
    requests = fields.List(fields.Nested(RequestChangeOut))
    people = fields.List(fields.Nested(PersonChangeOut))
    same = fields.Integer(metadata={"description": "Requests that keep exactly their hours."})
    churn_minor = fields.Integer()


class BookingOut(Schema):
    """Hours for one request; null where the request is not for you to see."""

    request_id = fields.String()
    title = fields.String()
    quarter_hours = fields.Integer()
    state = fields.String()


class LoadCellOut(Schema):
    """One person in one week; null capacity is not for you to see."""

    week = fields.String()
    booked_quarter_hours = fields.Integer(attribute="booked")
    capacity_quarter_hours = fields.Integer(attribute="capacity")
    free_quarter_hours = fields.Integer(attribute="free")
    bookings = fields.List(fields.Nested(BookingOut))


class LoadRowOut(Schema):
    """One person over the weeks."""

    specialist_id = fields.String()
    code = fields.String()
    name = fields.String()
    department = fields.String()
    cells = fields.List(fields.Nested(LoadCellOut))


class LoadsOut(Schema):
    """Who is booked when, in a run or as published."""

    run_id = fields.String(attribute="run.id")
    weeks = fields.List(fields.String())
    rows = fields.List(fields.Nested(LoadRowOut))
