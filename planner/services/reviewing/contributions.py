"""What each department brings to a published plan, and what it gives beyond what was agreed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, record, state_of
from planner.clock import now
from planner.permissions import Action, may
from planner.records import Department, JobState, PlanRun, Publication, Question, QuestionKind
from planner.scope import own_departments, sees_all
from planner.services.reviewing.kept_promises import Kept, kept_promises
from planner.solving.contributions import SUBJECT
from planner.solving.questions import find_question
from planner.transitions import JobAction, move
from planner.verdict import not_found, require

FULL = 1000


@dataclass(frozen=True, slots=True)
class DepartmentShare:
    """One department in a published plan; money in minor units, effort in quarter-hours.

    Attributes:
        code: Of the department.
        name: Its name when the plan was published.
        lent: Hours it lends.
        capacity: Hours there were to lend.
        released: Of those, hours above what is left after the reserve for its own work.
        value: Its Shapley value; None while not computed.
        low: It is at least this; None when sampled or unknown.
        high: It is at most this; None when sampled or unknown.
        error: Standard error when sampled.
        last_in: What the plan would lose without it; these do not sum to the whole.
        share: Its part of the whole in per mille; None while unknown, or when the whole is worth nothing.
        due: Hours of the past year that were published two weeks ahead.
        kept: Of those, hours worked as published.
    """

    code: str
    name: str
    lent: int
    capacity: int
    released: int
    value: int | None = None
    low: int | None = None
    high: int | None = None
    error: float | None = None
    last_in: int | None = None
    share: int | None = None
    due: int = 0
    kept: int = 0

    @property
    def kept_rate(self) -> int | None:
        """Kept promises in per mille; None while nothing was due."""
        return Kept(self.due, self.kept).rate


@dataclass(frozen=True, slots=True)
class ContributionView:
    """What departments bring to one published plan.

    Attributes:
        number: The publication.
        state: "none" when nobody asked yet, else "queued", "running", "done" or "failed".
        method: "exact", "interval" or "sampled"; None until done.
        complete: Whether every coalition was solved in time; None until done.
        whole: The value that the shares sum to, minor units; None until done.
        departments: Those the reader may see, by name.
        all_shown: Whether these are all.
    """

    number: int
    state: str
    method: str | None
    complete: bool | None
    whole: int | None
    departments: tuple[DepartmentShare, ...]
    all_shown: bool


def contribution_view(session: Session, actor: Actor, number: int | None = None) -> ContributionView | None:
    """What departments bring to publication `number`, to the newest without one; None when there is none.

    A head sees the own department only, and no money: its value as a share of the whole says what others
    are worth no more than the plan's own bands do.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for a number that does not exist.
    """
    require(may(actor, Action.VIEW_CONTRIBUTION))
    publication = _publication(session, number)
    if publication is None:
        return None
    view = view_of(session, publication)
    if sees_all(actor):
        return view
    ids = own_departments(session, actor)
    codes = set(session.scalars(select(Department.code).where(Department.id.in_(ids))))
    own = tuple(_without_money(row) for row in view.departments if row.code in codes)
    return replace(view, departments=own, whole=None, all_shown=False)


def ask_contribution(session: Session, actor: Actor, number: int) -> ContributionView:
    """Put the question about publication `number`; asking again changes nothing unless it failed.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.ASK_CONTRIBUTION))
    publication = _publication(session, number)
    if publication is None:
        raise not_found()
    question = find_question(session, publication.run_id, QuestionKind.CONTRIBUTION, SUBJECT)
    if question is None:
        question = Question(
            run_id=publication.run_id,
            kind=QuestionKind.CONTRIBUTION,
            subject=SUBJECT,
            state=JobState.QUEUED,
            asked_at=now(),
            asked_by_id=actor.user_id,
        )
        session.add(question)
        record(session, actor, Event.CONTRIBUTION_ASKED, question, before=None, after=state_of(question))
    elif question.state in (JobState.FAILED, JobState.CANCELLED):
        move(question, JobAction.REPEAT)
        question.attempts = 0
        question.asked_at = now()
        record(session, actor, Event.CONTRIBUTION_ASKED, question, before=None, after=state_of(question))
    session.flush()
    return view_of(session, publication)


def view_of(session: Session, publication: Publication) -> ContributionView:
    """All departments of a publication, with what is known of their shares."""
    content = json.loads(publication.content)
    question = find_question(session, publication.run_id, QuestionKind.CONTRIBUTION, SUBJECT)
    answer: Mapping[str, Any] = question.answer if question and question.state == JobState.DONE else {}
    shares = {row["department"]: row for row in answer.get("departments", ())}
    above = released(session.get_one(PlanRun, publication.run_id), content)
    promises = kept_promises(session)
    rows = [
        replace(
            _row(row, above.get(row["code"], 0), shares.get(row["code"], {}), answer.get("whole")),
            due=promises.get(row["code"], Kept()).due,
            kept=promises.get(row["code"], Kept()).kept,
        )
        for row in content["departments"]
    ]
    return ContributionView(
        number=publication.number,
        state=question.state.value if question else "none",
        method=answer.get("method"),
        complete=answer.get("complete"),
        whole=answer.get("whole"),
        departments=tuple(rows),
        all_shown=True,
    )


def released(run: PlanRun, content: Mapping[str, Any]) -> dict[str, int]:
    """Quarter-hours above (1 - own-work reserve) of the present hours, by department code.

    Counted per person and week from the inputs as the plan saw them, hours promised elsewhere included.
    """
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    problem = json.loads(run.snapshot.problem)
    home = {person["id"]: person["department"] for person in problem["specialists"]}
    place = {week: i for i, week in enumerate(problem["weeks"])}
    granted: defaultdict[tuple[str, int], int] = defaultdict(int)
    for row in content["granted"]:
        for hour in row["hours"]:
            if hour["week"] in place:
                granted[hour["specialist_code"], place[hour["week"]]] += hour["quarter_hours"]
    found: defaultdict[str, int] = defaultdict(int)
    for (who, week), hours in granted.items():
        supply = run.snapshot.inputs["people"].get(who)
        if supply is not None:
            agreed = supply["present"][week] * (FULL - supply["own_work"]) // FULL
            found[home[who]] += min(hours, max(0, hours + supply["promised"][week] - agreed))
    return dict(found)


def _row(row: Mapping[str, Any], above: int, share: Mapping[str, Any], whole: int | None) -> DepartmentShare:
    value = share.get("value")
    return DepartmentShare(
        code=row["code"],
        name=row["name"],
        lent=row["quarter_hours"],
        capacity=row["capacity_quarter_hours"],
        released=above,
        value=value,
        low=share.get("low"),
        high=share.get("high"),
        error=share.get("error"),
        last_in=share.get("last_in"),
        share=round(FULL * value / whole) if value is not None and whole else None,
    )


def _without_money(row: DepartmentShare) -> DepartmentShare:
    return replace(row, value=None, low=None, high=None, error=None, last_in=None)


def _publication(session: Session, number: int | None) -> Publication | None:
    query = select(Publication).order_by(Publication.number.desc()).limit(1)
    if number is None:
        return session.scalars(query).first()
    found = session.scalars(query.where(Publication.number == number)).first()
    if found is None:
        raise not_found()
    return found
