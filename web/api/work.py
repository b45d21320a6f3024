"""What was really done: hours worked week by week, and months whose figures are closed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import ClosedMonth
from planner.services.closing import worklogs
from planner.services.customers import months
from web.api.kit import Blueprint
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.work import ChangedOut, MonthIn, MonthOut, OpenMonthsOut, WorkedOut, WorkIn

blueprint = Blueprint("work", "Hours really worked, and closed months.")


@blueprint.get("/work")
@policy(Action.LOG_WORK)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(WorkedOut))
def list_work(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Work of the last weeks, your own or of the people you head, newest week first."""
    return page_of(worklogs.worked_hours(session, actor), query)


@blueprint.put("/work")
@policy(Action.LOG_WORK)
@blueprint.body(WorkIn)
@writes
@blueprint.answer(ChangedOut)
def log_work(session: Session, actor: Actor, data: dict[str, Any]) -> dict[str, int]:
    """Enter what was worked; the same entry again changes nothing."""
    entries = {
        (each["line_id"], each["specialist_id"], each["week"]): (each["worked_quarter_hours"], each["note"])
        for each in data["entries"]
    }
    return {"changed": worklogs.log_work(session, actor, entries)}


@blueprint.get("/months")
@policy(Action.CLOSE_MONTH)
@reads
@blueprint.answer(OpenMonthsOut)
def list_months(session: Session, actor: Actor) -> dict[str, Any]:
    """Past months that can be closed, oldest first."""
    return {"months": months.open_months(session, actor)}


@blueprint.post("/months")
@policy(Action.CLOSE_MONTH)
@blueprint.body(MonthIn)
@writes
@blueprint.answer(MonthOut, 201)
def close_month(session: Session, actor: Actor, data: dict[str, Any]) -> ClosedMonth:
    """Close a month for good; its figures change only by corrections from then on."""
    return months.close_month(session, actor, data["month"])
