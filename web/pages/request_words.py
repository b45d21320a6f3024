"""A request in words: where it stands, who acts next, what a field holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from planner.records import Outcome, Purpose, RequestStatus, RequestType, ResourceRequest, Stage, ValueSource
from planner.services.filing.requests import RequestValues
from web.pages.request_form import NAMES
from web.rendering import UNKNOWN, day, hours, label, money, permille, week

STEPS: Final = (
    RequestStatus.DRAFT,
    RequestStatus.SUBMITTED,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
    RequestStatus.PUBLISHED,
)
ENDED: Final = frozenset({RequestStatus.WITHDRAWN, RequestStatus.EXPIRED})
IN_PLAN: Final = frozenset({RequestStatus.PLANNED, RequestStatus.DECIDED})
AFTER: Final = frozenset({RequestStatus.RUNNING, RequestStatus.CLOSED})

MORE_NAMES: Final[Mapping[str, Any]] = {
    "status": _l("State"),
    "outcome": _l("Result"),
    "avoidable_cost_minor": _l("Extra cost"),
    "money_budget_minor": _l("Most that may be paid outside"),
    "return_reason": _l("Why it was returned"),
    "obligation_confirmed_by_id": _l("Confirmed"),
}
"""Stored fields that the form does not have."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request's way; `look` is done, now, ended or ahead."""

    name: str
    look: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after."""

    name: str
    before: str
    after: str


def steps(request: ResourceRequest) -> list[Step]:
    """The way of a request from draft to published, with its place marked."""
    if request.status in ENDED:
        return [Step(label(RequestStatus.DRAFT), "done"), Step(label(request.status), "ended")]
    at = RequestStatus.DRAFT if request.status is RequestStatus.RETURNED else request.status
    place = len(STEPS) if at in AFTER else STEPS.index(at)
    found = []
    for i, step in enumerate(STEPS):
        look = "done" if i < place else "now" if i == place else "ahead"
        name = label(request.status) if look == "now" else label(step)
        found.append(Step(name, look))
    return found


def who_acts(request: ResourceRequest) -> str:
    """Whose turn it is."""
    if request.outcome is Outcome.REFUSED and request.status in IN_PLAN:
        return _("%(name)s may change it; the next plan looks again", name=request.kam.display_name)
    texts = {
        RequestStatus.DRAFT: _("%(name)s completes and submits it", name=request.kam.display_name),
        RequestStatus.RETURNED: _("%(name)s corrects and submits it", name=request.kam.display_name),
        RequestStatus.SUBMITTED: _("Planning takes it into the next plan"),
        RequestStatus.PLANNED: _("The heads of department decide"),
        RequestStatus.DECIDED: _("Leadership publishes the plan"),
        RequestStatus.PUBLISHED: _("The people start as planned"),
        RequestStatus.RUNNING: _("The work is going on"),
    }
    return texts.get(request.status, _("Nobody: it has ended"))


def differences(
    stored: RequestValues, typed: RequestValues, accounts: Mapping[str, str]
) -> list[FieldChange]:
    """The fields in which two versions of a request differ: before is stored, after is typed."""
    first, second = asdict(stored), asdict(typed)
    return [
        FieldChange(
            field_name(name), describe(name, first[name], accounts), describe(name, second[name], accounts)
        )
        for name in first
        if describe(name, first[name], accounts) != describe(name, second[name], accounts)
    ]


def field_name(name: str) -> str:
    """What people call a stored field."""
    return str(NAMES.get(name) or MORE_NAMES.get(name) or name)


def describe(name: str, value: Any, accounts: Mapping[str, str]) -> str:  # noqa: PLR0911 - one answer for each kind of field
    """A stored value for people."""
    if value is None or value in ("", [], ()):
        return UNKNOWN
    if name == "account_id":
        return accounts.get(str(value), UNKNOWN)
    if name in {"earliest_week", "latest_week"}:
        return week(str(value))
    if name in {"deadline", "offer_valid_until"}:
        return day(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))
    if name in {"avoidable_cost_minor", "money_budget_minor"}:
        return money(int(value))
    if name in _PARTS:
        return "; ".join(_PARTS[name](part) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _CHOICES:
        return label(_CHOICES[name](value))
    if name == "obligation_confirmed_by_id":
        return _("yes")
    return str(value)


_CHOICES: Final[Mapping[str, Any]] = {
    "purpose": Purpose,
    "type": RequestType,
    "status": RequestStatus,
    "value_source": ValueSource,
    "stage": Stage,
}


def _benefit(part: Sequence[int]) -> str:
    when = ngettext("in %(num)d month", "in %(num)d months", part[0])
    return f"{money(part[1])} {when}"


def _line(part: Mapping[str, Any]) -> str:
    if part.get("outside_cost_minor") is not None:
        return _(
            "%(skill)s, level %(level)d: %(hours)s, outside for %(cost)s",
            skill=part["skill_key"],
            level=part["min_level"],
            hours=hours(part["quarter_hours"]),
            cost=money(part["outside_cost_minor"]),
        )
    return _(
        "%(skill)s, level %(level)d: %(hours)s",
        skill=part["skill_key"],
        level=part["min_level"],
        hours=hours(part["quarter_hours"]),
    )


_PARTS: Final[Mapping[str, Any]] = {
    "lines": _line,
    "benefits": _benefit,
    "curve": lambda part: f"{permille(part[0])}: {permille(part[1])}",
    "evidence": lambda part: part[1] or part[2],
}


def levels() -> list[tuple[str, str]]:
    """The levels of a skill with what each means."""
    meanings = (
        _("1: knows the basics"),
        _("2: works with guidance"),
        _("3: works alone"),
        _("4: solves hard cases"),
        _("5: sets the standard"),
    )
    return [(str(i), text) for i, text in enumerate(meanings, 1)]
