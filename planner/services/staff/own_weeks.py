"""A specialist's own weeks: what is promised of the reader's time, and what comes next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.clock import horizon, today, week_of
from planner.permissions import Action, may
from planner.records import Allocation, Proposal, ProposalState, RequestLine, ResourceRequest, Specialist
from planner.supply import promises, specialists, week_table
from planner.verdict import require

WEEKS = 13


@dataclass(frozen=True, slots=True)
class OwnHours:
    """Quarter-hours for one line in one week.

    Attributes:
        title: Title of the request.
        account: Its customer.
        kam: Whom to ask.
        need: What the specialist is told.
        activity: What is done.
        quarter_hours: How much.
        published: Whether it is published; else approved and to be published.
    """

    title: str
    account: str
    kam: str
    need: str
    activity: str
    quarter_hours: int
    published: bool


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """One week of the reader, in quarter-hours: present at all, kept for the department, and promised."""

    week: str
    present: int
    own_work: int
    promised: int
    hours: tuple[OwnHours, ...]


def own_weeks(session: Session, actor: Actor) -> tuple[OwnWeek, ...]:
    """The reader's next weeks from this one on; empty for who is no specialist in the records.

    Only what a head approved is shown: a plan that nobody decided on yet is no news for specialists.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_OWN_WEEKS))
    found = session.scalar(select(Specialist.id).where(Specialist.user_id == actor.user_id))
    if found is None or actor.user_id is None:
        return ()
    person = next(p for p in specialists(session) if p.id == found)
    weeks = horizon(week_of(today()), WEEKS)
    table = week_table(session, [person], weeks, {})[person.id]
    hours = _hours(session, person.id)
    return tuple(
        OwnWeek(
            week=week,
            present=table[i].present,
            own_work=table[i].present * person.department.own_work_reserve // 1000,
            promised=sum(row.quarter_hours for row in hours[week]),
            hours=tuple(hours[week]),
        )
        for i, week in enumerate(weeks)
    )


def _hours(session: Session, specialist_id: str) -> dict[str, list[OwnHours]]:
    """What is published, and what is approved of requests that are not."""
    standing = [p for p in promises(session) if p.specialist_id == specialist_id]
    rows = [(p.line_id, p.week, p.quarter_hours, True) for p in standing]
    approved = session.execute(
        select(Proposal.line_id, Allocation.week, Allocation.quarter_hours)
        .join(Proposal, Proposal.id == Allocation.proposal_id)
        .where(
            Allocation.specialist_id == specialist_id,
            Proposal.state == ProposalState.APPROVED,
            Proposal.request_id.not_in({p.request_id for p in standing}),
        )
    )
    rows += [(line, week, hours, False) for line, week, hours in approved]
    lines = {
        line.id: line
        for line in session.scalars(
            select(RequestLine)
            .where(RequestLine.id.in_({row[0] for row in rows}))
            .options(
                selectinload(RequestLine.request).selectinload(ResourceRequest.account),
                selectinload(RequestLine.request).selectinload(ResourceRequest.kam),
            )
        )
    }
    found: defaultdict[str, list[OwnHours]] = defaultdict(list)
    for line_id, week, amount, published in rows:
        line = lines[line_id]
        found[week].append(
            OwnHours(
                title=line.request.title,
                account=line.request.account.name,
                kam=line.request.kam.display_name,
                need=line.request.need_statement,
                activity=line.activity,
                quarter_hours=amount,
                published=published,
            )
        )
    for each in found.values():
        each.sort(key=lambda row: (row.title, row.activity, row.quarter_hours))
    return found
