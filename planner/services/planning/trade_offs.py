"""What more fairness, stability, strategy or early cash would cost: complete plans along a trade-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, changing, record, state_of
from planner.clock import horizon, now
from planner.permissions import Action, may
from planner.records import JobState, PlanRun, Question, QuestionKind
from planner.services.excepting.override_prices import the_plan
from planner.services.planning.plan_differences import Difference, Plan, difference
from planner.services.planning.plan_facts import Facts, facts_of, plan_of, problem_of
from planner.services.quotas import check_background
from planner.solving.frontiers import AXES, frontier_question, has_second
from planner.solving.questions import find_question
from planner.transitions import JobAction, move
from planner.verdict import Kind, not_found, refuse, require

UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Point:
    """One plan along a trade-off. Money in minor units, None is unknown.

    Attributes:
        index: Its place, by falling value.
        setting: What was asked for: a floor from 0 to 1, at most so many quarter-hours or person-weeks taken
            back, or a weight.
        value_minor: Worth before the price of hours taken back.
        other: What is traded for: a share from 0 to 1, quarter-hours, person-weeks, or minor units.
        cost: The share of the best value that it gives up, from 0 to 1.
        bound_minor: No plan at least as good in the other respect is worth more.
        proven: Whether this is the best plan for its setting.
    """

    index: int
    setting: float
    value_minor: int
    other: float
    cost: float | None
    bound_minor: int | None
    proven: bool


@dataclass(frozen=True, slots=True)
class TradeOff:
    """One trade-off of a plan.

    Attributes:
        axis: One of AXES.
        run_id: The plan whose inputs are used.
        run_number: Its number.
        question_id: The computation; None when it was never asked for.
        state: Of the computation; "none" when it was never asked for.
        doing: What is being looked for, while it runs.
        seconds: How long it has run.
        stopping: Whether it was asked to stop with what it has.
        complete: Whether every setting was tried.
        points: By falling value; none is beaten by another in both respects.
        now_value_minor: Worth of the present plan before the price of hours taken back.
        now_other: Where the present plan stands in the other respect; None when not known.
        best_floor: The highest reachable share of everybody, 0 to 1; only of "floor".
        best_floor_proven: Whether no plan reaches a higher one.
    """

    axis: str
    run_id: str
    run_number: int
    question_id: str | None = None
    state: str = "none"
    doing: str = ""
    seconds: float = 0
    stopping: bool = False
    complete: bool = False
    points: Sequence[Point] = ()
    now_value_minor: int | None = None
    now_other: float | None = None
    best_floor: float | None = None
    best_floor_proven: bool | None = None


@dataclass(frozen=True, slots=True)
class PointView:
    """A point opened: the complete plan, in figures, and what it changes for whom against the present one."""

    trade_off: TradeOff
    point: Point
    facts: Facts
    now: Facts
    difference: Difference


def trade_off(session: Session, actor: Actor, axis: str) -> TradeOff:
    """The trade-off of the newest plan along one of AXES, as far as it is known.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for another axis; E_NO_PLAN.
    """
    require(may(actor, Action.VIEW_TRADE_OFFS))
    run, question = _find(session, axis)
    return _view(session, run, axis, question)


def ask_trade_off(session: Session, actor: Actor, axis: str) -> TradeOff:
    """Ask for the trade-off; asking again changes nothing, unless it was stopped or failed.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NO_PLAN; E_NOTHING_TO_TRADE when nothing is published that could
            stay stable, or no request has any of the other value.
    """
    require(may(actor, Action.ASK_TRADE_OFFS))
    run, question = _find(session, axis)
    _check_possible(run, axis)
    if question is None or question.state in (JobState.FAILED, JobState.CANCELLED):
        check_background(session, actor)
    if question is None:
        question = frontier_question(run, axis)
        session.add(question)
        session.flush()
    elif question.state in (JobState.FAILED, JobState.CANCELLED):
        move(question, JobAction.REPEAT)
        question.attempts = 0
        question.stop_requested = False
    else:
        return _view(session, run, axis, question)
    question.asked_at, question.asked_by_id = now(), actor.user_id
    record(session, actor, Event.TRADE_OFF_ASKED, question, before=None, after=state_of(question))
    return _view(session, run, axis, question)


def stop_trade_off(session: Session, actor: Actor, axis: str) -> TradeOff:
    """Stop and keep the points found; stopping what has ended changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NO_PLAN.
    """
    require(may(actor, Action.ASK_TRADE_OFFS))
    run, question = _find(session, axis)
    if question is not None and question.state in UNDER_WAY and not question.stop_requested:
        with changing(session, actor, Event.TRADE_OFF_STOPPED, question):
            question.stop_requested = True
            if question.state == JobState.QUEUED:
                move(question, JobAction.CANCEL)
    return _view(session, run, axis, question)


def open_point(session: Session, actor: Actor, axis: str, index: int) -> PointView:
    """One point in full: the plan, its figures, what changes for whom.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NO_PLAN.
    """
    require(may(actor, Action.VIEW_TRADE_OFFS))
    run, question = _find(session, axis)
    view = _view(session, run, axis, question)
    if question is None or not 0 <= index < len(view.points):
        raise not_found()
    result = question.answer["points"][index]["plan"]
    problem, inputs = problem_of(run)
    solo = solo_values(session, run)
    weeks = horizon(run.parameters["first_week"], run.parameters["weeks"])
    present = plan_of(run)
    return PointView(
        trade_off=view,
        point=view.points[index],
        facts=facts_of(problem, inputs, result, solo),
        now=facts_of(problem, inputs, present, solo),
        difference=difference(session, Plan(weeks, inputs, present), Plan(weeks, inputs, result)),
    )


def solo_values(session: Session, run: PlanRun) -> Mapping[str, int]:
    """What each key account manager would have alone, by user id; empty before it was computed."""
    question = find_question(session, run.id, QuestionKind.FRONTIER, "floor")
    done = question is not None and question.state == JobState.DONE
    return question.answer.get("solo", {}) if question and done else {}


def changes_of(session: Session, run: PlanRun, axis: str, index: int) -> dict[str, Any]:
    """What a scenario supposes to come to a point of the run's trade-off.

    Raises:
        Refused: E_NOT_FOUND.
    """
    question = find_question(session, run.id, QuestionKind.FRONTIER, axis)
    points = question.answer.get("points", []) if question and question.state == JobState.DONE else []
    if not 0 <= index < len(points):
        raise not_found()
    return supposed(points[index], axis, solo_values(session, run))


def supposed(point: Mapping[str, Any], axis: str, solo: Mapping[str, int]) -> dict[str, Any]:
    """What a scenario supposes to come to a point as it is stored; `solo` as in `solo_values`."""
    setting = point["setting"]
    if axis == "floor":
        share = round(setting * 1000)
        return {"floors": floors_of(solo, share)} if share else {}
    if axis in ("stability", "moves"):
        # Points stored before limits were asked for say the price as their setting.
        price = point.get("price", None if "moves" in point else setting)
        if price is not None:
            return {"churn_minor": int(price)}
        # A point that no price reaches is come to by a limit of changes.
        return {"churn_minor": 0, "most_moves": point["moves"]}
    weight = min(round(setting * 1000), 10**6)
    return {"second_weights": {axis: weight}} if weight else {}


def floors_of(solo: Mapping[str, int], share: int) -> list[dict[str, Any]]:
    """Floors that give everybody at least `share` per mille of what the manager would have alone."""
    return [
        {"kam": kam, "value": -(-value * share // 1000)} for kam, value in sorted(solo.items()) if value > 0
    ]


def _find(session: Session, axis: str) -> tuple[PlanRun, Question | None]:
    if axis not in AXES:
        raise not_found()
    run = the_plan(session)
    return run, find_question(session, run.id, QuestionKind.FRONTIER, axis)


def _check_possible(run: PlanRun, axis: str) -> None:
    problem, inputs = problem_of(run)
    if axis in ("stability", "moves") and not (problem["published"] or {}).get("hours"):
        raise refuse(
            Kind.STATE,
            "E_NOTHING_TO_TRADE",
            "Nothing is published yet, so there is nothing to be stable about.",
            "Publish a plan first.",
        )
    if axis in ("strategy", "cash") and not has_second(problem, inputs, axis):
        raise refuse(
            Kind.STATE,
            "E_NOTHING_TO_TRADE",
            "No request has any of this beside its worth.",
            "Enter strategic scores or near benefits first.",
        )


def _view(session: Session, run: PlanRun, axis: str, question: Question | None) -> TradeOff:
    if question is None:
        return TradeOff(axis, run.id, run.number)
    known: dict[str, Any] = {
        "axis": axis,
        "run_id": run.id,
        "run_number": run.number,
        "question_id": question.id,
        "state": question.state.value,
        "stopping": question.stop_requested and question.state in UNDER_WAY,
    }
    if question.state != JobState.DONE:
        doing, seconds = question.progress.get("doing", ""), question.progress.get("seconds", 0)
        return TradeOff(**known, doing=doing, seconds=seconds)
    answer = question.answer
    points = [
        Point(
            index,
            row["setting"],
            row["value"],
            row["other"],
            row["cost"],
            row["bound"],
            row["proven"],
        )
        for index, row in enumerate(answer["points"])
    ]
    problem, inputs = problem_of(run)
    facts = facts_of(problem, inputs, plan_of(run), solo_values(session, run))
    return TradeOff(
        **known,
        complete=answer["complete"],
        points=points,
        now_value_minor=None if facts.value is None else facts.value + facts.churn,
        now_other=_other(facts, axis),
        best_floor=answer["best_floor"],
        best_floor_proven=answer["best_floor_proven"],
    )


def _other(facts: Facts, axis: str) -> float | None:
    """Where a plan stands along an axis, in the unit of its points."""
    if axis == "floor":
        return None if facts.least_share is None else facts.least_share / 1000
    return {
        "stability": facts.withdrawn,
        "moves": float(facts.moves),
        "strategy": float(facts.strategy),
        "cash": float(facts.cash),
    }[axis]
