"""People who sign in, and their keys for programs."""

from __future__ import annotations

from marshmallow import fields

from planner.records import Role
from planner.services.staff.users import LONGEST_PASSWORD
from web.schemas.base import Form, Schema
from web.schemas.fields import Choice, Flag, Many, Text, Whole
from web.schemas.requests import NOTHING


class SignInForm(Form):
    """An address and a password."""

    email = Text(254, required=True)
    password = Text(200, required=True)


class TokenIn(SignInForm):
    """Who wants a key, what for and for how long."""

    name = Text(120, load_default="API")
    days = Whole(1, 365, load_default=30)


class TokenOut(Schema):
    """A key for programs; `token` is shown this once."""

    id = fields.String()
    token = fields.String()
    name = fields.String()
    expires_at = fields.AwareDateTime()


class ProfileIn(Form):
    """What you may choose for yourself."""

    language = Text(8, required=True)


class PasswordIn(Form):
    """A new password."""

    password = Text(LONGEST_PASSWORD, required=True)


class OwnPasswordIn(Form):
    """The present password and the new one."""

    present = Text(LONGEST_PASSWORD, required=True)
    new = Text(LONGEST_PASSWORD, required=True)


class KeyOut(Schema):
    """A key that still works; its secret was shown when it was made."""

    id = fields.String()
    name = fields.String()
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()


class AccessIn(Form):
    """A person's name, roles and sales manager; without access they cannot sign in."""

    name = Text(120, required=True)
    roles = Many(Choice(Role), most=len(Role), least=1, required=True)
    active = Flag(load_default=True)
    manager_id = Text(36, **NOTHING)


class UserIn(Form):
    """Who gets access."""

    email = Text(254, required=True)
    name = Text(120, required=True)
    password = Text(LONGEST_PASSWORD, required=True)
    roles = Many(Choice(Role), most=len(Role), least=1, required=True)
    language = Text(8, load_default="en")


class UserOut(Schema):
    """A person who has access, or had."""

    id = fields.String()
    version = fields.Integer()
    email = fields.String()
    name = fields.String(attribute="display_name")
    roles = fields.Function(lambda user: sorted(user.roles))
    language = fields.String()
    active = fields.Boolean()
    manager_id = fields.String(allow_none=True)


class MeOut(Schema):
    """Who you are and what you may do."""

    id = fields.String(attribute="user_id")
    name = fields.String()
    roles = fields.List(fields.String())
    language = fields.String()
    actions = fields.List(fields.String())
