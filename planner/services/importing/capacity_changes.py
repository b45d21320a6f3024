"""What a file does to the hours that people can lend, kept with its event for the board to see later."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from planner.clock import horizon, today, week_of
from planner.records import ImportKind
from planner.services.planning.cycles import current_cycle
from planner.supply import specialists, week_table

TOUCHING: Final = frozenset(
    {
        ImportKind.SPECIALISTS,
        ImportKind.LEAVE,
        ImportKind.DEPARTMENTS,
        ImportKind.HOLIDAYS,
    }
)
"""Kinds of files from which hours follow."""

DEFAULT_WEEKS: Final = 13

Hours = dict[tuple[str, str, str], int]
"""Quarter-hours to lend by (department code, specialist code, ISO week), promises not taken off."""


def hours_now(session: Session) -> Hours:
    """What everybody can lend in the weeks that are planned now, before promises."""
    cycle = current_cycle(session)
    weeks = (
        horizon(cycle.first_week, cycle.horizon_weeks) if cycle else horizon(week_of(today()), DEFAULT_WEEKS)
    )
    people = specialists(session)
    table = week_table(session, people, weeks, {})
    return {
        (person.department.code, person.code, week): hours.total
        for person in people
        for week, hours in zip(weeks, table[person.id], strict=True)
    }


def hours_then(session: Session) -> Hours:
    """The same after a file was stored, read anew."""
    session.flush()
    session.expire_all()
    return hours_now(session)


def difference(before: Hours, after: Hours) -> list[dict[str, Any]]:
    """Person-weeks with other hours, as JSON can hold them."""
    return [
        {
            "department": key[0],
            "specialist": key[1],
            "week": key[2],
            "before": before.get(key, 0),
            "after": after.get(key, 0),
        }
        for key in sorted(before.keys() | after.keys())
        if before.get(key, 0) != after.get(key, 0)
    ]
