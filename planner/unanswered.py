"""Requests of which nobody said how they ended: when that is due, and from when silence counts as a failure.

Silence counts only after two reminders and ninety days, and only until somebody answers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner.clock import add_weeks, monday, week_of
from planner.records import Closing, OutcomeReminder, RequestStatus, ResourceRequest
from planner.supply import as_worked, promises
from planner.worth import Case

GRACE: Final = timedelta(days=14)
"""After the last week the customer may take this long to decide."""

REMINDERS: Final = 2
FAILS_AFTER: Final = timedelta(days=90)

FULL: Final = 1000
OPEN: Final = (RequestStatus.PUBLISHED, RequestStatus.RUNNING, RequestStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One request whose silence counts as a failure.

    Attributes:
        request: The request.
        due_on: The day from which its outcome was due.
        failed_on: The day from which its silence counts.
        case: What it says of the claim: the chance stated for what was really delivered, and no success.
    """

    request: ResourceRequest
    due_on: date
    failed_on: date
    case: Case


def due_on(request: ResourceRequest) -> date:
    """The day from which the outcome is due: two weeks after the last week."""
    return monday(request.latest_week or "2000-W01") + timedelta(days=7) + GRACE


def stated_chance(request: ResourceRequest, delivered: int) -> int:
    """The chance stated for `delivered` per mille of the hours, per mille.

    Between two stated points it lies on the straight line between them, beyond the last one it is the last
    one's. A request that got nothing tests the chance stated without hours.
    """
    points = sorted((point.fraction, point.probability) for point in request.curve)
    if not points:
        return 0
    for (low, before), (high, after) in pairwise(points):
        if low <= delivered <= high:
            return before + (after - before) * (delivered - low) // (high - low)
    return points[-1][1] if delivered > points[-1][0] else points[0][1]


def unanswered(session: Session, day: date) -> list[Unanswered]:
    """Requests whose silence counts as a failure on a day, the longest first."""
    reminded = {
        key: sent.date()
        for key, sent in session.execute(
            select(OutcomeReminder.request_id, func.max(OutcomeReminder.sent_at))
            .group_by(OutcomeReminder.request_id)
            .having(func.count() >= REMINDERS)
        )
    }
    rows = session.scalars(
        select(ResourceRequest)
        .where(
            ResourceRequest.id.in_(reminded),
            ResourceRequest.status.in_(OPEN),
            ResourceRequest.latest_week.is_not(None),
            ResourceRequest.id.not_in(select(Closing.request_id)),
        )
        .options(
            selectinload(ResourceRequest.curve),
            selectinload(ResourceRequest.lines),
            joinedload(ResourceRequest.account),
        )
    ).all()
    days = {row.id: max(due_on(row) + FAILS_AFTER, reminded[row.id]) for row in rows}
    late = sorted((row for row in rows if days[row.id] <= day), key=lambda row: (days[row.id], row.id))
    hours = _delivered(session, day) if late else {}
    return [Unanswered(row, due_on(row), days[row.id], _case(row, hours.get(row.id, 0))) for row in late]


def _delivered(session: Session, day: date) -> dict[str, int]:
    """Quarter-hours worked until a day by request: published ones, corrected by what was entered."""
    after = add_weeks(week_of(day), 1)
    found: defaultdict[str, int] = defaultdict(int)
    for promise in as_worked(session, [p for p in promises(session) if p.week < after], after):
        found[promise.request_id] += promise.quarter_hours
    return dict(found)


def _case(request: ResourceRequest, quarter_hours: int) -> Case:
    asked = sum(line.quarter_hours for line in request.lines)
    return Case(
        request.id, stated_chance(request, FULL * quarter_hours // asked if asked else 0), success=False
    )
