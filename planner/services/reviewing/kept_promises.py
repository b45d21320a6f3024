"""Whether departments worked what was published: hours promised two weeks ahead, and what became of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import add_weeks, monday, today, week_of
from planner.records import (
    Closing,
    Department,
    Publication,
    PublishedHours,
    RequestOutcome,
    Specialist,
    WorkLog,
)

AHEAD: Final = timedelta(weeks=2)
"""A promise counts when it was published this long before its week."""

WEEKS_BACK: Final = 52


@dataclass(frozen=True, slots=True)
class Kept:
    """Quarter-hours of weeks that are over: published two weeks ahead, and of those worked as published."""

    due: int = 0
    kept: int = 0

    @property
    def rate(self) -> int | None:
        """Per mille; unknown while nothing was due."""
        return round(1000 * self.kept / self.due) if self.due else None


def kept_promises(session: Session) -> dict[str, Kept]:
    """What became of the promises of the last year, by department code.

    A week counts as it was published last until somebody enters what was worked. Hours of another person or
    week keep no promise. Weeks after the end of a request were not owed any more.
    """
    spoken, hours = _published(session)
    worked = {
        (log.line_id, log.specialist_id, log.week): log.worked_quarter_hours
        for log in session.scalars(select(WorkLog))
    }
    ended: Mapping[str, date] = dict(session.execute(select(Closing.request_id, Closing.ended_on)).all())
    home = _departments(session)
    due: defaultdict[str, int] = defaultdict(int)
    kept: defaultdict[str, int] = defaultdict(int)
    for request, cell in {(request, cell) for _, request, cell in hours}:
        begins = monday(cell[2])
        if request in ended and ended[request] < begins:
            continue
        owed = hours.get((_speaking(spoken[request], begins - AHEAD), request, cell), 0)
        last = hours.get((_speaking(spoken[request], begins + timedelta(days=6)), request, cell), 0)
        due[home[cell[1]]] += owed
        kept[home[cell[1]]] += min(owed, worked.get(cell, last))
    return {code: Kept(due[code], kept[code]) for code in due if due[code]}


Cell = tuple[str, str, str]
"""Line id, specialist id and ISO week."""

Spoken = list[tuple[date, int]]
"""Days and numbers of the publications that say something about a request, oldest first."""


def _published(session: Session) -> tuple[dict[str, Spoken], dict[tuple[int, str, Cell], int]]:
    """Which publications speak about each request, and the hours of the past year's weeks that they hold."""
    this_week = week_of(today())
    days = {
        number: at.date()
        for number, at in session.execute(select(Publication.number, Publication.published_at))
    }
    rows = session.execute(
        select(PublishedHours, Publication.number)
        .join(Publication, Publication.id == PublishedHours.publication_id)
        .where(PublishedHours.week < this_week, PublishedHours.week >= add_weeks(this_week, -WEEKS_BACK))
    ).all()
    hours = {
        (number, row.request_id, (row.line_id, row.specialist_id, row.week)): row.quarter_hours
        for row, number in rows
    }
    held = select(PublishedHours.request_id, Publication.number).join(
        Publication, Publication.id == PublishedHours.publication_id
    )
    refused = (
        select(RequestOutcome.request_id, Publication.number)
        .join(Publication, Publication.run_id == RequestOutcome.run_id)
        .where(RequestOutcome.level == -1)
    )
    found: defaultdict[str, set[int]] = defaultdict(set)
    for request, number in [*session.execute(held.distinct()), *session.execute(refused)]:
        found[request].add(number)
    return {key: [(days[number], number) for number in sorted(each)] for key, each in found.items()}, hours


def _speaking(spoken: Spoken, day: date) -> int:
    """The number of the newest publication of that day or before; 0 when there was none."""
    place = bisect_right([when for when, _ in spoken], day)
    return spoken[place - 1][1] if place else 0


def _departments(session: Session) -> dict[str, str]:
    rows = session.execute(select(Specialist.id, Department.code).join(Specialist.department))
    return dict(rows.all())
