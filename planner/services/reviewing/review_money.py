"""What became of promises and exceptions: overrides with price and outcome, claims against what came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import Closing, ClosingState
from planner.records.outcomes import SUCCESSES
from planner.services.excepting.overrides import register
from planner.services.publishing.board_overrides import target_of
from planner.services.reviewing.review_view import OverrideRow, PromiseRow, RejectionRow, SponsorRow

FULL = 1000
QUARTERS_SHOWN = 8

COUNTED = (ClosingState.RECORDED, ClosingState.CONFIRMED)
"""A closing that was returned or replaced says nothing."""


def quarter_of(day: date) -> str:
    """The quarter of a day, such as "2027-Q1"."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def overrides(session: Session, quarter: str) -> tuple[tuple[OverrideRow, ...], tuple[SponsorRow, ...]]:
    """The register of a quarter such as "2027-Q1", oldest first, and what each sponsor's cost."""
    found = register(session, int(quarter[:4]), int(quarter[-1]))
    ended = {
        row.request_id: row for row in session.scalars(select(Closing).where(Closing.state.in_(COUNTED)))
    }
    rows = []
    for row in found.rows:
        closing = ended.get(row.request_id or "")
        rows.append(
            OverrideRow(
                key=f"override:{row.id}",
                kind=row.kind.value,
                target=target_of(row),
                sponsor=row.sponsor.display_name,
                second=row.second.display_name if row.second else None,
                reason=row.reason,
                low=row.price_low_minor,
                high=row.price_high_minor,
                losers=tuple(effect["title"] for effect in row.effects.get("losers", ())),
                signed_on=row.signed_at.date().isoformat(),
                expires_on=row.expires_on.isoformat(),
                state=row.state.value,
                result=closing.result.value if closing else None,
                realised=_realised(closing) if closing else None,
            )
        )
    tallies = [SponsorRow(t.sponsor, t.count, t.low_minor, t.high_minor) for t in found.tallies]
    return tuple(rows), tuple(tallies)


def _realised(closing: Closing) -> int | None:
    """What came, once a second person confirmed it."""
    return closing.realised_value_minor if closing.state == ClosingState.CONFIRMED else None


def promised(session: Session) -> tuple[PromiseRow, ...]:
    """Per quarter of ending: the expected value that was claimed, and the value that was confirmed."""
    found: defaultdict[str, list[Closing]] = defaultdict(list)
    for closing in session.scalars(select(Closing).where(Closing.state.in_(COUNTED))):
        found[quarter_of(closing.ended_on)].append(closing)
    newest = sorted(found, reverse=True)[:QUARTERS_SHOWN]
    return tuple(_quarter(quarter, found[quarter]) for quarter in newest)


def _quarter(quarter: str, closings: list[Closing]) -> PromiseRow:
    confirmed = [c for c in closings if c.state == ClosingState.CONFIRMED]
    return PromiseRow(
        quarter=quarter,
        closed=len(closings),
        succeeded=sum(c.result in SUCCESSES for c in closings),
        claimed=sum(c.claimed_value_minor * c.claimed_probability // FULL for c in confirmed),
        realised=sum(c.realised_value_minor or 0 for c in confirmed),
        unconfirmed=len(closings) - len(confirmed),
    )


def rejections(content: Mapping[str, Any]) -> Iterator[RejectionRow]:
    """What heads refused of the plan and what it cost, by department."""
    for row in content["departments"]:
        if row["rejections"]:
            yield RejectionRow(row["name"], row["rejections"], row["lost_low_minor"], row["lost_high_minor"])
