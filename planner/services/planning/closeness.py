"""How close each decision of a plan was: by how much a request won or lost, and which weight would turn it.

For a granted request the margin is what the plan loses without it; for one that is short, what is missing
to its break-even. Both come from re-solves and are intervals where nothing was proven. The range of weights
holds with everything else as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.audit import Event, record
from planner.permissions import Action, may
from planner.records import JobState, PlanRun, Question, QuestionKind, ResourceRequest
from planner.scope import find_run
from planner.services.planning.plan_facts import plan_of, problem_of
from planner.solving.alterations import REFUSED
from planner.solving.prices import levels_of, price_question
from planner.transitions import JobAction, move
from planner.verdict import require

CLOSE_PERCENT: Final = 10
"""A decision with a smaller margin is called close."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """One request of a plan. Money in minor units; None is unknown.

    Attributes:
        request_id: The request.
        title: Its title.
        account: The customer.
        kam: The account manager.
        share: Granted share of its hours, per mille.
        granted: Whether it has all it asked for; the margin is then what keeps it in, else what keeps it out.
        value_minor: What the level in question is worth.
        state: Of the figure: "queued", "running", "done", "failed", "cancelled", or "none".
        margin_low_minor: It won or lost by at least this.
        margin_high_minor: By at most this.
        percent: The least margin as a share of its worth, rounded down; None while unknown.
        tie: Whether it was an exact tie, so that the order of filing decided.
        possible: False when no weight would turn it.
        weight: Its strategic weight now.
        turns_at: The weight at which the decision may turn; certain on this side of it. None while nothing
            is known of it.
    """

    request_id: str
    title: str
    account: str
    kam: str
    share: int
    granted: bool
    value_minor: int
    state: str
    margin_low_minor: int | None = None
    margin_high_minor: int | None = None
    percent: int | None = None
    tie: bool = False
    possible: bool = True
    weight: str = "1"
    turns_at: str | None = None

    @property
    def close(self) -> bool:
        """Whether a small change would surely turn it; a wide interval says nothing of the kind."""
        if self.tie or not self.possible or self.margin_high_minor is None:
            return self.tie
        return 100 * self.margin_high_minor < CLOSE_PERCENT * self.value_minor


def closeness(session: Session, actor: Actor, run_id: str) -> list[Closeness]:
    """Every request of the plan, the closest decision first; what is not computed comes last.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_TRADE_OFFS))
    run = find_run(session, actor, run_id)
    if run.state != JobState.DONE:
        return []
    inputs, levels = problem_of(run)[1]["requests"], levels_of(plan_of(run))
    questions = _questions(session, run)
    records = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.id.in_(inputs))
        .options(selectinload(ResourceRequest.account), selectinload(ResourceRequest.kam))
    )
    rows = [
        _row(record_, inputs[record_.id], levels.get(record_.id, REFUSED), questions) for record_ in records
    ]
    return sorted(rows, key=lambda r: (not r.tie, not r.close, r.turns_at is None, r.percent or 0, r.title))


def ask_closeness(session: Session, actor: Actor, run_id: str) -> int:
    """Queue what is not computed yet, in the background behind what people wait for; how many were queued.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.ASK_TRADE_OFFS))
    run = find_run(session, actor, run_id)
    levels = levels_of(plan_of(run)) if run.state == JobState.DONE else {}
    known = _questions(session, run)
    queued = 0
    for name in sorted(levels):
        question = known.get((QuestionKind.PRICE, name))
        if question is None:
            session.add(price_question(run, {"kind": "refuse", "request": name}))
            queued += 1
        elif question.state in (JobState.FAILED, JobState.CANCELLED):
            move(question, JobAction.REPEAT)
            question.attempts = 0
            queued += 1
    if queued:
        record(session, actor, Event.TRADE_OFF_ASKED, run, before=None, after={"closeness_of": queued})
    return queued


def _questions(session: Session, run: PlanRun) -> dict[tuple[QuestionKind, str], Question]:
    """Break-evens, and prices of refusing what is granted, by kind and request."""
    rows = session.scalars(
        select(Question).where(
            Question.run_id == run.id, Question.kind.in_((QuestionKind.BREAK_EVEN, QuestionKind.PRICE))
        )
    )
    return {
        (q.kind, q.request_id): q
        for q in rows
        if q.request_id and (q.kind == QuestionKind.BREAK_EVEN or q.params["target"]["kind"] == "refuse")
    }


def _row(
    request: ResourceRequest, known: dict[str, Any], level: int, questions: dict[Any, Question]
) -> Closeness:
    granted = level == len(known["levels"]) - 1
    working = known["levels"][level if granted else level + 1]
    kind = QuestionKind.PRICE if granted else QuestionKind.BREAK_EVEN
    question = questions.get((kind, request.id))
    row: dict[str, Any] = {
        "request_id": request.id,
        "title": request.title,
        "account": request.account.name,
        "kam": request.kam.display_name,
        "share": known["levels"][level]["fraction"] if level > REFUSED else 0,
        "granted": granted,
        "value_minor": working["value_minor"],
        "state": question.state.value if question else "none",
        "weight": _short(Decimal(working["strategy"])),
    }
    if question is None or question.state != JobState.DONE:
        return Closeness(**row)
    return Closeness(**row, **_margin(question, working, granted=granted))


def _margin(question: Question, working: dict[str, Any], *, granted: bool) -> dict[str, Any]:
    value, low, high = working["value_minor"], question.low_minor, question.high_minor
    if question.answer.get("possible") is False:
        return {"possible": False}
    if not granted:
        # An exact tie goes to the earlier request, so the break-even is then one unit above the worth.
        tie = bool(question.exact) and low == value + 1
        low = None if low is None else max(0, low - value)
        high = None if high is None else max(0, high - value)
    else:
        tie = bool(question.exact) and low == 0
    percent = None if low is None or value <= 0 else low * 100 // value
    known = low is not None and (low > 0 or bool(question.exact))
    turns = _turn(working, value - (low or 0) if granted else value + (low or 0)) if known else None
    return {
        "margin_low_minor": low,
        "margin_high_minor": high,
        "percent": percent,
        "tie": tie,
        "turns_at": turns,
    }


def _turn(working: dict[str, Any], value: int) -> str | None:
    """The strategic weight with which the level is worth `value` (C5); None when no weight counts in it."""
    cost = working["avoidable_cost_minor"]
    whole = working["value_minor"] + cost
    if whole <= 0:
        return None
    return _short(Decimal(working["strategy"]) * (value + cost) / whole)


def _short(number: Decimal) -> str:
    return str(number.quantize(Decimal("0.01")))


def summary(rows: Sequence[Closeness]) -> tuple[int, int, int]:
    """How many decisions are close, how many are ties, how many are not computed."""
    waits = sum(row.state in ("queued", "running", "none") for row in rows)
    return sum(row.close for row in rows), sum(row.tie for row in rows), waits
