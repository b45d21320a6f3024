"""The form of a counter-offer, and what changed since a page was opened, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import request
from flask_babel import gettext as _

from planner.records import ProposalState
from planner.services.approving.inbox_views import InboxItem
from planner.services.approving.offers import OfferChoices, OfferedHours
from planner.verdict import Denied
from web.errors import words
from web.pages.forms import FieldError, Form, scaled
from web.rendering import hours, label, week

SPARE_ROWS: Final = 2
MOST_ROWS: Final = 40
QUARTERS: Final = 4


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One row of the form as it stands: who, when, how many hours as typed."""

    number: int
    specialist_id: str
    week: str
    hours: str


def offer_rows(form: Form, chosen: InboxItem | None, choices: OfferChoices | None) -> list[OfferRow]:
    """The rows to show: what was typed, else what the plan proposes; some empty ones to add to it."""
    if chosen is None or choices is None:
        return []
    if any(name.startswith("who-") for name in form.values):
        found = [
            OfferRow(i, form.value(f"who-{i}"), form.value(f"week-{i}"), form.value(f"hours-{i}"))
            for i in _numbers(form)
        ]
        return found or [OfferRow(0, "", "", "")]
    rows = [
        OfferRow(i, h.specialist_id, h.week, hours(h.quarter_hours, bare=True))
        for i, h in enumerate(chosen.hours[: MOST_ROWS - SPARE_ROWS])
    ]
    return rows + [OfferRow(len(rows) + i, "", "", "") for i in range(SPARE_ROWS)]


def _numbers(form: Form) -> list[int]:
    return [i for i in range(MOST_ROWS) if f"who-{i}" in form.values]


def typed_rows() -> list[OfferedHours]:
    """The rows of the form that name hours; what is no number becomes 0 and is refused with its row."""
    found = []
    for i in range(MOST_ROWS):
        amount = request.form.get(f"hours-{i}", "").strip()
        if amount:
            who, when = request.form.get(f"who-{i}", ""), request.form.get(f"week-{i}", "")
            found.append(OfferedHours(who[:36], when[:8], scaled(amount, QUARTERS) or 0))
    return found


def offer_errors(denied: Denied) -> tuple[FieldError, ...]:
    """What is wrong with an offer, each at its row; rows without hours are not counted by the planner."""
    named = [i for i in range(MOST_ROWS) if request.form.get(f"hours-{i}", "").strip()]
    fields = {"specialist_id": "who", "week": "week", "quarter_hours": "hours"}
    names = {"who": _("Who"), "week": _("Week"), "hours": _("Hours"), "": ""}
    found = []
    for problem in denied.problems:
        steps = problem.where.split("/")
        place = fields.get(steps[-1], "")
        row = int(steps[1]) if len(steps) == 3 and steps[1].isdecimal() else None
        anchor = f"{place}-{named[row]}" if place and row is not None and row < len(named) else ""
        text = words(problem.reason)
        found.append(FieldError(anchor, str(names[place if anchor else ""]), text, words(problem.remedy)))
    return tuple(found)


def differences(denied: Denied) -> list[str]:
    """What changed since the page was opened, or which weeks are too full, a line each."""
    details = denied.details
    found = [_changed(name, change) for name, change in details.get("fields", {}).items()]
    found += [
        _(
            "%(who)s, %(week)s: %(asked)s asked, %(there)s there, %(approved)s approved already",
            who=row["specialist"],
            week=week(row["week"]),
            asked=hours(row["asked_quarter_hours"]),
            there=hours(row["capacity_quarter_hours"]),
            approved=hours(row["approved_quarter_hours"]),
        )
        for row in details.get("weeks", ())
        if "asked_quarter_hours" in row
    ]
    changed = [row for row in details.get("changed", ()) if isinstance(row, dict)]
    if changed:
        found.append(_("Changed, new or gone: %(count)d of what you chose.", count=len(changed)))
    return [text for text in found if text]


def _changed(name: str, change: dict[str, Any]) -> str:
    """One column before and after; only the state means anything to people."""
    if name != "state":
        return ""
    before, after = (ProposalState(str(change[side])) for side in ("before", "after"))
    return _("It was “%(before)s” and is now “%(after)s”.", before=label(before), after=label(after))
