"""What the company wants to reach; account plans and requests say which goals they serve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.permissions import Action, may
from planner.records import ResourceRequest, StrategicGoal
from planner.scope import an_id, visible_requests
from planner.services.versions import check_version
from planner.supply import promises
from planner.verdict import Problem, not_found, require

LONGEST: Final = 160
LONGEST_CODE: Final = 40


def list_goals(session: Session, actor: Actor) -> Sequence[StrategicGoal]:
    """All goals, those given up last.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_GOALS))
    order = StrategicGoal.active.desc(), StrategicGoal.title, StrategicGoal.id
    return session.scalars(select(StrategicGoal).order_by(*order)).all()


@dataclass(frozen=True, slots=True)
class GoalUse:
    """A goal with the requests that name it, as far as the reader may see them.

    `quarter_hours` are those that publications gave them and that stand, past weeks included.
    """

    goal: StrategicGoal
    requests: int
    quarter_hours: int


def goals_in_use(session: Session, actor: Actor) -> list[GoalUse]:
    """All goals with what serves them directly, those given up last.

    Raises:
        Refused: E_FORBIDDEN.
    """
    rows = list_goals(session, actor)
    visible = visible_requests(session, actor).with_only_columns(ResourceRequest.id, ResourceRequest.goal_id)
    pairs = session.execute(visible.where(ResourceRequest.goal_id.is_not(None)))
    serving = {request: goal for request, goal in pairs if goal is not None}
    hours: Counter[str] = Counter()
    for promise in promises(session) if serving else ():
        if promise.request_id in serving:
            hours[serving[promise.request_id]] += promise.quarter_hours
    counts = Counter(serving.values())
    return [GoalUse(row, counts[row.id], hours[row.id]) for row in rows]


def add_goal(session: Session, actor: Actor, code: str, title: str) -> StrategicGoal:
    """One more goal; its code stays for good, since plans refer to it.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID with every value at fault.
    """
    require(may(actor, Action.EDIT_GOALS))
    found = checks.text("code", code, LONGEST_CODE, required=True) + _problems(title)
    if not found and session.scalar(select(StrategicGoal.id).where(StrategicGoal.code == checks.tidy(code))):
        reason, remedy = "There is a goal with this code already.", "Choose another code."
        found.append(checks.problem("code", "E_DUPLICATE", reason, remedy))
    checks.require_well_formed(found)
    row = StrategicGoal(code=checks.tidy(code), title=checks.tidy(title))
    created(session, actor, Event.GOAL_CHANGED, row)
    return row


def _problems(title: str) -> list[Problem]:
    return checks.text("title", title, LONGEST, required=True)


def change_goal(
    session: Session, actor: Actor, goal_id: str, version: int, *, title: str, active: bool
) -> StrategicGoal:
    """Word a goal anew, give it up, or take it up again.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_INVALID.
    """
    require(may(actor, Action.EDIT_GOALS))
    row = session.get(StrategicGoal, an_id(goal_id))
    if row is None:
        raise not_found()
    check_version(session, row, version)
    checks.require_well_formed(_problems(title))
    with changing(session, actor, Event.GOAL_CHANGED, row):
        row.title, row.active = checks.tidy(title), active
    return row
