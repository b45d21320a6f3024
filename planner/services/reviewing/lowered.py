"""Hours that were lowered shortly before a plan was made: by whom, when, how much, and what it cost.

Nothing here says that anybody did wrong; leave is leave. But hours that shrink just before a solve and come
back after it are a way to keep people out of a plan, so the board sees them with their price.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.audit import Event
from planner.clock import horizon
from planner.records import (
    AuditEvent,
    Department,
    JobState,
    PlanRun,
    Question,
    QuestionKind,
    User,
)
from planner.solving.prices import capacity_target, digest
from planner.solving.questions import find_question

SHORTLY: Final = timedelta(days=7)
"""A change within so many days before a plan is told beside it."""

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Lowered:
    """One change of one department's hours shortly before a plan.

    Attributes:
        event: Number of the event in the log.
        department: Its name.
        code: Its code.
        who: Who made the change.
        at: When.
        quarter_hours: By how much the weeks of the plan were lowered.
        raised_again: Quarter-hours that came back after the plan was made.
        low_minor: What it cost the plan at least; None while that is not computed.
        high_minor: At most.
    """

    event: int
    department: str
    code: str
    who: str | None
    at: datetime
    quarter_hours: int
    raised_again: int
    low_minor: int | None
    high_minor: int | None


def changes_before(session: Session, run: PlanRun) -> Iterator[tuple[AuditEvent, str, Rows]]:
    """Events of the days before the run was asked for that lowered hours in its weeks, by department."""
    weeks = set(_weeks(run))
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.action == Event.DATA_IMPORTED.value,
            AuditEvent.at >= run.created_at - SHORTLY,
            AuditEvent.at <= run.created_at,
        )
        .order_by(AuditEvent.seq)
    )
    for event in events:
        found: defaultdict[str, Rows] = defaultdict(list)
        for row in (event.after or {}).get("hours", ()):
            if row["week"] in weeks:
                found[row["department"]].append(row)
        for code, rows in sorted(found.items()):
            if sum(row["after"] - row["before"] for row in rows) < 0:
                yield event, code, rows


def _weeks(run: PlanRun) -> tuple[str, ...]:
    return horizon(run.parameters["first_week"], run.parameters["weeks"])


def lowered_before(session: Session, run: PlanRun) -> list[Lowered]:
    """What was lowered shortly before the run, the oldest first."""
    names = dict(session.execute(select(Department.code, Department.name)).all())
    found = []
    for event, code, rows in changes_before(session, run):
        question = find_question(
            session, run.id, QuestionKind.PRICE, digest({"target": target_of(run, rows), "lifted": []})
        )
        done = question is not None and question.state == JobState.DONE
        low, high = (question.low_minor, question.high_minor) if done and question else (None, None)
        user = session.get(User, event.actor_id) if event.actor_id else None
        found.append(
            Lowered(
                event=event.seq,
                department=names.get(code, code),
                code=code,
                who=user.display_name if user else None,
                at=event.at,
                quarter_hours=sum(row["before"] - row["after"] for row in rows),
                raised_again=_raised_again(session, run, code, rows),
                # The price of giving the hours back, turned round: what the plan lost without them.
                low_minor=None if high is None else max(0, -high),
                high_minor=None if low is None else max(0, -low),
            )
        )
    return found


def _raised_again(session: Session, run: PlanRun, code: str, rows: Rows) -> int:
    """Quarter-hours of the same person-weeks that later files gave back."""
    lost = {(row["specialist"], row["week"]): row["before"] - row["after"] for row in rows}
    events = session.scalars(
        select(AuditEvent).where(
            AuditEvent.action == Event.DATA_IMPORTED.value, AuditEvent.at > run.created_at
        )
    )
    back = 0
    for event in events:
        for row in (event.after or {}).get("hours", ()):
            most = lost.get((row["specialist"], row["week"]), 0)
            if row["department"] == code and most > 0:
                back += max(0, min(most, row["after"] - row["before"]))
    return back


def target_of(run: PlanRun, rows: Rows) -> dict[str, Any]:
    """Giving the hours back, as an exception of the plan."""
    return capacity_target(
        _weeks(run),
        [(row["specialist"], row["week"], row["before"] - row["after"]) for row in rows],
    )


def ask_prices(session: Session, run: PlanRun) -> int:
    """Queue what each of these changes cost the plan, behind all that people ask; how many are new."""
    new = 0
    for _event, _code, rows in changes_before(session, run):
        params = {"target": target_of(run, rows), "lifted": []}
        if find_question(session, run.id, QuestionKind.PRICE, digest(params)) is None:
            session.add(
                Question(
                    run_id=run.id,
                    kind=QuestionKind.PRICE,
                    subject=digest(params),
                    state=JobState.QUEUED,
                    params=params,
                )
            )
            new += 1
    session.flush()
    return new
