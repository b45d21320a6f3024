"""How long a request makes sense: of the weeks asked for, a deadline and an offer that lapses, the strictest.

There is one end and one mechanism for it, the window; each date only says why the window ends where it does.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from planner.clock import week_of, weeks_between
from planner.records import ResourceRequest
from planner.worth import UrgencyKind

if TYPE_CHECKING:
    from planner.solving.parameters import Parameters

FADES = frozenset({UrgencyKind.LINEAR, UrgencyKind.HALF_LIFE})
"""Ways of losing worth little by little; then even late work is worth something, offer or not."""


class EndKind(enum.StrEnum):
    """What ends a request."""

    WEEKS = "weeks"
    DEADLINE = "deadline"
    OFFER = "offer"
    WORTH = "worth"


@dataclass(frozen=True, slots=True)
class End:
    """The last week in which work makes sense, why, and the day behind it where a day was stated."""

    week: str
    kind: EndKind
    day: date | None = None


def fading_kind(request: ResourceRequest) -> UrgencyKind:
    """How the request's worth fades; without a week and a source it does not."""
    sourced = bool(request.deadline_source.strip() and request.urgency_week)
    return request.urgency if sourced else UrgencyKind.NONE


def ends_of(request: ResourceRequest) -> list[End]:
    """Everything that ends the request, the strictest first; of equals the deadline, then the offer.

    An offer's validity is no end where the worth is said to fade: what comes later is then worth less, and
    how much less is said by the fading alone.
    """
    found = []
    if request.deadline:
        found.append(End(week_of(request.deadline), EndKind.DEADLINE, request.deadline))
    if request.offer_valid_until and fading_kind(request) not in FADES:
        found.append(End(week_of(request.offer_valid_until), EndKind.OFFER, request.offer_valid_until))
    if request.latest_week:
        found.append(End(request.latest_week, EndKind.WEEKS))
    # Of two days in one week the earlier one is told.
    return sorted(found, key=lambda end: (end.week, end.day is None, end.day or date.max))


def end_of(request: ResourceRequest) -> End | None:
    """What a reader is told to be the end: the strictest, a worth that ends at once among them."""
    found = ends_of(request)
    if fading_kind(request) is UrgencyKind.DEADLINE and request.urgency_week:
        found.append(End(request.urgency_week, EndKind.WORTH))
    return min(found, key=lambda end: end.week, default=None)


def window(request: ResourceRequest, parameters: Parameters) -> tuple[int, int] | str:
    """First and last week index, or why there is none: "past", "later", "deadline" or "offer"."""
    first, last = 0, parameters.weeks - 1
    if request.earliest_week:
        first = max(first, weeks_between(parameters.first_week, request.earliest_week))
    if first >= parameters.weeks:
        return "later"
    end = next(iter(ends_of(request)), None)
    if end is not None:
        last = min(last, weeks_between(parameters.first_week, end.week))
    if last < 0:
        return "offer" if end is not None and end.kind is EndKind.OFFER else "past"
    if first <= last:
        return first, last
    return "offer" if end is not None and end.kind is EndKind.OFFER else "deadline"
