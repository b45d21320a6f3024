"""The price of an exception before anybody signs it: what the plan loses, who wins and who loses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, record, state_of
from planner.clock import horizon, now
from planner.permissions import Action, may
from planner.records import (
    JobState,
    OverrideKind,
    PlanRun,
    Question,
    QuestionKind,
    RequestLine,
    ResourceRequest,
    Specialist,
)
from planner.scope import an_id
from planner.services.planning.cycles import current_cycle
from planner.services.quotas import check_background
from planner.solving.alterations import REFUSED, request_of
from planner.solving.exceptions import level_for
from planner.solving.material import newest_plan
from planner.solving.prices import price_question
from planner.solving.questions import find_question
from planner.solving.scarcity import is_scarcity
from planner.transitions import JobAction, move
from planner.verdict import Kind, Problem, not_found, refuse, require

MOST_HOURS = 400
"""Quarter-hours that an override may add to or take from one person in one week: 100 hours."""


@dataclass(frozen=True, slots=True)
class Target:
    """What leadership wants to order, in ids of records.

    `fraction` is the least share granted, per mille; `week` an ISO week, None for all of them when a pair is
    forbidden; `quarter_hours` are added to the person's capacity, taken away when negative.
    """

    kind: str
    request_id: str | None = None
    fraction: int | None = None
    line_id: str | None = None
    specialist_id: str | None = None
    week: str | None = None
    quarter_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A request that gets more or less: shares of its hours before and after, per mille; minor units."""

    request_id: str
    title: str
    account: str
    kam: str
    before: int
    after: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class PriceView:
    """What an exception costs. Money in minor units, None where not known.

    Attributes:
        question_id: The question behind it, which an override refers to.
        run_id: The plan it is measured against.
        run_number: That plan's number.
        target: What would be ordered.
        names: What it names, for people: "request", "account", "skill", "person", those that apply.
        state: Of the computation.
        possible: False when it contradicts what cannot be lifted; None when no plan was found in time.
        low_minor: It costs at least this in the plan's own measure; negative is a gain.
        high_minor: It costs at most this.
        exact: Whether both are the same by proof.
        money_minor: The difference of the two plans in money alone, strategic weights at 1.
        churn_minor: The part that is the price of taking hours back.
        value_before_minor: Worth of the plan.
        value_after_minor: Worth of the best plan found with the exception.
        winners: Who gets more.
        losers: Who gets less.
        lifted: Titles of requests whose decided hours stand in the way and would be planned anew.
        broken: Titles of confirmed obligations that would be broken.
        current: Whether that plan is still the newest and the request as it was.
    """

    question_id: str
    run_id: str
    run_number: int
    target: Target
    names: Mapping[str, str]
    state: str
    possible: bool | None = None
    low_minor: int | None = None
    high_minor: int | None = None
    exact: bool | None = None
    money_minor: int | None = None
    churn_minor: int | None = None
    value_before_minor: int | None = None
    value_after_minor: int | None = None
    winners: tuple[Effect, ...] = ()
    losers: tuple[Effect, ...] = ()
    lifted: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    current: bool = True


def ask_price(session: Session, actor: Actor, target: Target) -> PriceView:
    """Ask what the exception would cost the newest plan; asking again for the same gives the same price.

    Raises:
        Refused: E_FORBIDDEN; E_NO_PLAN before the first plan; E_INVALID with every value at fault;
            E_NOT_FOUND for what is not in the plan's problem.
    """
    require(may(actor, Action.PRICE_OVERRIDE))
    run = the_plan(session)
    checks.require_well_formed(_problems(target))
    question = put_price(session, actor, price_question(run, _words_of_problem(session, run, target)))
    return price_view(session, actor, question.id)


def put_price(session: Session, actor: Actor, asked: Question) -> Question:
    """The stored question that asks the same as `asked`: it itself, or the one that was put before.

    Raises:
        Refused: E_QUOTA.
    """
    question = find_question(session, asked.run_id, QuestionKind.PRICE, asked.subject)
    if question is None:
        check_background(session, actor)
        question = asked
        session.add(question)
        session.flush()
    elif question.state in (JobState.CANCELLED, JobState.FAILED):
        move(question, JobAction.REPEAT)
        question.attempts = 0
    if question.asked_at is None:
        question.asked_at = now()
        question.asked_by_id = actor.user_id
        record(session, actor, Event.OVERRIDE_PRICED, question, before=None, after=state_of(question))
    return question


def the_plan(session: Session) -> PlanRun:
    """The newest plan of the present cycle.

    Raises:
        Refused: E_NO_PLAN.
    """
    cycle = current_cycle(session)
    run = newest_plan(session, cycle.id) if cycle else None
    if run is None:
        raise refuse(
            Kind.STATE,
            "E_NO_PLAN",
            "There is no plan yet that could be compared with.",
            "Make a plan first.",
        )
    return run


def price_view(session: Session, actor: Actor, question_id: str) -> PriceView:
    """The price as far as it is known now.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.PRICE_OVERRIDE))
    return view_of(session, find_price(session, question_id))


def find_price(session: Session, question_id: str) -> Question:
    """The price question of that id.

    Raises:
        Refused: E_NOT_FOUND.
    """
    question = session.get(Question, an_id(question_id))
    if question is None or question.kind != QuestionKind.PRICE or is_scarcity(question):
        raise not_found()
    return question


def view_of(session: Session, question: Question) -> PriceView:
    """A price question for people."""
    run, answer = question.run, question.answer
    target = target_of_question(question)
    known: dict[str, Any] = {
        "question_id": question.id,
        "run_id": run.id,
        "run_number": run.number,
        "target": target,
        "names": names_of(session, target),
        "state": question.state.value,
        "current": _is_current(session, question),
    }
    if question.state != JobState.DONE:
        return PriceView(**known)
    known["possible"] = answer["possible"]
    if answer["possible"]:
        known |= {
            "low_minor": question.low_minor,
            "high_minor": question.high_minor,
            "exact": question.exact,
            "money_minor": answer["money"],
            "churn_minor": answer["churn"],
            "value_before_minor": answer["value_before"],
            "value_after_minor": answer["value_after"],
            "winners": effects_of(session, run, answer["winners"]),
            "losers": effects_of(session, run, answer["losers"]),
            "lifted": titles_of(session, answer["lifted"]),
            "broken": titles_of(session, answer["broken"]),
        }
    return PriceView(**known)


def _is_current(session: Session, question: Question) -> bool:
    """Whether the plan behind the price is still the one that counts, and the request as it saw it."""
    run = question.run
    newest = newest_plan(session, run.cycle_id)
    if newest is None or newest.id != run.id:
        return False
    name = question.params["target"].get("request") or question.params["target"].get("line", "")
    request = session.get(ResourceRequest, request_of(name) or name) if name else None
    # Planning gives an outcome; an edit takes it away again.
    return request is None or request.outcome is not None


def effects_of(session: Session, run: PlanRun, rows: Iterable[Mapping[str, Any]]) -> tuple[Effect, ...]:
    """Winners or losers with names, the greatest change first."""
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    known = run.snapshot.inputs["requests"]
    rows = list(rows)
    found = {
        r.id: r
        for r in session.scalars(
            select(ResourceRequest)
            .where(ResourceRequest.id.in_([row["request"] for row in rows]))
            .options(selectinload(ResourceRequest.account), selectinload(ResourceRequest.kam))
        )
    }

    def share(name: str, level: int) -> int:
        return int(known[name]["levels"][level]["fraction"]) if level > REFUSED else 0

    made = [
        Effect(
            request_id=request.id,
            title=request.title,
            account=request.account.name,
            kam=request.kam.display_name,
            before=share(request.id, row["before"]),
            after=share(request.id, row["after"]),
            value_minor=row["value"],
        )
        for row in rows
        if (request := found.get(row["request"])) is not None
    ]
    return tuple(sorted(made, key=lambda e: (-abs(e.value_minor), e.title)))


def titles_of(session: Session, ids: Iterable[str]) -> tuple[str, ...]:
    """Titles of requests by filing order."""
    return tuple(
        session.scalars(
            select(ResourceRequest.title)
            .where(ResourceRequest.id.in_(set(ids)))
            .order_by(ResourceRequest.filing_order)
        )
    )


def names_of(session: Session, target: Target) -> dict[str, str]:
    """What a target names, for people."""
    found: dict[str, str] = {}
    if target.request_id and (request := session.get(ResourceRequest, target.request_id)):
        found |= {"request": request.title, "account": request.account.name}
    if target.line_id and (line := session.get(RequestLine, target.line_id)):
        found["skill"] = line.skill.label("en")
    if target.specialist_id and (person := session.get(Specialist, target.specialist_id)):
        found["person"] = person.display_name
    return found


def target_of_question(question: Question) -> Target:
    """The target of a price question in ids of records."""
    told = question.params["target"]
    run = question.run
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    inputs, kind = run.snapshot.inputs, told["kind"]
    line = told.get("line")
    request = told.get("request") or (request_of(line) if line else None)
    code = told.get("specialist")
    weeks = _weeks(run)
    return Target(
        kind=kind,
        request_id=request,
        fraction=inputs["requests"][request]["levels"][told["level"]]["fraction"]
        if kind == "grant"
        else None,
        line_id=inputs["requests"][request]["lines"][line] if line else None,
        specialist_id=inputs["people"][code]["id"] if code else None,
        week=weeks[told["week"]] if told.get("week") is not None else None,
        quarter_hours=told.get("quarter_hours"),
    )


def _problems(target: Target) -> list[Problem]:
    """What is missing or malformed for the kind of exception."""
    found = checks.choice("kind", target.kind, OverrideKind)
    if found:
        return found
    needed = {
        OverrideKind.GRANT: ("request_id",),
        OverrideKind.REFUSE: ("request_id",),
        OverrideKind.FORBID: ("line_id", "specialist_id"),
        OverrideKind.PIN: ("line_id", "specialist_id"),
        OverrideKind.CAPACITY: ("specialist_id", "week", "quarter_hours"),
    }[OverrideKind(target.kind)]
    found = [
        checks.missing(name, "This is missing.", "Choose what the exception is about.")
        for name in needed
        if getattr(target, name) in (None, "", 0)
    ]
    if target.week:
        found += checks.week("week", target.week)
    if target.quarter_hours is not None:
        found += checks.whole("quarter_hours", target.quarter_hours, -MOST_HOURS, MOST_HOURS)
    if target.fraction is not None:
        found += checks.whole("fraction", target.fraction, 1, 1500)
    return found


def _words_of_problem(session: Session, run: PlanRun, target: Target) -> dict[str, Any]:
    """The target in the words of the run's problem.

    Raises:
        Refused: E_NOT_FOUND; the plan knows no such request, line, person or week.
    """
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    inputs = run.snapshot.inputs
    told: dict[str, Any] = {"kind": target.kind}
    if target.kind in (OverrideKind.GRANT, OverrideKind.REFUSE):
        known = inputs["requests"].get(target.request_id)
        if known is None:
            raise not_found()
        told["request"] = target.request_id
        if target.kind == OverrideKind.GRANT:
            told["level"] = level_for(known, target.fraction)
        return told
    person = session.get(Specialist, an_id(target.specialist_id))
    if person is None or person.code not in inputs["people"]:
        raise not_found()
    told["specialist"] = person.code
    if target.kind != OverrideKind.CAPACITY:
        lines = {record: line for row in inputs["requests"].values() for line, record in row["lines"].items()}
        if target.line_id not in lines:
            raise not_found()
        told["line"] = lines[target.line_id]
    if target.kind != OverrideKind.PIN:
        weeks = _weeks(run)
        if target.week and target.week not in weeks:
            raise not_found()
        told["week"] = weeks.index(target.week) if target.week else None
    if target.kind == OverrideKind.CAPACITY:
        told["quarter_hours"] = target.quarter_hours
    return told


def _weeks(run: PlanRun) -> tuple[str, ...]:
    return horizon(run.parameters["first_week"], run.parameters["weeks"])
