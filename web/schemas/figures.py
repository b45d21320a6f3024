"""A customer's figures of a month."""

from __future__ import annotations

from marshmallow import fields

from planner.services.customers.figure_values import COMPONENTS, HOURS, LONGEST, LONGEST_CODE
from web.schemas.base import Form, Schema
from web.schemas.fields import Text, Whole


def shown_name(column: str) -> str:
    """What the API calls a column: amounts say that they are minor units."""
    return column if column not in COMPONENTS or column in HOURS else f"{column}_minor"


class _Values(Form):
    """Minor units and quarter-hours; null is not known, never zero."""

    gross_sales_minor = Whole(required=True, metadata={"description": "Before discounts."})
    discounts_minor = Whole(required=True)
    bonuses_minor = Whole(required=True)
    returns_minor = Whole(required=True)
    cogs_minor = Whole(required=True, metadata={"description": "Cost of goods sold."})
    logistics_minor = Whole(required=True)
    support_minor = Whole(required=True)
    programme_costs_minor = Whole(required=True)
    other_cts_minor = Whole(required=True, metadata={"description": "Other cost to serve."})
    kam_quarter_hours = Whole(load_default=None, allow_none=True)
    specialist_quarter_hours = Whole(load_default=None, allow_none=True)
    receipts_minor = Whole(load_default=None, allow_none=True)
    ar_open_minor = Whole(
        load_default=None,
        allow_none=True,
        metadata={"description": "Receivables at the month's end."},
    )
    ar_overdue_minor = Whole(load_default=None, allow_none=True)
    inventory_dedicated_minor = Whole(load_default=None, allow_none=True)
    ap_related_minor = Whole(
        load_default=None,
        allow_none=True,
        metadata={"description": "Payables that belong to the customer."},
    )
    note = Text(
        LONGEST, blank=True, load_default="", metadata={"description": "Needed for sales below zero."}
    )
    reason = Text(LONGEST, blank=True, load_default="", metadata={"description": "Why it is corrected."})
    currency = Text(
        LONGEST_CODE,
        blank=True,
        load_default="",
        metadata={"description": "Of the amounts; turned at the rate of the month. Empty: the planning one."},
    )


class FiguresIn(_Values):
    """A month of which nothing is known yet."""

    month = fields.String(required=True, metadata={"example": "2026-12"})
    kind = fields.String(required=True, metadata={"enum": ["actual", "forecast"]})


class FiguresChangeIn(_Values):
    """What a month should have held. Actual figures need a reason."""


class FiguresOut(Schema):
    """One month of one customer. Minor units of the planning currency; null is not known."""

    id = fields.String()
    version = fields.Integer()
    account_id = fields.String()
    month = fields.String()
    kind = fields.String()
    gross_sales_minor = fields.Integer(attribute="gross_sales")
    discounts_minor = fields.Integer(attribute="discounts")
    bonuses_minor = fields.Integer(attribute="bonuses")
    returns_minor = fields.Integer(attribute="returns")
    cogs_minor = fields.Integer(attribute="cogs")
    logistics_minor = fields.Integer(attribute="logistics")
    support_minor = fields.Integer(attribute="support")
    programme_costs_minor = fields.Integer(attribute="programme_costs")
    other_cts_minor = fields.Integer(attribute="other_cts")
    kam_quarter_hours = fields.Integer(allow_none=True)
    specialist_quarter_hours = fields.Integer(allow_none=True)
    receipts_minor = fields.Integer(attribute="receipts", allow_none=True)
    ar_open_minor = fields.Integer(attribute="ar_open", allow_none=True)
    ar_overdue_minor = fields.Integer(attribute="ar_overdue", allow_none=True)
    inventory_dedicated_minor = fields.Integer(attribute="inventory_dedicated", allow_none=True)
    ap_related_minor = fields.Integer(attribute="ap_related", allow_none=True)
    note = fields.String()
    as_of = fields.Date(allow_none=True)


class CostRateIn(Form):
    """Rates from a month on; minor units per hour, interest yearly in per mille."""

    valid_from = fields.String(required=True, metadata={"example": "2027-01"})
    kam_hour_minor = Whole(required=True)
    specialist_hour_minor = Whole(required=True)
    interest_permille = Whole(required=True)


class CostRateOut(Schema):
    """Rates that hold from a month on until the next ones begin."""

    id = fields.String()
    version = fields.Integer()
    valid_from = fields.String()
    kam_hour_minor = fields.Integer()
    specialist_hour_minor = fields.Integer()
    interest_permille = fields.Integer(attribute="interest")


class CorrectionOut(Schema):
    """Why a month's actual figures were corrected, and which components from what to what."""

    reason = fields.String(attribute="note")
    corrected_by = fields.Function(lambda row: row.corrected_by.display_name)
    corrected_at = fields.DateTime()
    was_empty = fields.Function(lambda row: row.before is None)
    changes = fields.Function(
        lambda row: [
            {"field": shown_name(name), "before": old, "after": row.after.get(name)}
            for name, old in (row.before or {}).items()
        ]
    )
