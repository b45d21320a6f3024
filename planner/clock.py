"""The only place that knows what time it is.

`PLANNER_TODAY` (a date) moves "today" for demos and tests; the time of day keeps running.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

ISO_WEEK_LENGTH = 8
"""Characters in "2027-W01"."""


def now() -> datetime:
    """The present instant in UTC, on the day named by PLANNER_TODAY when it is set."""
    real = datetime.now(UTC)
    day = os.environ.get("PLANNER_TODAY")
    return datetime.combine(date.fromisoformat(day), real.timetz()) if day else real


def today() -> date:
    """The present day in UTC."""
    return now().date()


def week_of(day: date) -> str:
    """The ISO week of a day, such as "2027-W01"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday(week: str) -> date:
    """The Monday of an ISO week.

    Raises:
        ValueError: `week` is not an ISO week, or that year has no such week.
    """
    if len(week) != ISO_WEEK_LENGTH or week[4:6] != "-W" or not (week[:4] + week[6:]).isdecimal():
        raise ValueError(f"{week!r} is not an ISO week such as 2027-W01")
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def add_weeks(week: str, number: int) -> str:
    """The ISO week `number` weeks later, earlier when negative."""
    return week_of(monday(week) + timedelta(weeks=number))


def weeks_between(first: str, last: str) -> int:
    """Weeks from `first` to `last`; 0 for the same week, negative when `last` is earlier."""
    return (monday(last) - monday(first)).days // 7


def horizon(first: str, length: int) -> tuple[str, ...]:
    """`length` ISO weeks from `first` on."""
    return tuple(add_weeks(first, i) for i in range(length))
