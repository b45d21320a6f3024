"""The load of each person and week that proposals touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.capacity import WeekHours
from planner.clock import monday
from planner.records import (
    Leave,
    LeaveStatus,
    PlanRun,
    Proposal,
    ProposalState,
    RequestOutcome,
    Specialist,
)
from planner.services.approving.inbox_views import PersonWeek
from planner.supply import promises, specialists, taken_elsewhere, week_table


def person_weeks(session: Session, run: PlanRun, rows: Iterable[Proposal]) -> tuple[PersonWeek, ...]:
    """Every person-week that the proposals touch, by name and week."""
    by_cell: defaultdict[tuple[str, str], list[tuple[Proposal, int]]] = defaultdict(list)
    for proposal in rows:
        for a in proposal.allocations:
            by_cell[a.specialist_id, a.week].append((proposal, a.quarter_hours))
    if not by_cell:
        return ()
    planned = set(session.scalars(select(RequestOutcome.request_id).where(RequestOutcome.run_id == run.id)))
    weeks = sorted({week for _, week in by_cell})
    people = {p.id: p for p in specialists(session, {who for who, _ in by_cell})}
    table = week_table(session, people.values(), weeks, taken_elsewhere(session, promises(session), planned))
    cells = [
        _person_week(people[who], week, table[who][weeks.index(week)], parts)
        for (who, week), parts in by_cell.items()
    ]
    return tuple(sorted(cells, key=lambda cell: (cell.specialist, cell.specialist_id, cell.week)))


def _person_week(
    person: Specialist, week: str, hours: WeekHours, parts: Sequence[tuple[Proposal, int]]
) -> PersonWeek:
    sums: defaultdict[ProposalState, int] = defaultdict(int)
    for proposal, amount in parts:
        sums[proposal.state] += amount
    return PersonWeek(
        specialist_id=person.id,
        specialist=person.display_name,
        week=week,
        present=hours.present,
        own_work=hours.present * person.department.own_work_reserve // 1000,
        capacity=hours.capacity,
        expedite=hours.expedite,
        promised=hours.promised,
        approved=sums[ProposalState.APPROVED],
        proposed=sums[ProposalState.PROPOSED],
        planned_leave=any(_in_week(leave, week) for leave in person.leaves),
        proposals=tuple(
            p.id for p, _ in parts if p.state in (ProposalState.APPROVED, ProposalState.PROPOSED)
        ),
    )


def _in_week(leave: Leave, week: str) -> bool:
    first = monday(week)
    last = date.fromordinal(first.toordinal() + 6)
    return leave.status == LeaveStatus.PLANNED and leave.first_day <= last and leave.last_day >= first
