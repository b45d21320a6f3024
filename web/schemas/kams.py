"""Key account managers: whose records, how much rests on each, what was refused."""

from __future__ import annotations

from marshmallow import fields

from web.schemas.base import Schema
from web.schemas.outputs import AccountRef, PersonOut
from web.schemas.worth import FigureOut


class LoadOut(Schema):
    """What rests on one key account manager."""

    kam = fields.Nested(PersonOut)
    accounts = fields.Function(lambda load: len(load.accounts))
    key_accounts = fields.Function(
        lambda load: AccountRef(many=True).dump([judged.account for judged in load.key])
    )
    without_deputy = fields.Function(
        lambda load: AccountRef(many=True).dump([judged.account for judged in load.without_deputy])
    )
    too_many = fields.Boolean(metadata={"description": "More than three key customers of the company."})
    exposure = fields.Function(lambda load: FigureOut().dump(load.exposure.working()))


class TimesOut(Schema):
    """Something that refusals have in common, and how often."""

    name = fields.Function(lambda pair: pair[0])
    times = fields.Function(lambda pair: pair[1])


class RefusedOut(Schema):
    """A request that has nothing now, and the plan that said so."""

    request_id = fields.String(attribute="request.id")
    title = fields.String(attribute="request.title")
    account = fields.String(attribute="request.account.name")
    run_id = fields.String(attribute="run.id")
    reason = fields.String()


class ExpectationOut(Schema):
    """What plans refused of one person's requests, and what the refusals have in common."""

    kam = fields.Nested(PersonOut)
    answered = fields.Integer(metadata={"description": "Requests that plans answered at all."})
    repeated = fields.Boolean()
    refusals = fields.List(fields.Nested(RefusedOut))
    reasons = fields.List(fields.Nested(TimesOut))
    skills = fields.List(fields.Nested(TimesOut))
    accounts = fields.List(fields.Nested(TimesOut))
