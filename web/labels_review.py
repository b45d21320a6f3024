"""Words of the board's review: the seven aspects, what is measured beside them, figures, groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from planner.services.reviewing.surveys import KAMS, LEADERS

REVIEW_LABELS: Final[Mapping[str, Mapping[str, Any]]] = {
    "Element": {
        "strategy": _l("Strategy"),
        "structure": _l("Structure"),
        "systems": _l("Systems"),
        "shared_values": _l("Shared values"),
        "style": _l("Style"),
        "staff": _l("Staff"),
        "skills": _l("Skills"),
    },
    "ElementQuestion": {
        "strategy": _l("We put our hours where the company's strategy says they matter."),
        "structure": _l("It is clear who decides on whose hours, and decisions come in time."),
        "systems": _l("Requests, plans and outcomes are recorded so that one can rely on them."),
        "shared_values": _l(
            "Departments help each other's customers even when their own figures gain nothing."
        ),
        "style": _l("Leaders decide by the facts, and exceptions are rare and explained."),
        "staff": _l("People have the time for what is asked of them."),
        "skills": _l("We have the skills that our customers' requests need."),
    },
    "Kpi": {
        "published_value": _l("Published value"),
        "granted": _l("Requests granted"),
        "asked": _l("Requests planned"),
        "hours_lent": _l("Hours lent"),
        "utilisation": _l("Of the hours there were"),
        "lost_by_rejections": _l("Lost by heads' refusals, at most"),
        "overrides": _l("Overrides in the plan"),
        "undecided": _l("Granted without an answer"),
    },
    "Measure": {
        "top_hours": _l("Hours on key accounts"),
        "days_to_decision": _l("Median time from request to answer"),
        "outcomes_recorded": _l("Ended requests with an outcome recorded"),
        "hours_released": _l("Hours released above the reserves"),
        "kept_promises": _l("Hours worked as published two weeks ahead"),
        "overrides": _l("Overrides per 100 requests"),
        "escalations": _l("Escalations per 100 requests"),
        "utilisation": _l("Hours lent of those there were"),
        "overload_weeks": _l("Person-weeks with too much work"),
        "demand_with_skill": _l("Hours asked for which somebody has the skill"),
    },
    "OverrideKind": {
        "grant": _l("Grant"),
        "refuse": _l("Refuse"),
        "forbid": _l("Keep apart"),
        "pin": _l("Put on the team"),
        "capacity": _l("Other capacity"),
    },
    "OverrideState": {
        "waiting": _l("Waits for a second signature"),
        "active": _l("In force"),
        "declined": _l("Declined"),
        "withdrawn": _l("Taken back"),
    },
    "Result": {
        "won": _l("Won"),
        "lost": _l("Lost"),
        "retained": _l("Kept"),
        "lost_customer": _l("Customer lost"),
        "resolved": _l("Solved"),
        "cancelled": _l("Cancelled"),
    },
    "Change": {"new": _l("New"), "withdrawn": _l("Withdrawn"), "changed": _l("Changed hours")},
    "PlanState": {
        "draft": _l("Draft"),
        "submitted": _l("Submitted"),
        "board_reviewed": _l("Seen by the board"),
        "superseded": _l("Replaced"),
    },
    "Method": {
        "exact": _l("Every combination of departments was solved and proven."),
        "interval": _l("Every combination was solved; not all were proven, so limits are shown."),
        "sampled": _l("Combinations were sampled; the standard error is shown."),
        "partial": _l(
            "The time was up before every combination was solved, so this is what was found by then."
        ),
    },
}
"""Names by kind and code."""


REVIEW_EVENTS: Final[Mapping[str, Any]] = {
    "review.sent": _l("Review sent to the board"),
    "resolution.recorded": _l("Resolution recorded"),
    "resolution.done": _l("Resolution done"),
    "survey.opened": _l("Survey opened"),
    "survey.answered": _l("Survey answered"),
    "survey.closed": _l("Survey closed"),
    "contribution.asked": _l("Contribution of departments asked for"),
    "scarcity.asked": _l("Worth of skills' hours asked for"),
}
"""Names of events of the log."""


def review_label(kind: str, code: str | None) -> str:
    """The name of a code; the code itself when there is none."""
    return "" if code is None else str(REVIEW_LABELS[kind].get(code, code))


def group_label(key: str) -> str:
    """What people call a group of the survey: departments by their own name."""
    names = {KAMS: _("Key account managers"), LEADERS: _("Leadership"), "": _("Small groups together")}
    return names.get(key, key)
