"""Why not me: the refusal card, and putting its question before the others.

Leadership sees amounts and names. A key account manager sees the own request, how far it is from being
granted in steps of the own value, and nothing that tells others' figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, record, state_of
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import (
    AuditEvent,
    JobState,
    PlanRun,
    Question,
    QuestionKind,
    RequestOutcome,
    ResourceRequest,
)
from planner.scope import find_account, find_request, find_run, sees_all
from planner.services.explaining.reasons import reason_words
from planner.services.explaining.ways import SMALLEST_GROUP, STEP_PERCENT, Way, steps_up, ways
from planner.services.quotas import check_background
from planner.solving.one_line import line_questions
from planner.solving.questions import card_question, find_question
from planner.transitions import JobAction, move
from planner.verdict import Kind, Message, not_found, refuse, require

PROBES_A_DAY = 20
CERTAIN = 1000
"""Per mille."""


@dataclass(frozen=True, slots=True)
class RefusalView:
    """Why a request is below its next level in a run, as far as the actor may know.

    Money in minor units; None is unknown, not computed yet, or not for the actor.

    Attributes:
        request_id: The request.
        run_id: The run.
        run_number: Its number in the cycle.
        level: Granted level, -1 for none.
        fraction: Granted share of the hours, per mille.
        asked_level: The next level up, which the card is about; None when everything is granted.
        asked_fraction: Its share of the hours, per mille.
        reason: Code of the reason; None when everything is granted.
        words: The reason for people.
        remedy: What would help.
        proven: Whether the reason was proven.
        state: Of the figure: "queued", "running", "done", "failed", or "none" when no figure would help.
        possible: Whether any value would be enough; None while not known.
        exact: Whether the figure is exact and not an interval.
        own_value_minor: What the asked level is worth now.
        break_even_low_minor: No smaller value is enough; leadership only.
        break_even_high_minor: This value is enough; leadership only.
        missing_low_minor: What is missing at least; leadership only.
        missing_high_minor: What is missing at most; leadership only.
        gap_percent: The most that may be missing, rounded up to steps of 10 % of the own value; None when
            that may be more than the own value, so that a tiny request tells nothing of great ones.
        gap_low_percent: The least that is missing, rounded up likewise; the same when the figure is exact.
        more_than_double: Whether even the least that is missing is more than the own value.
        probability: Chance of success, per mille, with which it would be granted; None when none would be
            enough, or none is known that is.
        certain_enough: Whether certain success would be enough; None while that is not known.
        probability_now: The chance stated now for the asked level, per mille.
        displaced: Titles of requests that would get less instead; leadership only.
        displaced_count: How many; told to others only from three on.
        probes_left: How many questions the actor may still put today; None without limit.
        card_state: Of the ways forward, as `state`.
        ways: What one change alone would do, once that is computed.
    """

    request_id: str
    run_id: str
    run_number: int
    level: int
    fraction: int
    asked_level: int | None = None
    asked_fraction: int | None = None
    reason: str | None = None
    words: Message | None = None
    remedy: Message | None = None
    proven: bool | None = None
    state: str = "none"
    possible: bool | None = None
    exact: bool | None = None
    own_value_minor: int | None = None
    break_even_low_minor: int | None = None
    break_even_high_minor: int | None = None
    missing_low_minor: int | None = None
    missing_high_minor: int | None = None
    gap_percent: int | None = None
    gap_low_percent: int | None = None
    more_than_double: bool = False
    probability: int | None = None
    certain_enough: bool | None = None
    probability_now: int | None = None
    displaced: tuple[str, ...] = ()
    displaced_count: int | None = None
    probes_left: int | None = None
    card_state: str = "none"
    ways: tuple[Way, ...] = ()


def refusal_card(session: Session, actor: Actor, run_id: str, request_id: str) -> RefusalView:
    """Why the request is short in the run, and what would have to be different.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for a request that the run has not planned.
    """
    require(may(actor, Action.VIEW_REFUSAL))
    run, request, outcome = _find(session, actor, run_id, request_id)
    return _card(session, actor, run, request, outcome)


def ask(session: Session, actor: Actor, run_id: str, request_id: str) -> RefusalView:
    """Put the questions before all that nobody asked: the figure, then the ways forward. One probe.

    Asking again changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND; E_PROBES when a key account manager has put 20 today.
    """
    require(may(actor, Action.ASK_EXPLANATION))
    run, request, outcome = _find(session, actor, run_id, request_id)
    figure = find_question(session, run.id, QuestionKind.BREAK_EVEN, request.id)
    card = find_question(session, run.id, QuestionKind.CARD, request.id)
    if card is None and outcome.reason is not None:
        card = card_question(run, request.id)
        session.add(card)
        session.flush()
    lines = _of_lines(session, run, request) if outcome.level < 0 and outcome.reason is not None else []
    wanted = [q for q in (figure, *lines, card) if q is not None and _worth_asking(q)]
    if wanted:
        left = probes_left(session, actor)
        if left == 0:
            raise refuse(
                Kind.BUSY,
                "E_PROBES",
                "You have put %(most)s questions today.",
                "Come back tomorrow; the others are answered one by one without asking.",
                most=PROBES_A_DAY,
            )
        check_background(session, actor)
        for question in wanted:
            if question.state in (JobState.FAILED, JobState.CANCELLED):
                move(question, JobAction.REPEAT)
                question.attempts = 0
            question.asked_at = now()
            question.asked_by_id = actor.user_id
        asked = wanted[0]
        record(session, actor, Event.EXPLANATION_ASKED, asked, before=None, after=state_of(asked))
    return _card(session, actor, run, request, outcome)


def _of_lines(session: Session, run: PlanRun, request: ResourceRequest) -> list[Question]:
    """What each line of several may cost outside, as it was or is now put."""
    found = []
    for asked in line_questions(run, request):
        question = find_question(session, run.id, QuestionKind.BREAK_EVEN, asked.subject)
        if question is None:
            question = asked
            session.add(question)
            session.flush()
        found.append(question)
    return found


def _find(
    session: Session, actor: Actor, run_id: str, request_id: str
) -> tuple[PlanRun, ResourceRequest, RequestOutcome]:
    run, request = find_run(session, actor, run_id), find_request(session, actor, request_id)
    if not sees_all(actor):
        # A head sees requests of other people's customers; their figures are not for the head.
        find_account(session, actor, request.account_id)
    outcome = session.scalars(
        select(RequestOutcome).where(RequestOutcome.run_id == run.id, RequestOutcome.request_id == request.id)
    ).first()
    if outcome is None:
        raise not_found()
    return run, request, outcome


def _worth_asking(question: Question) -> bool:
    waiting = question.state == JobState.QUEUED and question.asked_at is None
    return waiting or question.state in (JobState.FAILED, JobState.CANCELLED)


def probes_left(session: Session, actor: Actor) -> int | None:
    """Questions left today; None for who sees everything anyway."""
    if sees_all(actor):
        return None
    midnight = datetime.combine(today(), datetime.min.time(), UTC)
    asked = session.scalar(
        select(func.count(AuditEvent.seq)).where(
            AuditEvent.actor_id == actor.user_id,
            AuditEvent.action.in_((Event.EXPLANATION_ASKED.value, Event.SWAP_OFFERED.value)),
            AuditEvent.at >= midnight,
        )
    )
    return max(0, PROBES_A_DAY - (asked or 0))


def _card(
    session: Session, actor: Actor, run: PlanRun, request: ResourceRequest, outcome: RequestOutcome
) -> RefusalView:
    known: dict[str, Any] = {
        "request_id": request.id,
        "run_id": run.id,
        "run_number": run.number,
        "level": outcome.level,
        "fraction": outcome.fraction,
    }
    if outcome.reason is None:
        return RefusalView(**known)
    levels = _working(run, request)["levels"]
    asked = levels[outcome.level + 1]
    words, remedy = reason_words(request, outcome.reason, outcome.params, actor.language)
    question = find_question(session, run.id, QuestionKind.BREAK_EVEN, request.id)
    card = find_question(session, run.id, QuestionKind.CARD, request.id)
    known |= {
        "asked_level": outcome.level + 1,
        "asked_fraction": asked["fraction"],
        "reason": outcome.reason,
        "words": words,
        "remedy": remedy,
        "proven": outcome.params.get("proven"),
        "own_value_minor": asked["value_minor"],
        "probability_now": asked["probability"],
        "probes_left": probes_left(session, actor),
        "state": question.state.value if question else "none",
        "card_state": card.state.value if card else "none",
        "ways": ways(session, actor, request, card),
    }
    if question is not None and question.state == JobState.DONE:
        known |= _figures(session, actor, run, request, question)
    return RefusalView(**known)


def _working(run: PlanRun, request: ResourceRequest) -> Mapping[str, Any]:
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    working: Mapping[str, Any] = run.snapshot.inputs["requests"][request.id]
    return working


def _figures(
    session: Session, actor: Actor, run: PlanRun, request: ResourceRequest, question: Question
) -> dict[str, Any]:
    """What the answer tells the actor."""
    answer, working = question.answer, _working(run, request)
    level, own = working["levels"][answer["level"]], answer["own_value"]
    low, high, displaced = question.low_minor, question.high_minor, answer["displaced"]
    everything = sees_all(actor)
    percent, least = gap_percent(own, high), gap_percent(own, low)
    # From the steps and not from the figures, or the chance would tell the figures.
    enough = high if everything else _step(own, percent)
    needed = low if everything else _step(own, None if least is None else max(0, least - STEP_PERCENT))
    chance = probability_for(enough, level, working["present_value"])
    told: dict[str, Any] = {
        "possible": answer["possible"],
        "exact": question.exact,
        "gap_percent": percent,
        "gap_low_percent": least,
        "more_than_double": own > 0 and low is not None and least is None,
        "probability": chance,
        "certain_enough": True if chance is not None else _hopeless(needed, level, working["present_value"]),
        "displaced_count": len(displaced) if everything or len(displaced) >= SMALLEST_GROUP else None,
    }
    if everything:
        told |= {
            "break_even_low_minor": low,
            "break_even_high_minor": high,
            "missing_low_minor": _missing(low, own),
            "missing_high_minor": _missing(high, own),
            "displaced": _titles(session, displaced),
        }
    return told


def _step(own: int, percent: int | None) -> int | None:
    """The own value raised by a step."""
    return None if percent is None else own + own * percent // 100


def _hopeless(low: int | None, level: Mapping[str, Any], present: Mapping[str, Any]) -> bool | None:
    """False when even certain success is worth less than what is needed at least; else not known."""
    if low is None or probability_for(low, level, present) is not None:
        return None
    return False


def _missing(figure: int | None, own: int) -> int | None:
    return None if figure is None else max(0, figure - own)


def gap_percent(own: int, enough: int | None) -> int | None:
    """What is missing in steps of 10 % of the own value, rounded up; None above it or when unknown."""
    return None if enough is None else steps_up(enough - own, own)


def probability_for(
    value: int | None, level: Mapping[str, Any], present_value: Mapping[str, Any]
) -> int | None:
    """Chance of success, per mille rounded up, with which the level is worth `value`; None beyond certainty.

    C5 solved for p: value = factors x (p - p0) x present value - avoidable cost.
    """
    present = Decimal(present_value["total_minor"])
    factors = Decimal(1)
    for name in ("strategy", "urgency", "value_calibration", "probability_calibration"):
        factors *= Decimal(level[name])
    if value is None or present <= 0 or factors <= 0:
        return None
    gain = (value + level["avoidable_cost_minor"]) / (factors * present) * CERTAIN
    chance = level["base_probability"] + int(gain.to_integral_value(ROUND_CEILING))
    return chance if chance <= CERTAIN else None


def _titles(session: Session, ids: Iterable[str]) -> tuple[str, ...]:
    rows = session.scalars(
        select(ResourceRequest.title)
        .where(ResourceRequest.id.in_(set(ids)))
        .order_by(ResourceRequest.filing_order)
    )
    return tuple(rows)
