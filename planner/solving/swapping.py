"""Whether a swap between two account managers hurts nobody else, and what then becomes of the offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import SYSTEM
from planner.audit import Event, changing
from planner.records import (
    JobState,
    NotificationKind,
    PlanRun,
    Question,
    QuestionKind,
    SwapOffer,
    SwapState,
)
from planner.solving.alterations import REFUSED, forced
from planner.solving.prices import CONFLICT, NO_PLAN, digest, levels_of
from planner.transitions import SwapAction, move
from planner.verdict import Message

Data = dict[str, Any]

AGREED = "The swap for “%(title)s” is agreed: nobody else loses, and the next plan keeps to it."
NOT_AGREED = "The swap for “%(title)s” is not possible without somebody else losing."


def swap_question(run: PlanRun, swap: Mapping[str, Any]) -> Question:
    """Whether a swap hurts nobody else: {"request", "level", "yields", "most", "offered"}."""
    return Question(
        run_id=run.id,
        kind=QuestionKind.SWAP,
        subject=digest(swap),
        request_id=swap["request"],
        state=JobState.QUEUED,
        params=dict(swap),
    )


def swap_task(question: Question, task: Data) -> Data:
    """The plan with the swap in which everybody else has at least what they have now."""
    problem, swap = json.loads(task["problem"]), question.params
    mine = {swap["request"], swap["yields"], swap["offered"]} - {None}
    bent = forced(problem, {"kind": "grant", "request": swap["request"], "level": swap["level"]}, mine)
    for name, most in ((swap["yields"], swap["most"]), (swap["offered"], REFUSED)):
        if name is not None:
            bent = forced(bent, {"kind": "hold", "request": name, "level": most})
    now = levels_of(json.loads(task["plan"]))
    bent["locks"] += [
        {"kind": "min_level", "request": name, "level": level}
        for name, level in sorted(now.items())
        if name not in mine
    ]
    return {**task, "kind": "solve", "problem": json.dumps(bent)}


def settle(session: Session, question: Question, reply: Mapping[str, Any]) -> None:
    """Keep whether a plan exists in which nobody else has less, and move the offers that wait for it."""
    # What tells people is a service, and services know this module.
    from planner.services.staff.notifying import notify

    after = json.loads(reply["result"])
    agreed = after["status"] != NO_PLAN
    possible: bool | None = agreed or (False if after["stopped"] == CONFLICT else None)
    question.answer = {"possible": possible, "value_after": after["value"] if agreed else None}
    question.exact = possible is not None
    offers = select(SwapOffer).where(
        SwapOffer.question_id == question.id, SwapOffer.state == SwapState.CHECKING
    )
    for offer in session.scalars(offers):
        with changing(session, SYSTEM, Event.SWAP_CHECKED, offer):
            move(offer, SwapAction.CONFIRM if agreed else SwapAction.FAIL)
        words = AGREED if agreed else NOT_AGREED
        for user, title in ((offer.from_id, offer.request.title), (offer.to_id, offer.yields.title)):
            notify(
                session,
                users=[user],
                kind=NotificationKind.SWAP,
                text=Message(words, {"title": title}),
                link="/swaps",
                key=f"swap-settled-{offer.id}",
            )
