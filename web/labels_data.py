"""Names of what files hold, and of what became of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

DATA_LABELS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ImportKind": {
        "accounts": _l("Customers"),
        "figures": _l("Monthly figures"),
        "rates": _l("Exchange rates"),
        "departments": _l("Departments"),
        "holidays": _l("Public holidays"),
        "skills": _l("Skills"),
        "specialists": _l("Specialists"),
        "attestations": _l("Who can do what"),
        "leave": _l("Leave"),
        "requests": _l("My requests"),
    },
    "ImportState": {
        "checking": _l("Being checked"),
        "ready": _l("Ready to store"),
        "faulty": _l("Has errors"),
        "stored": _l("Stored"),
        "discarded": _l("Thrown away"),
    },
    "Result": {
        "won": _l("Won"),
        "lost": _l("Lost"),
        "retained": _l("Customer kept"),
        "lost_customer": _l("Customer lost"),
        "resolved": _l("Solved"),
        "cancelled": _l("Cancelled"),
    },
    "ClosingState": {
        "recorded": _l("Waits for confirmation"),
        "returned": _l("Returned"),
        "confirmed": _l("Confirmed"),
        "superseded": _l("Replaced by a correction"),
    },
    "PlanState": {
        "draft": _l("Draft"),
        "submitted": _l("Submitted"),
        "board_reviewed": _l("Seen by the board"),
        "superseded": _l("Replaced by a newer plan"),
    },
    "TargetKind": {
        "sales": _l("Sales"),
        "contribution": _l("Contribution"),
        "retention": _l("Chance to keep the customer"),
    },
    "ContactFunction": {
        "purchasing": _l("Purchasing"),
        "technical": _l("Technology"),
        "finance": _l("Finance"),
        "hr": _l("Personnel"),
        "management": _l("Management"),
    },
    "ContactRole": {
        "decider": _l("Decides"),
        "signatory": _l("Signs"),
        "influencer": _l("Has influence"),
        "user": _l("Uses it"),
        "gatekeeper": _l("Opens or closes doors"),
    },
    "FiguresKind": {"actual": _l("Actual"), "forecast": _l("Forecast")},
}

DATA_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "checking": ("mark-work", "clock"),
    "ready": ("mark-good", "check"),
    "faulty": ("mark-bad", "alert"),
    "stored": ("mark-good", "lock"),
    "discarded": ("", "trash"),
    "recorded": ("mark-part", "clock"),
    "confirmed": ("mark-good", "check"),
    "board_reviewed": ("mark-good", "board"),
    "won": ("mark-good", "check"),
    "retained": ("mark-good", "check"),
    "resolved": ("mark-good", "check"),
    "lost": ("mark-bad", "cross"),
    "lost_customer": ("mark-bad", "cross"),
}

DATA_EVENTS: Final[Mapping[str, Any]] = {
    "data.imported": _l("File imported"),
    "month.closed": _l("Month closed"),
    "figures.changed": _l("Figures changed"),
    "account.changed": _l("Facts of a customer changed"),
    "usual_chances.stated": _l("Other usual chances stated"),
    "usual_chances.confirmed": _l("Usual chances confirmed"),
    "usual_chances.ended": _l("Usual chances taken back or turned down"),
    "cost_rates.changed": _l("Cost rates changed"),
    "contact.changed": _l("Contact changed"),
    "contact.erased": _l("Contact erased"),
    "score.rated": _l("Customer rated"),
    "score.confirmed": _l("Rating confirmed"),
    "account_plan.drafted": _l("Account plan drafted"),
    "account_plan.submitted": _l("Account plan submitted"),
    "account_plan.reviewed": _l("Account plan seen by the board"),
    "outcome.recorded": _l("Outcome recorded"),
    "outcome.confirmed": _l("Outcome confirmed"),
    "outcome.returned": _l("Outcome returned"),
    "outcome.reminded": _l("Reminders of outcomes sent"),
    "work.logged": _l("Worked hours entered"),
    "request.closed": _l("Request closed"),
}
