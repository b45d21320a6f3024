"""What the records say of the seven aspects, beside what people say (C13)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.clock import monday, now, today
from planner.records import (
    Closing,
    ClosingState,
    Decision,
    Element,
    Notification,
    NotificationKind,
    Override,
    Proposal,
    Publication,
    PublishedHours,
    RequestStatus,
    ResourceRequest,
)
from planner.services.reviewing.contributions import released
from planner.services.reviewing.kept_promises import Kept, kept_promises
from planner.services.reviewing.review_view import MeasureRow

FULL = 1000
PERIOD = timedelta(days=365)
"""How far back decisions, exceptions and outcomes are counted."""


def measures(
    session: Session, publication: Publication, content: Mapping[str, Any], top: Collection[str] | None
) -> dict[Element, tuple[MeasureRow, ...]]:
    """The companions of each element; what nobody can know yet is None.

    Args:
        session: A session.
        publication: The plan whose weeks are measured.
        content: Its content.
        top: Codes of the accounts of the highest class; None when no class is known.
    """
    problem = json.loads(publication.run.snapshot.problem) if publication.run.snapshot else {}
    return {
        Element.STRATEGY: (_strategy(content, top),),
        Element.STRUCTURE: (_structure(session),),
        Element.SYSTEMS: (_systems(session),),
        Element.SHARED_VALUES: (_shared_values(publication, content), _kept(session)),
        Element.STYLE: tuple(_style(session)),
        Element.STAFF: tuple(_staff(publication, content, problem)),
        Element.SKILLS: (_skills(problem),),
    }


def _share(part: int, whole: int) -> int | None:
    """In per mille; unknown of nothing."""
    return round(FULL * part / whole) if whole else None


def _strategy(content: Mapping[str, Any], top: Collection[str] | None) -> MeasureRow:
    """Hours on accounts of the highest class, beside their part of the value."""
    if not top:
        return MeasureRow("top_hours", "share", None, None)
    granted = content["granted"]
    hours = [(row["quarter_hours"], row["account_code"] in top) for row in granted]
    value = [(max(0, row["value_minor"]), row["account_code"] in top) for row in granted]
    return MeasureRow(
        "top_hours",
        "share",
        _share(sum(n for n, on_top in hours if on_top), sum(n for n, _ in hours)),
        _share(sum(n for n, on_top in value if on_top), sum(n for n, _ in value)),
    )


def _structure(session: Session) -> MeasureRow:
    """Median days from submitting a request to the first answer of a head, in tenths of a day."""
    first = (
        select(func.min(Decision.decided_at), ResourceRequest.submitted_at)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(ResourceRequest, ResourceRequest.id == Proposal.request_id)
        .where(Decision.carried_from_id.is_(None), ResourceRequest.submitted_at.is_not(None))
        .where(Decision.decided_at >= now() - PERIOD)
        .group_by(ResourceRequest.id, ResourceRequest.submitted_at)
    )
    days = [
        (decided - submitted).total_seconds() / 86_400
        for decided, submitted in session.execute(first)
        if submitted is not None and decided >= submitted
    ]
    return MeasureRow("days_to_decision", "days", round(10 * median(days)) if days else None)


def _systems(session: Session) -> MeasureRow:
    """Requests whose last published week is over, of those the part with a recorded outcome."""
    last = select(PublishedHours.request_id, func.max(PublishedHours.week)).group_by(
        PublishedHours.request_id
    )
    over = {
        request
        for request, week in session.execute(last)
        if today() - PERIOD <= monday(week) + timedelta(days=7) <= today()
    }
    recorded = set(
        session.scalars(
            select(Closing.request_id).where(
                Closing.request_id.in_(over),
                Closing.state.in_((ClosingState.RECORDED, ClosingState.CONFIRMED)),
            )
        )
    )
    return MeasureRow("outcomes_recorded", "share", _share(len(recorded), len(over)))


def _shared_values(publication: Publication, content: Mapping[str, Any]) -> MeasureRow:
    """Hours lent above what the own-work reserves leave, in quarter-hours."""
    return MeasureRow("hours_released", "hours", sum(released(publication.run, content).values()))


def _kept(session: Session) -> MeasureRow:
    """Hours published two weeks ahead that were worked as published."""
    each = kept_promises(session).values()
    rate = Kept(sum(k.due for k in each), sum(k.kept for k in each)).rate
    return MeasureRow("kept_promises", "share", rate)


def _style(session: Session) -> Iterable[MeasureRow]:
    """Overrides, and escalations to leadership, per 100 submitted requests; in tenths."""
    since = now() - PERIOD
    submitted = select(func.count(ResourceRequest.id)).where(
        ResourceRequest.submitted_at >= since, ResourceRequest.status != RequestStatus.DRAFT
    )
    requests = session.scalar(submitted) or 0
    signed = session.scalar(select(func.count(Override.id)).where(Override.signed_at >= since)) or 0
    escalated = session.scalar(
        select(func.count(func.distinct(Notification.key))).where(
            Notification.kind == NotificationKind.ESCALATION.value, Notification.created_at >= since
        )
    )
    for key, number in (("overrides", signed), ("escalations", escalated or 0)):
        yield MeasureRow(key, "per_100", round(1000 * number / requests) if requests else None)


def _staff(
    publication: Publication, content: Mapping[str, Any], problem: Mapping[str, Any]
) -> Iterable[MeasureRow]:
    """Hours lent of those there were, and person-weeks with more work than the person is there for."""
    lent = sum(row["quarter_hours"] for row in content["departments"])
    room = sum(row["capacity_quarter_hours"] for row in content["departments"])
    yield MeasureRow("utilisation", "share", _share(lent, room))
    snapshot = publication.run.snapshot
    people: Mapping[str, Any] = snapshot.inputs["people"] if snapshot else {}
    place = {week: i for i, week in enumerate(problem.get("weeks", ()))}
    load: defaultdict[tuple[str, int], int] = defaultdict(int)
    for row in content["granted"]:
        for hour in row["hours"]:
            if hour["week"] in place:
                load[hour["specialist_code"], place[hour["week"]]] += hour["quarter_hours"]
    over = sum(
        hours + people[who]["promised"][week] > people[who]["present"][week]
        for (who, week), hours in load.items()
        if who in people
    )
    yield MeasureRow("overload_weeks", "count", over)


def _skills(problem: Mapping[str, Any]) -> MeasureRow:
    """Hours asked for which somebody has every skill at the level, of all hours asked."""
    asked = met = 0
    people = [person["skills"] for person in problem.get("specialists", ())]
    for line in problem.get("lines", ()):
        hours, needs = line["hours"][-1], line.get("needs") or {}
        asked += hours
        if any(all(skills.get(key, 0) >= level for key, level in needs.items()) for skills in people):
            met += hours
    return MeasureRow("demand_with_skill", "share", _share(met, asked))
