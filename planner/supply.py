"""What people can lend, and what they have promised already, as the records say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from planner.capacity import Absence, Supply, WeekHours, week_hours
from planner.clock import horizon, today, weeks_between
from planner.records import (
    Holiday,
    LeaveStatus,
    Publication,
    PublishedHours,
    PublishedOutside,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    SoftBooking,
    Specialist,
    SpecialistSkill,
    WorkLog,
)

OVER = (RequestStatus.WITHDRAWN, RequestStatus.EXPIRED, RequestStatus.CLOSED)
"""States in which a request holds nobody's hours any more."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Published quarter-hours that stand: the newest publication that says something about the request."""

    request_id: str
    line_id: str
    specialist_id: str
    week: str
    quarter_hours: int


def specialists(session: Session, ids: Collection[str] | None = None) -> Sequence[Specialist]:
    """Everybody, or those who are named, by code, with skills, leave and department loaded."""
    query = select(Specialist).order_by(Specialist.code)
    if ids is not None:
        query = query.where(Specialist.id.in_(ids))
    return session.scalars(
        query.options(
            selectinload(Specialist.skills).selectinload(SpecialistSkill.skill),
            selectinload(Specialist.leaves),
            selectinload(Specialist.department),
        )
    ).all()


def supply_of(person: Specialist, holidays: Mapping[str, frozenset[date]]) -> Supply:
    """The figures that the person's capacity follows from; planned leave does not count."""
    approved = [leave for leave in person.leaves if leave.status == LeaveStatus.APPROVED]
    return Supply(
        pattern=tuple(person.weekday_quarter_hours),
        own_work=person.department.own_work_reserve,
        expedite=person.department.expedite_reserve,
        active_from=person.active_from,
        active_to=person.active_to,
        absences=tuple(Absence(x.first_day, x.last_day, x.first_half, x.last_half) for x in approved),
        holidays=holidays.get(person.country, frozenset()),
    )


def holidays_by_country(session: Session) -> dict[str, frozenset[date]]:
    """Public holidays per country code."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for country, day in session.execute(select(Holiday.country, Holiday.day)):
        days[country].add(day)
    return {country: frozenset(found) for country, found in days.items()}


def promises(session: Session) -> list[Promise]:
    """All published hours that stand, past weeks included, sorted.

    A publication speaks about the requests it publishes hours or purchases for and those its run refused;
    about others, such as undecided ones, the publication before it still holds.
    """
    newest = _newest(session)
    rows = session.execute(
        select(PublishedHours, Publication.number)
        .join(Publication, Publication.id == PublishedHours.publication_id)
        .join(ResourceRequest, ResourceRequest.id == PublishedHours.request_id)
        .where(ResourceRequest.status.not_in(OVER))
        .order_by(PublishedHours.line_id, PublishedHours.specialist_id, PublishedHours.week)
    )
    return [
        Promise(row.request_id, row.line_id, row.specialist_id, row.week, row.quarter_hours)
        for row, number in rows
        if newest[row.request_id] == number
    ]


def _newest(session: Session) -> dict[str, int]:
    """The number of the newest publication that speaks about a request, by its id."""
    granted = (
        select(table.request_id, func.max(Publication.number))
        .join(Publication, Publication.id == table.publication_id)
        .group_by(table.request_id)
        for table in (PublishedHours, PublishedOutside)
    )
    refused = (
        select(RequestOutcome.request_id, func.max(Publication.number))
        .join(Publication, Publication.run_id == RequestOutcome.run_id)
        .where(RequestOutcome.level == -1)
        .group_by(RequestOutcome.request_id)
    )
    newest: dict[str, int] = {}
    for request_id, number in (row for query in (*granted, refused) for row in session.execute(query)):
        newest[request_id] = max(number, newest.get(request_id, 0))
    return newest


def bought_outside(session: Session, requests: Collection[str]) -> dict[str, set[str]]:
    """Record ids of lines that the newest publication about each of `requests` buys outside."""
    rows = session.execute(
        select(PublishedOutside.request_id, PublishedOutside.line_id, Publication.number)
        .join(Publication, Publication.id == PublishedOutside.publication_id)
        .where(PublishedOutside.request_id.in_(requests))
    ).all()
    newest = _newest(session) if rows else {}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for request_id, line_id, number in rows:
        if newest[request_id] == number:
            found[request_id].add(line_id)
    return dict(found)


def as_worked(session: Session, standing: Iterable[Promise], before: str) -> list[Promise]:
    """Promises with the weeks before `before` as they were really worked, where somebody entered that.

    Past weeks count as planned until an entry corrects them. Who worked without being promised appears too.
    """
    entered = {
        (row.line_id, row.specialist_id, row.week): row
        for row in session.scalars(select(WorkLog).where(WorkLog.week < before))
    }
    rows = {(p.line_id, p.specialist_id, p.week): p for p in standing}
    for cell, log in entered.items():
        rows[cell] = Promise(log.request_id, *cell, log.worked_quarter_hours)
    return [rows[cell] for cell in sorted(rows)]


def granted_in_public(session: Session, requests: Collection[str]) -> dict[str, int]:
    """Fraction per mille that the newest publication with hours for a request grants it, by request id."""
    found = session.execute(
        select(RequestOutcome.request_id, RequestOutcome.fraction)
        .join(Publication, Publication.run_id == RequestOutcome.run_id)
        .where(RequestOutcome.request_id.in_(requests), RequestOutcome.level >= 0)
        .order_by(Publication.number)
    )
    return dict(found.all())


def taken_elsewhere(
    session: Session, standing: Iterable[Promise], planned: Collection[str]
) -> dict[tuple[str, str], int]:
    """Quarter-hours by (specialist id, week) that requests other than those `planned` now cannot get.

    Promised to others, or held softly today; what is held for a request steps aside once that is planned.
    """
    taken: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in standing:
        if row.request_id not in planned:
            taken[row.specialist_id, row.week] += row.quarter_hours
    for booking in held_softly(session):
        if booking.request_id not in planned:
            for week in weeks_from(booking.first_week, booking.last_week):
                taken[booking.specialist_id, week] += booking.quarter_hours
    return dict(taken)


def held_softly(session: Session, day: date | None = None) -> Sequence[SoftBooking]:
    """Soft bookings that count today: a head consented, nobody ended them, and they have not expired."""
    return session.scalars(
        select(SoftBooking)
        .where(
            SoftBooking.granted_at.is_not(None),
            SoftBooking.ended_at.is_(None),
            SoftBooking.expires_on >= (day or today()),
        )
        .order_by(SoftBooking.created_at, SoftBooking.id)
    ).all()


def weeks_from(first: str, last: str) -> tuple[str, ...]:
    """The ISO weeks from one to another, both included."""
    return horizon(first, weeks_between(first, last) + 1)


def week_table(
    session: Session, people: Iterable[Specialist], weeks: Sequence[str], taken: Mapping[tuple[str, str], int]
) -> dict[str, tuple[WeekHours, ...]]:
    """What each person can lend in each week, by specialist id; `taken` is promised elsewhere."""
    holidays = holidays_by_country(session)
    return {
        person.id: tuple(
            week_hours(supply_of(person, holidays), week, taken.get((person.id, week), 0)) for week in weeks
        )
        for person in people
    }
