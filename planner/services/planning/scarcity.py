"""What one more hour of each skill would be worth in each week: an estimate, and the exact answer for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, record, state_of
from planner.clock import horizon, now
from planner.permissions import Action, may
from planner.records import (
    Department,
    JobState,
    PlanRun,
    Question,
    QuestionKind,
    Skill,
    SkillFamily,
    Specialist,
)
from planner.scope import an_id, own_departments, sees_all
from planner.services.excepting.override_prices import PriceView, put_price, the_plan, view_of
from planner.services.planning.plan_facts import problem_of
from planner.services.quotas import check_background
from planner.solving.prices import price_question
from planner.solving.questions import find_question
from planner.solving.scarcity import SUBJECT, scarcity_question
from planner.transitions import JobAction, move
from planner.verdict import not_found, require

STEPS = 4
"""Coarse steps of worth: quarters of the weeks in which an hour is worth something."""

HOUR = 4
"""Quarter-hours."""

NOTHING = 100
"""Minor units below which an estimate says no more than that an hour is worth nothing."""


@dataclass(frozen=True, slots=True)
class SkillWeek:
    """One skill in one week.

    Attributes:
        week: ISO week.
        state: "priced"; "taken" when nobody who could do the work has time left, so that no price is known;
            "unasked" when no request asks for the skill in that week.
        hour_minor: What one more hour would be worth, minor units; None unless priced, and for heads.
        step: The same in steps: 0 nothing, 1 to STEPS quarters of what is worth something; None unless
            priced.
    """

    week: str
    state: str
    hour_minor: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One skill over the weeks of the plan."""

    skill: Skill
    cells: tuple[SkillWeek, ...]

    @property
    def dearest(self) -> SkillWeek | None:
        """The first of the weeks in which an hour is worth most; None when it is worth nothing in any."""
        worth = [cell for cell in self.cells if cell.step]
        return max(worth, key=lambda cell: (cell.step or 0, cell.hour_minor or 0), default=None)

    @property
    def taken(self) -> int:
        """Weeks in which nobody who could do the work has time left."""
        return sum(cell.state == "taken" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ScarcityView:
    """Skills by weeks.

    Attributes:
        run_id: The plan whose prices these are.
        run_number: Its number.
        state: Of the estimate: "none" when nobody asked yet, else "queued", "running", "done" or "failed".
        known: Whether there are prices; None until done.
        weeks: ISO weeks of the plan.
        rows: Skills that somebody asks for, the dearest first; those of the own department for a head.
        money_shown: Whether the reader sees amounts, not only steps.
    """

    run_id: str
    run_number: int
    state: str
    known: bool | None
    weeks: tuple[str, ...]
    rows: tuple[SkillRow, ...]
    money_shown: bool


@dataclass(frozen=True, slots=True)
class SkillWeekView:
    """One skill in one week, opened.

    Attributes:
        run_number: The plan's number.
        skill: Which skill.
        cell: The estimate.
        person: Whose hours the estimate prices; None when nobody is able.
        quarter_hours: How many more of them the exact answer supposes, the least the person works on a line.
        price: The exact answer as far as it is known; None when nobody asked yet.
        low_minor: One more hour is worth at least this, minor units; None while unknown.
        high_minor: At most this.
    """

    run_number: int
    skill: Skill
    cell: SkillWeek
    person: Specialist | None
    quarter_hours: int
    price: PriceView | None = None
    low_minor: int | None = None
    high_minor: int | None = None


def scarcity_view(session: Session, actor: Actor) -> ScarcityView:
    """What an hour of each skill is worth by week in the newest plan, as far as the actor may see it.

    A head sees the skills that people of the own department have, in steps and without money: with one
    request alone in a week the amount would tell what its customer is worth.

    Raises:
        Refused: E_FORBIDDEN; E_NO_PLAN before the first plan.
    """
    require(may(actor, Action.VIEW_SCARCITY))
    run = the_plan(session)
    question = find_question(session, run.id, QuestionKind.PRICE, SUBJECT)
    whole = sees_all(actor)
    view = ScarcityView(
        run_id=run.id,
        run_number=run.number,
        state=question.state.value if question else "none",
        known=None,
        weeks=horizon(run.parameters["first_week"], run.parameters["weeks"]),
        rows=(),
        money_shown=whole,
    )
    if question is None or question.state != JobState.DONE:
        return view
    cells = question.answer["cells"]
    if cells is None:
        return replace(view, known=False)
    found = _by_skill(cells, view.weeks, whole=whole)
    seen = None if whole else _own_skills(session, actor, run)
    rows = [SkillRow(s, found[s.key]) for s in _skills(session, found) if seen is None or s.key in seen]
    return replace(view, known=True, rows=tuple(sorted(rows, key=_dearest)))


def ask_scarcity(session: Session, actor: Actor) -> ScarcityView:
    """Ask for the estimate of the newest plan; asking again changes nothing unless it failed.

    Raises:
        Refused: E_FORBIDDEN, E_NO_PLAN, E_QUOTA.
    """
    require(may(actor, Action.ASK_SCARCITY))
    run = the_plan(session)
    question = find_question(session, run.id, QuestionKind.PRICE, SUBJECT)
    if question is None or question.state in (JobState.FAILED, JobState.CANCELLED):
        check_background(session, actor)
        if question is None:
            question = scarcity_question(run)
            session.add(question)
            session.flush()
        else:
            move(question, JobAction.REPEAT)
            question.attempts = 0
        question.asked_at, question.asked_by_id = now(), actor.user_id
        record(session, actor, Event.SCARCITY_ASKED, question, before=None, after=state_of(question))
    return scarcity_view(session, actor)


def open_week(session: Session, actor: Actor, skill_key: str, week: str) -> SkillWeekView:
    """One skill in one week: the estimate, whose hours it prices, and the exact answer once it was asked for.

    Raises:
        Refused: E_FORBIDDEN, E_NO_PLAN; E_NOT_FOUND for a skill or week that no request of the plan asks for.
    """
    require(may(actor, Action.VIEW_SCARCE_WEEK))
    return _opened(session, the_plan(session), skill_key, week)[0]


def price_week(session: Session, actor: Actor, skill_key: str, week: str) -> SkillWeekView:
    """Ask what the plan would gain with a little more of that person's time; asking again gives the same.

    Raises:
        Refused: E_FORBIDDEN, E_NO_PLAN, E_QUOTA; E_NOT_FOUND also where nobody is able, so that there is no
            hour to add.
    """
    require(may(actor, Action.PRICE_SCARCE_WEEK))
    run = the_plan(session)
    _, asked = _opened(session, run, skill_key, week)
    if asked is None:
        raise not_found()
    put_price(session, actor, asked)
    return _opened(session, run, skill_key, week)[0]


def _opened(
    session: Session, run: PlanRun, skill_key: str, week: str
) -> tuple[SkillWeekView, Question | None]:
    """The week opened, and the exact question about it; None where there is nobody to ask about."""
    skill = session.scalars(select(Skill).where(Skill.key == an_id(skill_key))).first()
    question = find_question(session, run.id, QuestionKind.PRICE, SUBJECT)
    weeks = horizon(run.parameters["first_week"], run.parameters["weeks"])
    if skill is None or question is None or week not in weeks:
        raise not_found()
    place, known = weeks.index(week), question.answer.get("cells") or ()
    row = next((c for c in known if (c["skill"], c["week"]) == (skill.key, place)), None)
    if row is None:
        raise not_found()
    cell = _by_skill(known, weeks, whole=True)[skill.key][place]
    code = row["specialist"]
    if code is None:
        return SkillWeekView(run.number, skill, cell, None, HOUR), None
    person = session.scalars(select(Specialist).where(Specialist.code == code)).one()
    least = next(s["min_chunk"] for s in problem_of(run)[0]["specialists"] if s["id"] == code)
    more = max(HOUR, least)
    asked = price_question(
        run, {"kind": "capacity", "specialist": code, "week": place, "quarter_hours": more}
    )
    view = SkillWeekView(run.number, skill, cell, person, more)
    stored = find_question(session, run.id, QuestionKind.PRICE, asked.subject)
    return (view if stored is None else _with_price(session, view, stored)), asked


def _with_price(session: Session, view: SkillWeekView, question: Question) -> SkillWeekView:
    """The exact answer for one hour: what more time costs, the other way round, is what it is worth."""
    price = view_of(session, question)
    low = None if price.high_minor is None else max(0, -price.high_minor * HOUR // view.quarter_hours)
    high = None if price.low_minor is None else -(price.low_minor * HOUR // view.quarter_hours)
    return replace(view, price=price, low_minor=low, high_minor=high)


def _by_skill(
    cells: Collection[Mapping[str, Any]], weeks: tuple[str, ...], *, whole: bool
) -> dict[str, tuple[SkillWeek, ...]]:
    """Every week of each skill; without amounts unless `whole`."""
    worth = [c["hour"] for c in cells if (c["hour"] or 0) >= NOTHING]
    at = {(c["skill"], c["week"]): c["hour"] for c in cells}

    def cell(skill: str, place: int) -> SkillWeek:
        if (skill, place) not in at:
            return SkillWeek(weeks[place], "unasked")
        hour = at[skill, place]
        if hour is None:
            return SkillWeek(weeks[place], "taken")
        step = -(-STEPS * sum(w <= hour for w in worth) // len(worth)) if hour >= NOTHING else 0
        return SkillWeek(weeks[place], "priced", hour if whole else None, step)

    return {
        skill: tuple(cell(skill, place) for place in range(len(weeks)))
        for skill in sorted({c["skill"] for c in cells})
    }


def _skills(session: Session, keys: Collection[str]) -> list[Skill]:
    """The skills of those keys. Languages only narrow who is able, which the price of the skill has in it."""
    rows = session.scalars(
        select(Skill).where(Skill.key.in_(keys), Skill.family != SkillFamily.LANGUAGE).order_by(Skill.key)
    )
    return list(rows)


def _own_skills(session: Session, actor: Actor, run: PlanRun) -> set[str]:
    """Skills that people of the actor's departments had when the plan was made."""
    mine = own_departments(session, actor)
    codes = set(session.scalars(select(Department.code).where(Department.id.in_(mine))))
    people = problem_of(run)[0]["specialists"]
    return {skill for person in people if person["department"] in codes for skill in person["skills"]}


def _dearest(row: SkillRow) -> tuple[int, int, str]:
    """Skills whose hours are worth most come first; then those that are taken whole."""
    return -sum(cell.step or 0 for cell in row.cells), -row.taken, row.skill.key
