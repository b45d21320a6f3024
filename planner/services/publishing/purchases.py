"""What a publication buys outside: kept line by line beside its hours, and told with its price."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import (
    PlanRun,
    Publication,
    PublishedOutside,
    RequestLine,
    RequestOutcome,
    ResourceRequest,
)


def purchases(
    session: Session, run: PlanRun, publication: Publication, chosen: Collection[str]
) -> list[PublishedOutside]:
    """The lines bought for the published requests; prices in minor units."""
    outcomes = session.scalars(
        select(RequestOutcome).where(RequestOutcome.run_id == run.id, RequestOutcome.request_id.in_(chosen))
    )
    bought = {line: row.request_id for row in outcomes for line in row.outside_lines}
    lines = session.scalars(select(RequestLine).where(RequestLine.id.in_(bought)).order_by(RequestLine.id))
    return [
        PublishedOutside(
            publication_id=publication.id,
            request_id=bought[line.id],
            line_id=line.id,
            cost_minor=line.outside_cost_minor or 0,
        )
        for line in lines
    ]


def told(request: ResourceRequest, outcome: RequestOutcome) -> list[dict[str, Any]]:
    """The same for one request as the board reads it: what, from whom, for how much."""
    return [
        {
            "skill": line.skill.key,
            "skill_labels": dict(line.skill.labels),
            "source": line.outside_source,
            "cost_minor": line.outside_cost_minor,
        }
        for line in request.lines
        if line.id in outcome.outside_lines
    ]
