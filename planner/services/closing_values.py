"""What had been claimed for a request, at the level that was really delivered."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import today
from planner.lifetimes import lifetimes
from planner.records import (
    JobState,
    PlanRun,
    RequestOutcome,
    ResourceRequest,
    RunPurpose,
    Snapshot,
    ValueSource,
)
from planner.solving.parameters import YEARLY_RATE
from planner.worth import present_value, round_minor

FULL = 1000


def claimed(session: Session, request: ResourceRequest, delivered: int) -> tuple[int, int]:
    """The stated chance in per mille at `delivered` per mille of the hours, and the present value claimed.

    Between two stated points the chance is read from the straight line between them; beyond the last one it
    is the last one's. A request that got nothing tests the chance stated without hours. Who claimed a
    customer's lifetime value claimed what it was in the newest plan; 0 when nobody knows it any more.
    """
    return _chance(request, delivered), _value(session, request)


def _chance(request: ResourceRequest, delivered: int) -> int:
    points = sorted((point.fraction, point.probability) for point in request.curve)
    if not points:
        return 0
    for (low, before), (high, after) in pairwise(points):
        if low <= delivered <= high:
            return before + (after - before) * (delivered - low) // (high - low)
    return points[-1][1] if delivered > points[-1][0] else points[0][1]


def _value(session: Session, request: ResourceRequest) -> int:
    if request.value_source is ValueSource.LIFETIME:
        planned = _planned(session, request)
        return planned if planned is not None else _lifetime(session, request)
    stream = [(row.month_offset, row.amount_minor) for row in request.benefits]
    return present_value(stream, Decimal(YEARLY_RATE)).minor


def _planned(session: Session, request: ResourceRequest) -> int | None:
    """The present value in the snapshot of the newest official plan that had the request."""
    inputs = session.scalars(
        select(Snapshot.inputs)
        .join(PlanRun, PlanRun.snapshot_id == Snapshot.id)
        .join(RequestOutcome, RequestOutcome.run_id == PlanRun.id)
        .where(
            RequestOutcome.request_id == request.id,
            PlanRun.purpose == RunPurpose.OFFICIAL,
            PlanRun.state == JobState.DONE,
        )
        .order_by(PlanRun.finished_at.desc())
        .limit(1)
    ).first()
    told = inputs["requests"].get(request.id) if inputs else None
    return round_minor(Decimal(told["present_value"]["total_minor"])) if told else None


def _lifetime(session: Session, request: ResourceRequest) -> int:
    found = lifetimes(session, today(), [request.account_id], Decimal(YEARLY_RATE))
    return found[request.account_id].minor or 0
