"""Approved hours of each person and week: the check and the booking are one statement.

`planner.transitions` gives hours back whenever a proposal stops being approved, so that the books follow the
states by whatever path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, object_session

from planner.capacity import WeekHours
from planner.clock import now
from planner.records import Allocation, PersonWeek, Proposal, new_id

PLAIN, EXPEDITE = "plain", "expedite"

Cell = tuple[str, str]
"""Specialist id and ISO week."""


def book(
    session: Session, proposal: Proposal, limits: Mapping[Cell, WeekHours], *, expedite: bool
) -> list[Cell]:
    """Book all hours of the proposal, each person-week by one conditional statement.

    Args:
        session: The unit of work.
        proposal: What is being approved; nothing of it is booked yet.
        limits: What each of its person-weeks can lend now, quarter-hours.
        expedite: Whether it may use the expedite reserve.

    Returns:
        The person-weeks that are too small. The caller must then refuse, which undoes the rest.
    """
    session.flush()
    too_small = []
    for who, week, hours in _hours(session, proposal):
        limit = limits[who, week]
        _open(session, who, week)
        plain = 0 if expedite else hours
        done = session.execute(
            update(PersonWeek)
            .where(
                PersonWeek.specialist_id == who,
                PersonWeek.week == week,
                PersonWeek.plain + plain <= limit.capacity,
                PersonWeek.total + hours <= limit.total,
            )
            .values(
                plain=PersonWeek.plain + plain,
                total=PersonWeek.total + hours,
                plain_limit=limit.capacity,
                total_limit=limit.total,
                version=PersonWeek.version + 1,
                updated_at=now(),
            )
            .execution_options(synchronize_session=False)
        )
        if cast("CursorResult[Any]", done).rowcount != 1:
            too_small.append((who, week))
    proposal.booked_as = EXPEDITE if expedite else PLAIN
    return too_small


def release(proposal: Proposal) -> None:
    """Give back what is booked for the proposal; nothing happens when nothing is."""
    session = object_session(proposal)
    if session is None or proposal.booked_as is None:
        return
    session.flush()
    for who, week, hours in _hours(session, proposal):
        plain = 0 if proposal.booked_as == EXPEDITE else hours
        session.execute(
            update(PersonWeek)
            .where(PersonWeek.specialist_id == who, PersonWeek.week == week)
            .values(
                plain=PersonWeek.plain - plain,
                total=PersonWeek.total - hours,
                version=PersonWeek.version + 1,
                updated_at=now(),
            )
            .execution_options(synchronize_session=False)
        )
    proposal.booked_as = None


def _hours(session: Session, proposal: Proposal) -> list[tuple[str, str, int]]:
    """The proposal's allocations in one order for everybody, so that no two bookings wait for each other."""
    rows = session.execute(
        select(Allocation.specialist_id, Allocation.week, Allocation.quarter_hours)
        .where(Allocation.proposal_id == proposal.id)
        .order_by(Allocation.specialist_id, Allocation.week)
    )
    return [(who, week, hours) for who, week, hours in rows]


def _open(session: Session, who: str, week: str) -> None:
    """Make sure that the person-week has a row; it starts with nothing booked and nothing allowed."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    at = now()
    nothing = {"plain": 0, "total": 0, "plain_limit": 0, "total_limit": 0}
    session.execute(
        insert(PersonWeek)
        .values(
            id=new_id(),
            created_at=at,
            updated_at=at,
            version=1,
            specialist_id=who,
            week=week,
            **nothing,
        )
        .on_conflict_do_nothing(index_elements=["specialist_id", "week"])
    )
