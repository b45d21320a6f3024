"""Swaps: one account manager asks another to let a request yield, without either knowing who the other is.

The offer goes to whoever holds the hours that the refusal card names. Both must accept, a re-solve must find
a plan in which nobody else has less, and only then are names told and the next plan bound to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor, acts_for
from planner.audit import Event, changing, created
from planner.clock import now
from planner.permissions import Action, may
from planner.records import (
    JobState,
    NotificationKind,
    PlanRun,
    Question,
    QuestionKind,
    RequestOutcome,
    ResourceRequest,
    SwapOffer,
    SwapState,
)
from planner.scope import an_id, find_account, find_request
from planner.services.explaining.explanations import PROBES_A_DAY, probes_left
from planner.services.explaining.ways import SMALLEST_GROUP
from planner.services.filing.stories import story
from planner.services.planning.plan_facts import plan_of, problem_of
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.solving.alterations import request_of
from planner.solving.material import newest_plan
from planner.solving.prices import levels_of
from planner.solving.questions import find_question
from planner.solving.swapping import swap_question
from planner.transitions import SwapAction, check, move
from planner.verdict import Kind, Message, not_found, refuse, require


@dataclass(frozen=True, slots=True)
class SwapView:
    """A swap as one of its two sides may know it.

    Attributes:
        offer_id: Its id.
        version: Its version.
        state: Where it stands.
        asked: Whether the reader is the one who asks.
        request_id: The reader's own request that it is about: the one to be granted, or the one to yield.
        title: Its title.
        share_now: Granted share of it now, per mille.
        share_then: The share it would have, per mille.
        given_back: For the side that yields: quarter-hours that the other side gives back in return; None
            when nothing is offered in return.
        offered_title: For the side that asks: the own request offered in return.
        other: Name of the other side; None until both have agreed and nobody else loses.
        other_title: The other side's request, likewise.
    """

    offer_id: str
    version: int
    state: str
    asked: bool
    request_id: str
    title: str
    share_now: int
    share_then: int
    given_back: int | None = None
    offered_title: str | None = None
    other: str | None = None
    other_title: str | None = None


def offer(session: Session, actor: Actor, request_id: str, offered_id: str | None = None) -> SwapView:
    """Ask whoever would have to yield to do so, perhaps giving back an own granted request in return.

    Counts as one probe of the day, for the answer tells something.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NO_SWAP when the refusal card names no single request that would
            be enough; E_TOO_FEW when fewer than three others have hours in the plan, so that they would be
            known; E_OWN when the own side holds them; E_EXISTS; E_PROBES.
    """
    require(may(actor, Action.OFFER_SWAP))
    request = _own(session, actor, request_id)
    run, card = _card(session, actor, request)
    yields = _single(session, card)
    _check_sides(session, actor, run, request, yields)
    offered = _offered(session, actor, run, offered_id, request) if offered_id else None
    open_states = (SwapState.OFFERED, SwapState.CHECKING, SwapState.AGREED)
    same = select(SwapOffer.id).where(
        SwapOffer.run_id == run.id, SwapOffer.request_id == request.id, SwapOffer.state.in_(open_states)
    )
    if session.scalar(same.limit(1)) is not None:
        raise refuse(Kind.STATE, "E_EXISTS", "There is an offer for this request.", "Wait for its answer.")
    if probes_left(session, actor) == 0:
        raise refuse(
            Kind.BUSY,
            "E_PROBES",
            "You have put %(most)s questions today.",
            "Come back tomorrow; the others are answered one by one without asking.",
            most=PROBES_A_DAY,
        )
    row = SwapOffer(
        run_id=run.id,
        request_id=request.id,
        level=card.answer["level"],
        yields_id=yields.id,
        offered_id=offered.id if offered else None,
        from_id=request.kam_id,
        to_id=yields.kam_id,
        state=SwapState.OFFERED,
    )
    created(session, actor, Event.SWAP_OFFERED, row)
    notify(
        session,
        users=[yields.kam_id],
        kind=NotificationKind.SWAP,
        text=Message(
            "Another account manager asks whether your request “%(title)s” could yield.",
            {"title": yields.title},
        ),
        link="/swaps",
        key=f"swap-{row.id}",
    )
    return _view(session, actor, row)


def list_swaps(session: Session, actor: Actor) -> Sequence[SwapView]:
    """Offers that the actor's side made or was made, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_SWAPS))
    rows = session.scalars(_mine(session, actor).order_by(SwapOffer.created_at.desc(), SwapOffer.id))
    return [_view(session, actor, row) for row in rows]


def accept(session: Session, actor: Actor, offer_id: str, version: int) -> SwapView:
    """The asked side agrees; a re-solve then has to find a plan in which nobody else loses.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE; E_OVERTAKEN by a newer plan.
    """
    row = _to_answer(session, actor, offer_id, version, SwapAction.ACCEPT)
    newest = newest_plan(session, row.run.cycle_id)
    if newest is None or newest.id != row.run_id:
        raise refuse(
            Kind.STATE,
            "E_OVERTAKEN",
            "A newer plan has overtaken this offer.",
            "Decline it; it can be made again for the new plan.",
        )
    levels = levels_of(plan_of(row.run))
    swap = {
        "request": row.request_id,
        "level": row.level,
        "yields": row.yields_id,
        "most": _most(session, row, levels.get(row.yields_id, -1)),
        "offered": row.offered_id,
    }
    asked = swap_question(row.run, swap)
    question = find_question(session, row.run_id, QuestionKind.SWAP, asked.subject) or asked
    question.asked_at, question.asked_by_id = now(), actor.user_id
    session.add(question)
    session.flush()
    with changing(session, actor, Event.SWAP_ACCEPTED, row):
        move(row, SwapAction.ACCEPT)
        row.question_id, row.answered_at = question.id, now()
    if question.state == JobState.DONE:
        # The same swap was checked before; its answer holds for the same plan.
        agreed = question.answer["possible"]
        with changing(session, actor, Event.SWAP_CHECKED, row):
            move(row, SwapAction.CONFIRM if agreed else SwapAction.FAIL)
    return _view(session, actor, row)


def decline(session: Session, actor: Actor, offer_id: str, version: int) -> SwapView:
    """The asked side does not agree; no reason is asked for and none is told.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE.
    """
    row = _to_answer(session, actor, offer_id, version, SwapAction.DECLINE)
    with changing(session, actor, Event.SWAP_DECLINED, row):
        move(row, SwapAction.DECLINE)
        row.answered_at = now()
    notify(
        session,
        users=[row.from_id],
        kind=NotificationKind.SWAP,
        text=Message("Your offer for “%(title)s” was declined.", {"title": row.request.title}),
        link="/swaps",
        key=f"swap-answer-{row.id}",
    )
    return _view(session, actor, row)


def withdraw(session: Session, actor: Actor, offer_id: str, version: int) -> SwapView:
    """The asking side takes the offer back before it is settled.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE.
    """
    require(may(actor, Action.OFFER_SWAP))
    row = _find(session, actor, offer_id)
    if row.from_id not in acts_for(session, actor):
        raise not_found()
    check_version(session, row, version)
    require(check(row, SwapAction.WITHDRAW))
    with changing(session, actor, Event.SWAP_WITHDRAWN, row):
        move(row, SwapAction.WITHDRAW)
    return _view(session, actor, row)


def possible(session: Session, actor: Actor, request_id: str) -> bool:
    """Whether an offer could be made for the request now."""
    if not may(actor, Action.OFFER_SWAP):
        return False
    told = story(session, actor, request_id)
    card = find_question(session, told.run.id, QuestionKind.CARD, request_id) if told.run else None
    if not told.whole or told.run is None or card is None or card.state != JobState.DONE:
        return False
    wanted = (card.answer["families"].get("yield") or {}).get("change", {}).get("requests", ())
    if len(wanted) != 1:
        return False
    yields = session.get_one(ResourceRequest, wanted[0]["request"])
    mine = acts_for(session, actor)
    return yields.kam_id not in mine and _others(session, told.run, told.request.kam_id) >= SMALLEST_GROUP


def own_granted(session: Session, actor: Actor, request_id: str) -> list[tuple[str, str]]:
    """Own requests with hours in the plan, which could be offered in return: id and title."""
    told = story(session, actor, request_id)
    if told.run is None:
        return []
    granted = levels_of(plan_of(told.run))
    rows = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.id.in_(granted), ResourceRequest.kam_id == told.request.kam_id)
        .order_by(ResourceRequest.filing_order)
    )
    return [(row.id, row.title) for row in rows if row.id != request_id]


def _own(session: Session, actor: Actor, request_id: str) -> ResourceRequest:
    request = find_request(session, actor, request_id)
    find_account(session, actor, request.account_id)
    if request.kam_id not in acts_for(session, actor):
        raise not_found()
    return request


def _card(session: Session, actor: Actor, request: ResourceRequest) -> tuple[PlanRun, Question]:
    told = story(session, actor, request.id)
    card = find_question(session, told.run.id, QuestionKind.CARD, request.id) if told.run else None
    if told.run is None or card is None or card.state != JobState.DONE:
        raise _no_swap()
    newest = newest_plan(session, told.run.cycle_id)
    if newest is None or newest.id != told.run.id:
        raise _no_swap()
    return told.run, card


def _single(session: Session, card: Question) -> ResourceRequest:
    family = card.answer["families"].get("yield")
    wanted = family["change"]["requests"] if family else []
    if len(wanted) != 1:
        raise _no_swap()
    return session.get_one(ResourceRequest, wanted[0]["request"])


def _no_swap() -> Exception:
    return refuse(
        Kind.STATE,
        "E_NO_SWAP",
        "There is no single request that would have to yield, as far as is known now.",
        "Ask for the ways forward first, or try another one of them.",
    )


def _check_sides(
    session: Session, actor: Actor, run: PlanRun, request: ResourceRequest, yields: ResourceRequest
) -> None:
    """Go on when the other side is another one and cannot be recognised."""
    if yields.kam_id in {request.kam_id, *acts_for(session, actor)}:
        raise refuse(
            Kind.STATE,
            "E_OWN",
            "The hours are held by a request of your own.",
            "Change or withdraw that one; no offer is needed.",
        )
    if _others(session, run, request.kam_id) < SMALLEST_GROUP:
        raise refuse(
            Kind.STATE,
            "E_TOO_FEW",
            "Too few others have hours in this plan for an offer without names.",
            "Talk to leadership, who sees all sides.",
        )


def _others(session: Session, run: PlanRun, kam_id: str) -> int:
    """How many other account managers have hours in the plan."""
    rows = session.scalars(
        select(ResourceRequest.kam_id)
        .join(RequestOutcome, RequestOutcome.request_id == ResourceRequest.id)
        .where(RequestOutcome.run_id == run.id, RequestOutcome.level >= 0)
    )
    return len(set(rows) - {kam_id})


def _offered(
    session: Session, actor: Actor, run: PlanRun, offered_id: str, request: ResourceRequest
) -> ResourceRequest:
    row = _own(session, actor, offered_id)
    if row.id == request.id or row.id not in levels_of(plan_of(run)):
        raise not_found()
    return row


def _most(session: Session, row: SwapOffer, level: int) -> int:
    """The level that the yielding request keeps at most: what the card named, else one below its own."""
    card = find_question(session, row.run_id, QuestionKind.CARD, row.request_id)
    family = card.answer["families"].get("yield") if card and card.state == JobState.DONE else None
    named = {r["request"]: r["level"] for r in family["change"]["requests"]} if family else {}
    return int(named.get(row.yields_id, level - 1))


def _mine(session: Session, actor: Actor) -> Select[SwapOffer]:
    people = acts_for(session, actor)
    return (
        select(SwapOffer)
        .where(or_(SwapOffer.from_id.in_(people), SwapOffer.to_id.in_(people)))
        .options(selectinload(SwapOffer.request), selectinload(SwapOffer.yields), selectinload(SwapOffer.run))
    )


def _find(session: Session, actor: Actor, offer_id: str) -> SwapOffer:
    row = session.scalars(_mine(session, actor).where(SwapOffer.id == an_id(offer_id))).one_or_none()
    if row is None:
        raise not_found()
    return row


def _to_answer(session: Session, actor: Actor, offer_id: str, version: int, action: SwapAction) -> SwapOffer:
    require(may(actor, Action.ANSWER_SWAP))
    row = _find(session, actor, offer_id)
    if row.to_id not in acts_for(session, actor):
        raise not_found()
    check_version(session, row, version)
    require(check(row, action))
    return row


def _view(session: Session, actor: Actor, row: SwapOffer) -> SwapView:
    asked = row.from_id in acts_for(session, actor)
    inputs, levels = problem_of(row.run)[1]["requests"], levels_of(plan_of(row.run))
    mine = row.request if asked else row.yields
    then = row.level if asked else _most(session, row, levels.get(row.yields_id, -1))
    other, theirs = (row.holder, row.yields) if asked else (row.asker, row.request)
    agreed = row.state == SwapState.AGREED

    def share(request_id: str, level: int) -> int:
        return int(inputs[request_id]["levels"][level]["fraction"]) if level >= 0 else 0

    given = sum(
        cell["hours"] for cell in plan_of(row.run)["hours"] if request_of(cell["line"]) == row.offered_id
    )
    return SwapView(
        offer_id=row.id,
        version=row.version,
        state=row.state.value,
        asked=asked,
        request_id=mine.id,
        title=mine.title,
        share_now=share(mine.id, levels.get(mine.id, -1)),
        share_then=share(mine.id, then),
        given_back=given if row.offered_id and not asked else None,
        offered_title=row.offered.title if row.offered and asked else None,
        other=other.display_name if agreed else None,
        other_title=theirs.title if agreed else None,
    )
