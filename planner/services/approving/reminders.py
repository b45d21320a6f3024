"""Reminders: heads at half and at nine tenths of their time, leadership when it is over; and of what is near.

Nothing is ever approved or refused by silence. Every step may run any number of times: a key on each
notification lets it be told once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import now
from planner.records import (
    CycleStatus,
    Department,
    Notification,
    NotificationKind,
    PlanningCycle,
    PlanRun,
    Proposal,
    Role,
    User,
    UserRole,
)
from planner.services.approving.booking_views import bookings_due
from planner.services.approving.deciders import named_heads, stand_ins, with_stand_ins
from planner.services.approving.near_starts import near_starts_due
from planner.services.approving.waiting import open_parts
from planner.services.filing.offer_ends import offers_due
from planner.services.staff.due import Due
from planner.services.staff.notifying import notify
from planner.solving.material import newest_plan
from planner.verdict import Message

HALF, NINE_TENTHS = 50, 90
"""Per cent of the time to decide after which heads are reminded."""


def anything_due(session: Session, at: datetime | None = None) -> bool:
    """Whether `remind` would tell somebody something; a read that needs no lock."""
    return any(_untold(session, due) for due in _all_due(session, at or now()))


def remind(session: Session, at: datetime | None = None) -> int:
    """Tell everybody what is due and was not told yet; how many notifications were stored.

    Args:
        session: The unit of work.
        at: The moment; now when None.
    """
    return sum(
        notify(session, users=due.users, kind=due.kind, text=due.text, link=due.link, key=due.key)
        for due in _all_due(session, at or now())
    )


def _untold(session: Session, due: Due) -> bool:
    people = select(User.id).where(User.id.in_(due.users), User.active)
    told = select(Notification.user_id).where(Notification.key == due.key)
    return bool(set(session.scalars(people)) - set(session.scalars(told)))


def _all_due(session: Session, at: datetime) -> list[Due]:
    cycles = session.scalars(select(PlanningCycle).where(PlanningCycle.status == CycleStatus.DECIDING))
    found = [
        *offers_due(session, at.date()),
        *bookings_due(session, at.date()),
        *near_starts_due(session, at),
    ]
    for cycle in cycles:
        run = newest_plan(session, cycle.id)
        passed = _passed(cycle, run, at) if run else None
        if run is not None and passed is not None and passed >= HALF:
            found += _of_run(session, cycle, run, passed)
    return found


def _passed(cycle: PlanningCycle, run: PlanRun, at: datetime) -> int | None:
    """Per cent of the time to decide that is over; None when there was none."""
    start = run.finished_at
    if start is None:
        return None
    whole = cycle.decision_deadline - start
    if whole <= timedelta(0):
        return 100
    return int((at - start) * 100 / whole)


def _of_run(session: Session, cycle: PlanningCycle, run: PlanRun, passed: int) -> list[Due]:
    parts = [p for p in open_parts(session, run) if p.state.value == "proposed"]
    by_department: defaultdict[Department, list[Proposal]] = defaultdict(list)
    for part in parts:
        by_department[part.department].append(part)
    found = []
    for department, rows in sorted(by_department.items(), key=lambda pair: pair[0].name):
        found.append(_to_heads(session, cycle, run, department, rows, passed))
        if passed >= 100:
            found.append(_to_leadership(session, run, department, rows))
    return found


def _to_heads(  # noqa: PLR0917 - one row of what is known of a department that did not answer
    session: Session,
    cycle: PlanningCycle,
    run: PlanRun,
    department: Department,
    rows: Sequence[Proposal],
    passed: int,
) -> Due:
    step = NINE_TENTHS if passed >= NINE_TENTHS else HALF
    people = {department.head_id}
    if step == NINE_TENTHS or department.head_id is None:
        named = named_heads(session, rows)
        people |= {department.deputy_head_id, *(named.get((p.request_id, p.department_id)) for p in rows)}
    return Due(
        users=with_stand_ins(stand_ins(session), people),
        kind=NotificationKind.REMINDER,
        text=Message(
            "%(count)s proposals for %(department)s wait for a decision until %(deadline)s.",
            {
                "count": len(rows),
                "department": department.name,
                "deadline": cycle.decision_deadline,
            },
        ),
        link="/inbox",
        key=f"reminder:{run.id}:{department.id}:{step}",
    )


def _to_leadership(session: Session, run: PlanRun, department: Department, rows: Sequence[Proposal]) -> Due:
    leaders = (
        select(User.id).join(UserRole, UserRole.user_id == User.id).where(UserRole.role == Role.LEADERSHIP)
    )
    return Due(
        users=frozenset(session.scalars(leaders)),
        kind=NotificationKind.ESCALATION,
        text=Message(
            "%(department)s did not decide on %(count)s proposals in time; nothing is approved by silence.",
            {"department": department.name, "count": len(rows)},
        ),
        link="/waiting",
        key=f"escalation:{run.id}:{department.id}",
    )
