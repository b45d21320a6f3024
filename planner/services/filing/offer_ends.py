"""Offers to customers that are about to lapse: who files must renew them or see the work end in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import NotificationKind, RequestStatus, ResourceRequest
from planner.scope import visible_requests
from planner.services.staff.due import Due
from planner.verdict import Message, require

NEAR: Final = timedelta(days=14)
LAST_CALL: Final = timedelta(days=3)
"""An offer is told of when it is this near its end, and once more."""

OPEN: Final = (
    RequestStatus.DRAFT,
    RequestStatus.RETURNED,
    RequestStatus.SUBMITTED,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
)
"""States in which the customer may still wait for what was offered."""


def days_left(request: ResourceRequest, day: date | None = None) -> int | None:
    """Days until the offer lapses, 0 on its last one and negative behind it; None while that is no matter."""
    ends = request.offer_valid_until
    if ends is None or request.status not in OPEN:
        return None
    left = (ends - (day or today())).days
    return left if left <= NEAR.days else None


def ending_offers(session: Session, actor: Actor) -> list[ResourceRequest]:
    """Open requests in the actor's sight whose offer lapses soon or has lapsed, the first to end first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_REQUESTS))
    rows = session.scalars(
        visible_requests(session, actor)
        .where(ResourceRequest.status.in_(OPEN), ResourceRequest.offer_valid_until <= today() + NEAR)
        .order_by(ResourceRequest.offer_valid_until, ResourceRequest.id)
    )
    return list(rows)


def offers_due(session: Session, day: date) -> list[Due]:
    """Reminders for the account managers whose offers end within two weeks, and again within three days."""
    rows = session.scalars(
        select(ResourceRequest)
        .where(
            ResourceRequest.status.in_(OPEN),
            ResourceRequest.offer_valid_until >= day,
            ResourceRequest.offer_valid_until <= day + NEAR,
        )
        .order_by(ResourceRequest.offer_valid_until, ResourceRequest.id)
    )
    return [_due(row, row.offer_valid_until, day) for row in rows if row.offer_valid_until]


def _due(row: ResourceRequest, ends: date, day: date) -> Due:
    step = "last" if ends - day <= LAST_CALL else "near"
    return Due(
        users=frozenset({row.kam_id, row.filed_by_id}),
        kind=NotificationKind.REMINDER,
        text=Message(
            "The offer to %(account)s for “%(title)s” is valid until %(day)s.",
            {"account": row.account.name, "title": row.title, "day": ends},
        ),
        link=f"/requests/{row.id}",
        key=f"offer:{row.id}:{ends.isoformat()}:{step}",
    )
