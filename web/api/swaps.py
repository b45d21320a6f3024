"""Swaps between account managers, without names until both agree."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import SwapOffer
from planner.services.excepting import releasing, swaps
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.exceptions import ReleasedSwapOut, SwapIn, SwapOut
from web.schemas.outputs import page_of

blueprint = Blueprint("swaps", "Offers between account managers.")


@blueprint.get("/swaps")
@policy(Action.VIEW_SWAPS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(SwapOut))
def list_swaps(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Offers that your side made or was made."""
    return page_of(swaps.list_swaps(session, actor), query)


@blueprint.post("/requests/<id:request_id>/swap")
@policy(Action.OFFER_SWAP)
@blueprint.body(SwapIn)
@writes
@blueprint.answer(SwapOut, 201)
def offer_swap(session: Session, actor: Actor, values: dict[str, Any], request_id: str) -> swaps.SwapView:
    """Ask whoever holds the hours to yield."""
    return swaps.offer(session, actor, request_id, values["offered_id"])


@blueprint.post("/swaps/<id:offer_id>/accept")
@policy(Action.ANSWER_SWAP)
@blueprint.versioned
@writes
@blueprint.answer(SwapOut)
def accept_swap(session: Session, actor: Actor, offer_id: str) -> swaps.SwapView:
    """Agree; a re-solve then sees whether nobody else loses."""
    return swaps.accept(session, actor, offer_id, asked_version())


@blueprint.post("/swaps/<id:offer_id>/decline")
@policy(Action.ANSWER_SWAP)
@blueprint.versioned
@writes
@blueprint.answer(SwapOut)
def decline_swap(session: Session, actor: Actor, offer_id: str) -> swaps.SwapView:
    """Do not agree."""
    return swaps.decline(session, actor, offer_id, asked_version())


@blueprint.post("/swaps/<id:offer_id>/withdraw")
@policy(Action.OFFER_SWAP)
@blueprint.versioned
@writes
@blueprint.answer(SwapOut)
def withdraw_swap(session: Session, actor: Actor, offer_id: str) -> swaps.SwapView:
    """Take the offer back."""
    return swaps.withdraw(session, actor, offer_id, asked_version())


@blueprint.post("/swaps/<id:offer_id>/release")
@policy(Action.RELEASE_SWAP)
@blueprint.versioned
@writes
@blueprint.answer(ReleasedSwapOut)
def release_swap(session: Session, actor: Actor, offer_id: str) -> SwapOffer:
    """End an agreed swap; the next plan is free of it."""
    return releasing.release(session, actor, offer_id, asked_version())
