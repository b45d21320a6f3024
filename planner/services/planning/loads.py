"""Who is booked when: people by weeks, as far as the actor may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.capacity import WeekHours
from planner.clock import horizon, today, week_of
from planner.permissions import Action, may
from planner.records import (
    Allocation,
    PlanRun,
    Proposal,
    RequestOutcome,
    Role,
    Specialist,
)
from planner.scope import find_run, own_departments, sees_all, visible_requests
from planner.services.planning.cycles import current_cycle
from planner.supply import held_softly, promises, specialists, week_table, weeks_from
from planner.verdict import require

DEFAULT_WEEKS = 13
HELD = "held"
"""State of hours that are only held softly."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Quarter-hours for one request; the title is None where the request is not the actor's to see."""

    request_id: str | None
    title: str | None
    quarter_hours: int
    state: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One person in one week, quarter-hours.

    `capacity` and `free` are None for who sees only the hours of own requests; `free` may be negative when
    less time is left than was promised.
    """

    week: str
    booked: int
    capacity: int | None
    free: int | None
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person over the weeks."""

    specialist_id: str
    code: str
    name: str
    department: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """People by department and name, weeks in order; `run` is None for what is published."""

    run: PlanRun | None
    weeks: tuple[str, ...]
    rows: tuple[PersonRow, ...]


@dataclass(frozen=True, slots=True)
class _Hours:
    specialist_id: str
    week: str
    request_id: str
    quarter_hours: int
    state: str


def heat_map(session: Session, actor: Actor, run_id: str | None = None) -> HeatMap:
    """Booked and free hours of a run, or of what is published when no run is named.

    Leadership and planners see everybody; a head the own department; a key account manager the hours of own
    requests only.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_HEAT_MAP))
    run = find_run(session, actor, run_id) if run_id else None
    weeks = _weeks(session, run)
    hours = _hours(session, run, weeks)
    titles = {r.id: r.title for r in session.scalars(visible_requests(session, actor))}
    people = _people(session, actor, hours, titles)
    table = week_table(session, people, weeks, {})
    whole = sees_all(actor) or actor.has(Role.HEAD)
    mine = own_departments(session, actor)
    rows = [_row(p, weeks, table[p.id] if _whole(actor, p, mine) else None, hours, titles) for p in people]
    ordered = sorted(rows, key=lambda row: (row.department, row.name, row.code))
    return HeatMap(
        run, weeks, tuple(ordered if whole else [r for r in ordered if any(c.booked for c in r.cells)])
    )


def is_anything_published(session: Session) -> bool:
    """Whether anybody has published hours in the weeks that are shown when no run is named."""
    weeks = _weeks(session, None)
    return any(promise.week in weeks for promise in promises(session))


def _whole(actor: Actor, person: Specialist, mine: frozenset[str]) -> bool:
    """Whether the actor sees all of the person's weeks."""
    return sees_all(actor) or person.department_id in mine


def _weeks(session: Session, run: PlanRun | None) -> tuple[str, ...]:
    if run is not None:
        return horizon(run.parameters["first_week"], run.parameters["weeks"])
    cycle = current_cycle(session)
    if cycle is None:
        return horizon(week_of(today()), DEFAULT_WEEKS)
    return horizon(cycle.first_week, cycle.horizon_weeks)


def _hours(session: Session, run: PlanRun | None, weeks: Sequence[str]) -> list[_Hours]:
    """All booked hours: what is published, and for a run its own in place of the requests it plans."""
    standing = [p for p in promises(session) if p.week in weeks]
    planned: set[str] = set()
    found: list[_Hours] = []
    if run is not None:
        planned = set(
            session.scalars(select(RequestOutcome.request_id).where(RequestOutcome.run_id == run.id))
        )
        rows = session.execute(
            select(Allocation, Proposal)
            .join(Proposal, Proposal.id == Allocation.proposal_id)
            .where(Allocation.run_id == run.id)
        )
        found = [
            _Hours(a.specialist_id, a.week, p.request_id, a.quarter_hours, p.state.value) for a, p in rows
        ]
    found += [
        _Hours(p.specialist_id, p.week, p.request_id, p.quarter_hours, "published")
        for p in standing
        if p.request_id not in planned
    ]
    return found + _held(session, weeks, planned)


def _held(session: Session, weeks: Sequence[str], planned: Collection[str]) -> list[_Hours]:
    """Hours that are held softly and take room from everybody else."""
    return [
        _Hours(row.specialist_id, week, row.request_id or "", row.quarter_hours, HELD)
        for row in held_softly(session)
        if row.request_id not in planned
        for week in weeks_from(row.first_week, row.last_week)
        if week in weeks
    ]


def _people(
    session: Session, actor: Actor, hours: Iterable[_Hours], titles: Mapping[str, str]
) -> list[Specialist]:
    everybody = specialists(session)
    if sees_all(actor):
        return list(everybody)
    mine = own_departments(session, actor)
    asked = {h.specialist_id for h in hours if h.request_id in titles}
    return [p for p in everybody if p.department_id in mine or p.id in asked]


def _row(
    person: Specialist,
    weeks: Sequence[str],
    limits: Sequence[WeekHours] | None,
    hours: Iterable[_Hours],
    titles: Mapping[str, str],
) -> PersonRow:
    by_week: defaultdict[str, list[Booking]] = defaultdict(list)
    for h in hours:
        if h.specialist_id != person.id or (limits is None and h.request_id not in titles):
            continue
        title = titles.get(h.request_id)
        by_week[h.week].append(Booking(h.request_id if title else None, title, h.quarter_hours, h.state))
    cells = []
    for i, week in enumerate(weeks):
        booked = sum(b.quarter_hours for b in by_week[week])
        capacity = limits[i].total if limits else None
        free = None if capacity is None else capacity - booked
        cells.append(Cell(week, booked, capacity, free, tuple(by_week[week])))
    return PersonRow(person.id, person.code, person.display_name, person.department.name, tuple(cells))
