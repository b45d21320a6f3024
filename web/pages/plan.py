"""Who is booked when: people by weeks, as a table in colour and number."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today, week_of
from planner.permissions import Action, may
from planner.records import JobState, PlanRun
from planner.services.planning import loads, runs
from planner.services.planning.cycles import current_cycle
from planner.services.planning.loads import Cell, PersonRow
from planner.solving.material import newest_plan
from web.database import reads
from web.pages.frame import page
from web.policy import policy
from web.rendering import hours, week

pages = Blueprint("plan", __name__)

DRAFTS = frozenset({"proposed", "approved", "rejected", "countered", loads.HELD})
STEPS = (0, 400, 700, 900)
"""Load in per mille of the time there is, above which the next darker colour begins."""


@pages.get("/plan")
@policy(Action.VIEW_HEAT_MAP)
@reads
def show(session: Session, actor: Actor) -> str:
    """The load of everybody in the reader's scope: of the published plan, or of the run in the address."""
    finished: list[PlanRun] = []
    if may(actor, Action.VIEW_RUNS):
        finished = [run for run in runs.list_runs(session, actor) if run.state is JobState.DONE]
    chosen = request.args.get("run")
    newest = _newest(session)
    if chosen is None and newest and not loads.is_anything_published(session):
        # The newest plan tells more than empty weeks.
        chosen = newest.id
    shown = loads.heat_map(session, actor, chosen or None)
    if newest and not finished:
        finished = [newest]
    return page(
        session,
        actor,
        "plan/show.html",
        map=shown,
        groups=[(name, list(rows)) for name, rows in groupby(shown.rows, key=lambda row: row.department)],
        runs=finished,
        chosen=chosen or "",
        this_week=week_of(today()),
        look=look,
        total=total,
        is_draft=is_draft,
        bookings_of=bookings_of,
    )


def _newest(session: Session) -> PlanRun | None:
    """The newest plan of the present cycle."""
    cycle = current_cycle(session)
    return newest_plan(session, cycle.id) if cycle else None


def look(cell: Cell) -> str:
    """The colour class of a cell: free, four steps of load, over, or away."""
    if cell.capacity is None:
        return "load-3" if cell.booked else "load-0"
    if cell.booked > cell.capacity:
        return "load-over"
    if cell.capacity == 0:
        return "load-away"
    share = 1000 * cell.booked // cell.capacity
    return f"load-{sum(share > step for step in STEPS)}"


def is_draft(cell: Cell) -> bool:
    """Whether something in the cell is not published yet."""
    return any(booking.state in DRAFTS for booking in cell.bookings)


def total(rows: Iterable[PersonRow], place: int) -> Cell:
    """One week of several people together; capacity is None when it is unknown for one of them."""
    cells = [row.cells[place] for row in rows]
    known = [cell.capacity for cell in cells if cell.capacity is not None]
    capacity = sum(known) if len(known) == len(cells) else None
    booked = sum(cell.booked for cell in cells)
    return Cell(cells[0].week, booked, capacity, None if capacity is None else capacity - booked, ())


def bookings_of(person: PersonRow) -> list[tuple[str, str]]:
    """What one person works on: each request's title with its weeks and hours."""
    found: dict[str, list[str]] = {}
    for cell in person.cells:
        for booking in cell.bookings:
            title = _("held softly") if booking.state == loads.HELD else booking.title or _("another request")
            found.setdefault(title, []).append(
                f"{week(cell.week, short=True)} {hours(booking.quarter_hours)}"
            )
    return [(title, ", ".join(parts)) for title, parts in found.items()]
