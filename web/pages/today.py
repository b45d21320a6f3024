"""Today: what needs the reader now, where requests stand, and for who oversees it the plan at a glance."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import now
from planner.permissions import Action, may
from planner.records import JobState, RequestStatus
from planner.services.excepting import overrides
from planner.services.filing import requests
from planner.services.planning import cycles, runs
from web.database import reads
from web.pages.frame import page
from web.pages.tasks import tasks_for
from web.policy import policy
from web.rendering import label

pages = Blueprint("today", __name__)

GROUPS = (
    RequestStatus.DRAFT,
    RequestStatus.SUBMITTED,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
    RequestStatus.PUBLISHED,
    RequestStatus.RUNNING,
)


@pages.get("/")
@policy(Action.VIEW_TODAY)
@reads
def show(session: Session, actor: Actor) -> str:
    """What needs the reader now, the most pressing first."""
    return page(
        session,
        actor,
        "today/show.html",
        tasks=tasks_for(session, actor),
        counts=_counts(session, actor),
        plan=_newest_plan(session, actor),
        exceptions=_exceptions(session, actor),
    )


def _counts(session: Session, actor: Actor) -> list[tuple[str, int, str]]:
    """How many requests in scope stand where: name, number, address."""
    if not may(actor, Action.LIST_REQUESTS):
        return []
    numbers = requests.count_requests(session, actor)
    return [(label(status), numbers.get(status, 0), f"/requests?status={status.value}") for status in GROUPS]


def _newest_plan(session: Session, actor: Actor) -> runs.RunView | None:
    """The newest plan of the cycle, for who may see whole plans."""
    cycle = cycles.current_cycle(session)
    if cycle is None or not may(actor, Action.VIEW_RUNS):
        return None
    done = (run for run in runs.list_runs(session, actor, cycle.id) if run.state is JobState.DONE)
    newest = next(done, None)
    return runs.run_view(session, actor, newest.id) if newest else None


def _exceptions(session: Session, actor: Actor) -> tuple[int, int, int] | None:
    """Overrides signed in this quarter and what they cost, from least to most; for who may see them."""
    if not may(actor, Action.VIEW_OVERRIDES):
        return None
    at = now()
    tallies = overrides.register(session, at.year, (at.month + 2) // 3).tallies
    return (
        sum(each.count for each in tallies),
        sum(each.low_minor for each in tallies),
        sum(each.high_minor for each in tallies),
    )
