"""Hours really worked, entered week by week by the specialist or the department's head.

Past weeks count as planned until an entry corrects them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, record
from planner.clock import add_weeks, now, today, week_of
from planner.permissions import Action, may
from planner.records import RequestLine, ResourceRequest, Role, Specialist, WorkLog
from planner.scope import own_departments
from planner.supply import promises
from planner.verdict import not_found, require

WEEKS_BACK: Final = 8
MOST_IN_A_WEEK: Final = 4 * 80

Cell = tuple[str, str, str]
"""Line, specialist and week."""


@dataclass(frozen=True, slots=True)
class Worked:
    """One person's work on one line in one past week, in quarter-hours.

    Attributes:
        cell: Line, specialist and week, by which an entry is named.
        person: Who works.
        title: Title of the request.
        account: Its customer.
        planned: What the published plan said.
        worked: What was entered; None while nobody did, so the plan counts.
        note: Words to the entry.
        by: Who entered it.
    """

    cell: Cell
    person: str
    title: str
    account: str
    planned: int
    worked: int | None
    note: str
    by: str


def _reach(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Condition on Specialist: the actor, or the people of a department the actor heads."""
    parts: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.SPECIALIST) and actor.user_id is not None:
        parts.append(Specialist.user_id == actor.user_id)
    if actor.has(Role.HEAD):
        parts.append(Specialist.department_id.in_(own_departments(session, actor)))
    return or_(*parts)


def past_weeks() -> list[str]:
    """The weeks whose work may be entered: this one and those before it, newest first."""
    this = week_of(today())
    return [add_weeks(this, -back) for back in range(WEEKS_BACK)]


def worked_hours(session: Session, actor: Actor) -> Sequence[Worked]:
    """Work of the last weeks within the actor's reach, newest week first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LOG_WORK))
    people = {row.id: row for row in session.scalars(select(Specialist).where(_reach(session, actor)))}
    weeks = past_weeks()
    planned: dict[Cell, int] = {
        (p.line_id, p.specialist_id, p.week): p.quarter_hours
        for p in promises(session)
        if p.specialist_id in people and p.week in weeks
    }
    logs = session.scalars(
        select(WorkLog)
        .where(WorkLog.specialist_id.in_(people), WorkLog.week.in_(weeks))
        .options(joinedload(WorkLog.confirmed_by))
    )
    entered = {(row.line_id, row.specialist_id, row.week): row for row in logs}
    lines = _lines(session, {cell[0] for cell in {*planned, *entered}})
    found = []
    for cell in {*planned, *entered}:
        line, log = lines[cell[0]], entered.get(cell)
        found.append(
            Worked(
                cell=cell,
                person=people[cell[1]].display_name,
                title=line.request.title,
                account=line.request.account.name,
                planned=planned.get(cell, log.planned_quarter_hours if log else 0),
                worked=log.worked_quarter_hours if log else None,
                note=log.note if log else "",
                by=log.confirmed_by.display_name if log else "",
            )
        )
    found.sort(key=lambda each: (each.person, each.title, each.cell))
    return sorted(found, key=lambda each: each.cell[2], reverse=True)


def _lines(session: Session, ids: set[str]) -> Mapping[str, RequestLine]:
    query = select(RequestLine).where(RequestLine.id.in_(ids))
    loaded = query.options(joinedload(RequestLine.request).joinedload(ResourceRequest.account))
    return {row.id: row for row in session.scalars(loaded)}


def log_work(session: Session, actor: Actor, entries: Mapping[Cell, tuple[int, str]]) -> int:
    """Enter what was worked: quarter-hours and a note per line, specialist and week; how many changed.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for a cell that is not within reach; E_INVALID with all at fault.
    """
    require(may(actor, Action.LOG_WORK))
    known = {each.cell: each for each in worked_hours(session, actor)}
    if any(cell not in known for cell in entries):
        raise not_found()
    found = []
    for cell, (hours, note) in entries.items():
        where = "/".join(cell)
        found += checks.whole(where, hours, 0, MOST_IN_A_WEEK, code="E_HOURS_RANGE")
        found += checks.text(where, note, 300)
    checks.require_well_formed(found)
    changed = 0
    for cell, (hours, note) in entries.items():
        before = known[cell]
        if (before.worked, before.note) == (hours, checks.tidy(note)):
            continue
        _enter(session, actor, before, hours, checks.tidy(note))
        changed += 1
    return changed


def _enter(session: Session, actor: Actor, before: Worked, hours: int, note: str) -> None:
    line_id, specialist_id, week = before.cell
    row = session.scalars(
        select(WorkLog).where(
            WorkLog.line_id == line_id, WorkLog.specialist_id == specialist_id, WorkLog.week == week
        )
    ).one_or_none()
    if row is None:
        line = session.get_one(RequestLine, line_id)
        row = WorkLog(request_id=line.request_id, line_id=line_id, specialist_id=specialist_id, week=week)
        row.planned_quarter_hours = before.planned
        session.add(row)
    row.worked_quarter_hours, row.note = hours, note
    row.confirmed_by_id, row.confirmed_at = actor.user_id or "", now()
    told = {"week": week, "specialist": before.person, "request": before.title}
    record(
        session,
        actor,
        Event.WORK_LOGGED,
        row,
        before={**told, "planned": before.planned, "worked": before.worked},
        after={**told, "planned": before.planned, "worked": hours},
    )
