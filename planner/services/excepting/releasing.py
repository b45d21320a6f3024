"""Ending an agreed swap: either side may leave it, and leadership where it stands in the way of a plan."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor, acts_for
from planner.audit import Event, changing
from planner.permissions import Action, may
from planner.records import NotificationKind, Role, SwapOffer
from planner.scope import an_id
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.transitions import SwapAction, check, move
from planner.verdict import Message, not_found, require


def release(session: Session, actor: Actor, offer_id: str, version: int) -> SwapOffer:
    """End an agreed swap; the next plan is free of it, and both sides are told who ended it.

    Args:
        session: The unit of work.
        actor: Who asked or who yields, who stands in for one of them, or leadership.
        offer_id: Which swap.
        version: The version that the actor saw.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE when it is not agreed.
    """
    require(may(actor, Action.RELEASE_SWAP))
    row = session.scalars(select(SwapOffer).where(SwapOffer.id == an_id(offer_id))).one_or_none()
    side = row is not None and not acts_for(session, actor).isdisjoint({row.from_id, row.to_id})
    if row is None or not (side or actor.has(Role.LEADERSHIP)):
        raise not_found()
    check_version(session, row, version)
    require(check(row, SwapAction.RELEASE))
    with changing(session, actor, Event.SWAP_RELEASED, row):
        move(row, SwapAction.RELEASE)
    for user, title in ((row.from_id, row.request.title), (row.to_id, row.yields.title)):
        notify(
            session,
            users={user} - {actor.user_id},
            kind=NotificationKind.SWAP,
            text=Message(
                "%(name)s released the agreed swap for “%(title)s”; the next plan is free of it.",
                {"name": actor.name, "title": title},
            ),
            link="/swaps",
            key=f"swap-released-{row.id}",
        )
    return row
