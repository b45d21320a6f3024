"""People who sign in, and their keys for programs."""

from __future__ import annotations

from marshmallow import fields

from web.schemas.base import Form, Schema
from web.schemas.fields import Text, Whole


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


class MeOut(Schema):
    """Who you are and what you may do."""

    id = fields.String(attribute="user_id")
    name = fields.String()
    roles = fields.List(fields.String())
    language = fields.String()
    actions = fields.List(fields.String())
