"""The cut-off of a cycle: what came later waits for the next one.

A request belongs to the cycle once one of its plans has looked at it, so what its manager changes afterwards
is planned anew in the same cycle. An issue, or a deadline that is near, cannot wait and is taken in at once,
and so is what leadership took in with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import week_of, weeks_between
from planner.records import (
    JobState,
    LateAdmission,
    PlanningCycle,
    PlanRun,
    RequestOutcome,
    RequestStatus,
    ResourceRequest,
    RunPurpose,
)
from planner.solving.demand import expedites


def too_late(session: Session, cycle: PlanningCycle, requests: Iterable[ResourceRequest]) -> set[str]:
    """Ids of the submitted requests that came after the cycle's cut-off and wait for the next one."""
    late = [
        request
        for request in requests
        if request.status == RequestStatus.SUBMITTED
        and request.submitted_at is not None
        and request.submitted_at > cycle.request_cutoff
        and not expedites(request, _first_week(request, cycle))
    ]
    if not late:
        return set()
    planned = (
        select(RequestOutcome.request_id)
        .join(PlanRun, PlanRun.id == RequestOutcome.run_id)
        .where(
            PlanRun.cycle_id == cycle.id,
            PlanRun.purpose == RunPurpose.OFFICIAL,
            PlanRun.state == JobState.DONE,
            RequestOutcome.request_id.in_([request.id for request in late]),
        )
    )
    admitted = select(LateAdmission.request_id).where(LateAdmission.cycle_id == cycle.id)
    return {r.id for r in late} - set(session.scalars(planned)) - set(session.scalars(admitted))


def _first_week(request: ResourceRequest, cycle: PlanningCycle) -> str:
    """The week from which a deadline is near: the cycle's first, or that of the filing when it has begun."""
    assert request.submitted_at is not None  # noqa: S101 - it was submitted
    filed = week_of(request.submitted_at.date())
    return filed if weeks_between(cycle.first_week, filed) > 0 else cycle.first_week
