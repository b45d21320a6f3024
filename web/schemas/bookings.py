"""Soft bookings: hours held for a customer until a day."""

from __future__ import annotations

from marshmallow import fields

from planner.services.approving.soft_bookings import MOST_HOURS
from web.schemas.base import Form, Schema
from web.schemas.fields import Day, Text, Week, Whole
from web.schemas.outputs import AccountRef, PersonOut


class BookingIn(Form):
    """Hours of a person in every week of a span; the booking expires by itself."""

    account_id = Text(36, required=True)
    request_id = Text(36, load_default=None, allow_none=True)
    specialist_code = Text(40, required=True)
    first_week = Week(required=True)
    last_week = Week(required=True)
    quarter_hours = Whole(1, MOST_HOURS, code="E_HOURS_RANGE", required=True)
    purpose = Text(300, required=True)
    expires_on = Day(required=True)


class BookingEndIn(Form):
    """Why the hours are freed, if anybody wants to say."""

    reason = Text(300, blank=True, load_default="")


class SoftBookingOut(Schema):
    """A soft booking. State: asked, held, expired or ended; only held ones take hours from plans."""

    id = fields.String(attribute="booking.id")
    version = fields.Integer(attribute="booking.version")
    state = fields.String()
    account = fields.Nested(AccountRef, attribute="booking.account")
    request_id = fields.String(attribute="booking.request_id")
    specialist_code = fields.String(attribute="booking.specialist.code")
    specialist = fields.String(attribute="booking.specialist.display_name")
    first_week = fields.String(attribute="booking.first_week")
    last_week = fields.String(attribute="booking.last_week")
    quarter_hours = fields.Integer(attribute="booking.quarter_hours", metadata={"description": "Each week."})
    purpose = fields.String(attribute="booking.purpose")
    expires_on = fields.Date(attribute="booking.expires_on")
    asked_by = fields.Nested(PersonOut, attribute="booking.asked_by")
    granted_by = fields.Nested(PersonOut, attribute="booking.granted_by")
    ended_by = fields.Nested(PersonOut, attribute="booking.ended_by")
    end_reason = fields.String(attribute="booking.end_reason")
    may_grant = fields.Boolean()
    may_end = fields.Boolean()
