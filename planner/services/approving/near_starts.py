"""Work that begins soon and that no head has decided on: the customer would be the first to notice.

Reminders count the time to decide; this counts the time until the work. Both heads and account managers are
told, once for each request, department and first week, however many plans propose it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor, acts_for
from planner.clock import monday, today
from planner.permissions import Action, may
from planner.records import NotificationKind, Proposal, ProposalState
from planner.services.approving.deciders import named_heads, stand_ins, with_stand_ins
from planner.services.approving.deciding import parties
from planner.services.approving.inbox import deciding_cycle
from planner.services.approving.waiting import open_parts
from planner.services.staff.due import Due
from planner.solving.material import newest_plan
from planner.verdict import Message, require

NEAR: Final = timedelta(days=7)
"""Work whose first week begins within so many days is near."""

NEW: Final = timedelta(hours=24)
"""What was proposed within so many hours is new, not forgotten: nobody is sent a notice yet."""


@dataclass(frozen=True, slots=True)
class NearStart:
    """Hours of one department for one request that are proposed, near, and without an answer of a head.

    Attributes:
        parts: The proposals.
        week: The first week with hours.
        since: When they were proposed.
    """

    parts: tuple[Proposal, ...]
    week: str
    since: datetime

    @property
    def part(self) -> Proposal:
        """One of them, for what they have in common."""
        return self.parts[0]


def near_starts(session: Session, day: date) -> list[NearStart]:
    """All such work as of a day in the plan that is decided now, the first to begin first."""
    cycle = deciding_cycle(session)
    run = newest_plan(session, cycle.id) if cycle else None
    if run is None or run.finished_at is None:
        return []
    groups: dict[tuple[str, str], list[Proposal]] = {}
    # Where a part was refused the request is planned anew, and no decision on the rest would start it.
    refused = set(
        session.scalars(
            select(Proposal.request_id).where(
                Proposal.run_id == run.id, Proposal.state == ProposalState.REJECTED
            )
        )
    )
    for part in open_parts(session, run):
        waits = part.state is ProposalState.PROPOSED and part.request_id not in refused
        if waits and part.allocations:
            groups.setdefault((part.request_id, part.department_id), []).append(part)
    found = [NearStart(tuple(parts), _first_week(parts), run.finished_at) for parts in groups.values()]
    near = [each for each in found if monday(each.week) - day <= NEAR]
    return sorted(near, key=lambda each: (each.week, each.part.request.title, each.part.id))


def my_near_starts(session: Session, actor: Actor) -> Sequence[NearStart]:
    """What is near among the requests that the actor filed or keeps.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_REQUESTS))
    people = acts_for(session, actor)
    return [
        each
        for each in near_starts(session, today())
        if not people.isdisjoint({who for who in parties(each.part.request) if who})
    ]


def near_starts_of(session: Session, proposal_ids: Collection[str]) -> Sequence[NearStart]:
    """What is near among proposals that somebody was found to decide on."""
    wanted = set(proposal_ids)
    return [
        each
        for each in near_starts(session, today())
        if not wanted.isdisjoint({part.id for part in each.parts})
    ]


def near_starts_due(session: Session, at: datetime) -> list[Due]:
    """Notices for heads and account managers of what is near and was proposed a day ago or earlier."""
    near = [each for each in near_starts(session, at.date()) if at - each.since >= NEW]
    named = named_heads(session, [each.part for each in near])
    acting = stand_ins(session) if near else {}
    return [
        due for each in near for due in (_to_heads(each, named, acting), _to_account_managers(each, acting))
    ]


def _first_week(parts: Sequence[Proposal]) -> str:
    return min(row.week for part in parts for row in part.allocations)


def _key(each: NearStart) -> str:
    return f"near:{each.part.request_id}:{each.part.department_id}:{each.week}"


def _to_heads(
    each: NearStart, named: Mapping[tuple[str, str], str], acting: Mapping[str, frozenset[str]]
) -> Due:
    part, department = each.part, each.part.department
    people = (department.head_id, department.deputy_head_id, named.get((part.request_id, department.id)))
    return Due(
        # Who has an interest in the request is told as its account manager.
        users=with_stand_ins(acting, people) - parties(part.request),
        kind=NotificationKind.NEAR_START,
        text=Message(
            "“%(title)s” begins on %(day)s with people of %(department)s, and waits for your decision.",
            {"title": each.part.request.title, "day": monday(each.week), "department": department.name},
        ),
        link=f"/inbox?item={each.part.id}",
        key=_key(each),
    )


def _to_account_managers(each: NearStart, acting: Mapping[str, frozenset[str]]) -> Due:
    request = each.part.request
    return Due(
        users=with_stand_ins(acting, (request.kam_id, request.filed_by_id)),
        kind=NotificationKind.NEAR_START,
        text=Message(
            "“%(title)s” begins on %(day)s, and %(department)s has not decided on it yet.",
            {"title": request.title, "day": monday(each.week), "department": each.part.department.name},
        ),
        link=f"/requests/{request.id}",
        key=_key(each),
    )
