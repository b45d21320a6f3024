"""Approved hours against what people can lend today: the last word before hours become a promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.booking import Cell, book
from planner.capacity import WeekHours
from planner.records import Allocation, Proposal, ProposalState, RequestOutcome, Specialist
from planner.solving.demand import is_expedite
from planner.solving.parameters import Parameters
from planner.supply import promises, specialists, taken_elsewhere, week_table


def hold(session: Session, proposal: Proposal) -> list[dict[str, Any]]:
    """Book the proposal's hours; the figures of every person-week that is too small, none when all fit.

    When there are some, the caller must refuse or leave the proposal unapproved; `unhold` is not needed
    after a refusal, as the unit of work is undone.
    """
    session.flush()
    parameters = Parameters.of(proposal.run.parameters)
    expedite = is_expedite(proposal.request, parameters)
    people = _people(session, {a.specialist_id for a in proposal.allocations})
    limits = _limits(session, proposal, people, {a.week for a in proposal.allocations})
    booked = _booked(session, limits, parameters)
    over: dict[Cell, int] = {}
    for a in proposal.allocations:
        cell, limit = (a.specialist_id, a.week), limits[a.specialist_id, a.week]
        plain, total = booked.get(cell, (0, 0))
        if total + a.quarter_hours > limit.total or (
            not expedite and plain + a.quarter_hours > limit.capacity
        ):
            over[cell] = total
    if not over:
        # The records were read a moment ago; only the database's own answer is proof.
        over = {
            cell: booked.get(cell, (0, 0))[1] for cell in book(session, proposal, limits, expedite=expedite)
        }
    return [
        {
            "specialist": people[a.specialist_id].display_name,
            "week": a.week,
            "capacity_quarter_hours": limits[a.specialist_id, a.week].total,
            "approved_quarter_hours": over[a.specialist_id, a.week],
            "asked_quarter_hours": a.quarter_hours,
        }
        for a in proposal.allocations
        if (a.specialist_id, a.week) in over
    ]


def room(session: Session, proposal: Proposal, cells: Collection[Cell]) -> dict[Cell, int]:
    """Quarter-hours that the proposal's request could still get in each person-week, approvals taken off."""
    parameters = Parameters.of(proposal.run.parameters)
    expedite = is_expedite(proposal.request, parameters)
    people = _people(session, {who for who, _ in cells})
    limits = _limits(session, proposal, people, {week for _, week in cells})
    booked = _booked(session, cells, parameters)
    left = {}
    for cell in cells:
        plain, total = booked.get(cell, (0, 0))
        limit = limits[cell]
        left[cell] = max(
            0, limit.total - total if expedite else min(limit.capacity - plain, limit.total - total)
        )
    return left


def _people(session: Session, who: Collection[str]) -> dict[str, Specialist]:
    return {p.id: p for p in specialists(session) if p.id in who}


def _limits(
    session: Session, proposal: Proposal, people: Mapping[str, Specialist], named: Collection[str]
) -> dict[Cell, WeekHours]:
    """What each person-week of the proposal can lend now, net of promises to requests planned elsewhere."""
    weeks = sorted(named)
    planned = set(
        session.scalars(select(RequestOutcome.request_id).where(RequestOutcome.run_id == proposal.run_id))
    )
    table = week_table(session, people.values(), weeks, taken_elsewhere(session, promises(session), planned))
    return {(who, week): table[who][i] for who in people for i, week in enumerate(weeks)}


def _booked(session: Session, cells: Collection[Cell], parameters: Parameters) -> dict[Cell, tuple[int, int]]:
    """Approved quarter-hours per person-week: of requests that are not expedite, and of all."""
    rows: Sequence[Any] = session.execute(
        select(Allocation, Proposal)
        .join(Proposal, Proposal.id == Allocation.proposal_id)
        .where(
            Proposal.state == ProposalState.APPROVED,
            Allocation.specialist_id.in_({who for who, _ in cells}),
            Allocation.week.in_({week for _, week in cells}),
        )
    ).all()
    plain: defaultdict[Cell, int] = defaultdict(int)
    total: defaultdict[Cell, int] = defaultdict(int)
    for allocation, proposal in rows:
        cell = (allocation.specialist_id, allocation.week)
        total[cell] += allocation.quarter_hours
        plain[cell] += 0 if is_expedite(proposal.request, parameters) else allocation.quarter_hours
    return {cell: (plain[cell], hours) for cell, hours in total.items()}
