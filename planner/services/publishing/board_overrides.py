"""The overrides that a plan obeys, as they stand in its published content."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner.records import Override, OverrideState, PlanRun, ResourceRequest


def overrides_in(session: Session, run: PlanRun) -> list[dict[str, Any]]:
    """Active overrides signed before the run was asked for and not over by then; oldest first."""
    asked = run.created_at
    rows = session.scalars(
        select(Override)
        .where(
            Override.cycle_id == run.cycle_id,
            Override.state == OverrideState.ACTIVE,
            Override.signed_at <= asked,
            Override.expires_on >= asked.date(),
        )
        .order_by(Override.signed_at, Override.id)
        .options(
            joinedload(Override.sponsor),
            joinedload(Override.second),
            joinedload(Override.request).joinedload(ResourceRequest.account),
            joinedload(Override.specialist),
        )
    ).all()
    return [
        {
            "id": row.id,
            "kind": row.kind.value,
            "target": target_of(row),
            "sponsor": row.sponsor.display_name,
            "second": row.second.display_name if row.second else None,
            "reason": row.reason,
            "price_low_minor": row.price_low_minor,
            "price_high_minor": row.price_high_minor,
            "losers": [effect["title"] for effect in row.effects.get("losers", ())],
            "expires_on": row.expires_on.isoformat(),
        }
        for row in rows
    ]


def target_of(override: Override) -> str:
    """What an override is about, by the names it touches."""
    request = override.request
    names = [
        f"{request.title} ({request.account.name})" if request else "",
        override.specialist.display_name if override.specialist else "",
        override.week or "",
    ]
    return ", ".join(name for name in names if name)
