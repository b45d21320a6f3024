"""What had been claimed for a request, at the level that was really delivered."""

from __future__ import annotations

from decimal import Decimal

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
from planner.unanswered import stated_chance
from planner.worth import present_value, round_minor


def claimed(session: Session, request: ResourceRequest, delivered: int) -> tuple[int, int]:
    """The stated chance in per mille at `delivered` per mille of the hours, and the present value claimed.

    Who claimed a customer's lifetime value claimed what it was in the newest plan; 0 when nobody knows it
    any more.
    """
    return stated_chance(request, delivered), _value(session, request)


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
