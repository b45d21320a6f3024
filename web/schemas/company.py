"""Customers, skills, departments and specialists."""

from __future__ import annotations

from marshmallow import fields

from web.language import language
from web.schemas.base import Schema
from web.schemas.outputs import AccountRef, PersonOut


class AccountOut(AccountRef):
    """A customer. Money in minor units."""

    version = fields.Integer()
    segment = fields.String()
    territory = fields.String()
    strategic_segment = fields.Boolean()
    status = fields.String()
    credit_status = fields.String()
    credit_limit_minor = fields.Integer()
    contract_end = fields.Date()
    data_as_of = fields.Date()
    channel = fields.String()
    relationship_stage = fields.String()
    need = fields.String()
    budget_minor = fields.Integer()
    wallet_minor = fields.Integer(metadata={"description": "Of our kind, in a year, from anybody."})
    threat = fields.Integer(metadata={"description": "How near a competitor is, 0 to 3."})
    threat_source = fields.String()
    threat_on = fields.Date()
    months_to_replace = fields.Integer()
    kam = fields.Nested(PersonOut)
    deputy_kam = fields.Nested(PersonOut)


class SkillOut(Schema):
    """Something a specialist can do."""

    key = fields.String()
    family = fields.String()
    label = fields.Function(lambda skill: skill.label(language()))


class DepartmentOut(Schema):
    """A unit that lends people."""

    id = fields.String()
    code = fields.String()
    name = fields.String()
    head = fields.Nested(PersonOut)
    deputy_head = fields.Nested(PersonOut)
    own_work_reserve_permille = fields.Integer(attribute="own_work_reserve")
    expedite_reserve_permille = fields.Integer(attribute="expedite_reserve")


class HeldSkillOut(Schema):
    """A skill of a person; an expired attestation counts as level 0."""

    key = fields.String()
    label = fields.String()
    level = fields.Integer()
    attested_level = fields.Integer()


class SpecialistOut(Schema):
    """A person whose hours are asked for; null money is not for you to see."""

    id = fields.String()
    code = fields.String()
    name = fields.String()
    department_id = fields.String()
    department = fields.String()
    country = fields.String()
    customer_facing = fields.Boolean()
    week_quarter_hours = fields.Integer()
    skills = fields.List(fields.Nested(HeldSkillOut))
    cost_rate_minor = fields.Integer(metadata={"description": "Per hour."})
