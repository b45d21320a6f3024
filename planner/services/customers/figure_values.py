"""What finance types into a customer's month, and whether it is well formed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from planner import checks
from planner.verdict import Problem

MINOR: Final = "_minor"
TEXTS: Final = ("note", "reason", "currency")
COSTS: Final = (
    *("discounts_minor", "bonuses_minor", "returns_minor", "cogs_minor", "logistics_minor"),
    *("support_minor", "programme_costs_minor", "other_cts_minor"),
)
BALANCES: Final = (
    *("receipts_minor", "ar_open_minor", "ar_overdue_minor", "inventory_dedicated_minor"),
    "ap_related_minor",
)
HOURS: Final = ("kam_quarter_hours", "specialist_quarter_hours")
MOST_QUARTER_HOURS: Final = 40_000
LONGEST: Final = 500
LONGEST_CODE: Final = 3


@dataclass(frozen=True, slots=True)
class FiguresValues:
    """One month as typed: minor units of the planning currency, effort in quarter-hours.

    What was sold and what it cost must be given, 0 for nothing; None elsewhere is not known, never zero.
    `reason` says why a month is corrected. Amounts of another `currency` become the planning currency
    at the rate of their month, before anything is stored.
    """

    gross_sales_minor: int | None
    discounts_minor: int | None
    bonuses_minor: int | None
    returns_minor: int | None
    cogs_minor: int | None
    logistics_minor: int | None
    support_minor: int | None
    programme_costs_minor: int | None
    other_cts_minor: int | None
    kam_quarter_hours: int | None = None
    specialist_quarter_hours: int | None = None
    receipts_minor: int | None = None
    ar_open_minor: int | None = None
    ar_overdue_minor: int | None = None
    inventory_dedicated_minor: int | None = None
    ap_related_minor: int | None = None
    note: str = ""
    reason: str = ""
    currency: str = ""


COMPONENTS: Final = tuple(
    field.name.removesuffix(MINOR) for field in fields(FiguresValues) if field.name not in TEXTS
)
"""The columns of a month, in the order of its form."""


def columns_of(values: FiguresValues) -> dict[str, Any]:
    """The values as the columns of a month."""
    left_out = ("reason", "currency")
    typed = {
        name.removesuffix(MINOR): value for name, value in asdict(values).items() if name not in left_out
    }
    return {**typed, "note": checks.tidy(values.note)}


def problems_in(values: FiguresValues) -> list[Problem]:
    """Everything that is not well formed."""
    found = [
        checks.missing(name, "This is missing.", "Fill it in; 0 if there was none.")
        for name in ("gross_sales_minor", *COSTS)
        if getattr(values, name) is None
    ]
    for name in ("gross_sales_minor", *COSTS, *BALANCES):
        value = getattr(values, name)
        if value is not None:
            found += checks.money(name, value, negative=name == "gross_sales_minor")
    for name in HOURS:
        value = getattr(values, name)
        if value is not None:
            found += checks.whole(name, value, 0, MOST_QUARTER_HOURS)
    found += checks.text("note", values.note, LONGEST)
    found += checks.text("currency", values.currency, LONGEST_CODE)
    if not found and (values.gross_sales_minor or 0) < 0 and not values.note.strip():
        found.append(checks.problem("note", "E_NEGATIVE", "Sales are below zero.", "Say why in the note."))
    known = values.ar_open_minor is not None and values.ar_overdue_minor is not None
    if known and (values.ar_overdue_minor or 0) > (values.ar_open_minor or 0):
        reason, remedy = "More is overdue than open.", "Correct one of the two."
        found.append(checks.problem("ar_overdue_minor", "E_OVERDUE", reason, remedy))
    return found
