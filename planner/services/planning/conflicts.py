"""Why a run found no plan: which earlier decisions contradict each other, and who can release them.

The engine names the locks; this names the people behind them, as things stand now. What was taken back since
is told as released, so that the page says when another run makes sense.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from planner.records import (
    Override,
    OverrideState,
    PlanRun,
    Proposal,
    ProposalState,
    ResourceRequest,
    SwapOffer,
    SwapState,
)
from planner.solving.alterations import request_of
from planner.solving.material import newest_plan


class Source(enum.StrEnum):
    """What a lock came from."""

    SWAP = "swap"
    OVERRIDE = "override"
    APPROVAL = "approval"
    OFFER = "offer"
    REJECTION = "rejection"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Cause:
    """One earlier decision among those that contradict each other.

    Attributes:
        source: What kind of decision.
        key: Its record's id; empty for published hours.
        version: The record's version.
        request_id: The request it is about.
        title: That request's title.
        who: Whom to ask: who made it, or both sides of a swap.
        released: Whether it was taken back since.
    """

    source: Source
    key: str
    version: int
    request_id: str
    title: str
    who: tuple[str, ...]
    released: bool = False


def causes_of(session: Session, run: PlanRun) -> tuple[Cause, ...]:
    """The decisions behind the locks that a failed run names; none when it failed otherwise."""
    rows: Sequence[Mapping[str, Any]] = ((run.failure or {}).get("details") or {}).get("conflicts", ())
    locked = {str(row.get("request") or request_of(str(row["line"]))) for row in rows}
    if not locked:
        return ()
    requests = {
        r.id: r for r in session.scalars(select(ResourceRequest).where(ResourceRequest.id.in_(locked)))
    }
    used = list((run.snapshot.inputs if run.snapshot else {}).get("exceptions", ()))
    found = [*_overrides(session, used, requests), *_answers(session, run, requests, rows)]
    unexplained = locked - {cause.request_id for cause in found}
    swaps = list(_swaps(session, used, locked, unexplained))
    # What has no decision of its own is held for somebody else's swap, else it is published.
    held = [] if swaps else sorted(unexplained & set(requests))
    promises = [Cause(Source.PROMISE, "", 0, key, requests[key].title, ()) for key in held]
    return (*swaps, *found, *promises)


def _overrides(
    session: Session, ids: Sequence[str], requests: Mapping[str, ResourceRequest]
) -> Iterable[Cause]:
    """Overrides about these requests, and those of nobody's request."""
    overrides = session.scalars(
        select(Override)
        .where(Override.id.in_(ids), or_(Override.request_id.in_(requests), Override.request_id.is_(None)))
        .order_by(Override.signed_at, Override.id)
        .options(selectinload(Override.sponsor), selectinload(Override.request))
    )
    for override in overrides:
        title = override.request.title if override.request else ""
        yield Cause(
            Source.OVERRIDE,
            override.id,
            override.version,
            override.request_id or "",
            title,
            (override.sponsor.display_name,),
            released=override.state != OverrideState.ACTIVE,
        )


def _swaps(session: Session, ids: Sequence[str], locked: set[str], unexplained: set[str]) -> Iterable[Cause]:
    """Swaps of these requests; a swap also holds requests of others, of whom nothing else was decided."""
    offers = select(SwapOffer).where(SwapOffer.id.in_(ids)).order_by(SwapOffer.created_at, SwapOffer.id)
    for swap in session.scalars(offers):
        if unexplained or locked & {swap.request_id, swap.yields_id, swap.offered_id}:
            yield Cause(
                Source.SWAP,
                swap.id,
                swap.version,
                swap.request_id,
                swap.request.title,
                (swap.asker.display_name, swap.holder.display_name),
                released=swap.state != SwapState.AGREED,
            )


def _answers(
    session: Session,
    run: PlanRun,
    requests: Mapping[str, ResourceRequest],
    rows: Sequence[Mapping[str, Any]],
) -> Iterable[Cause]:
    """Heads' answers to the newest plan about these requests; rejections where something is forbidden."""
    newest = newest_plan(session, run.cycle_id)
    if newest is None:
        return
    sources = {ProposalState.APPROVED: Source.APPROVAL, ProposalState.COUNTERED: Source.OFFER}
    if any(row["kind"] == "forbid" for row in rows):
        sources[ProposalState.REJECTED] = Source.REJECTION
    parts = session.scalars(
        select(Proposal)
        .where(
            Proposal.run_id == newest.id, Proposal.request_id.in_(requests), Proposal.state.in_(list(sources))
        )
        .order_by(Proposal.request_id, Proposal.line_id, Proposal.department_id)
        .options(selectinload(Proposal.department))
    )
    for part in parts:
        head = part.department.head or part.department.deputy_head
        who = f"{head.display_name} ({part.department.name})" if head else part.department.name
        title = requests[part.request_id].title
        yield Cause(sources[part.state], part.id, part.version, part.request_id, title, (who,))
