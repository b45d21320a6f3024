"""The plan that a search begins with: the newest one, so that a new plan is never worse without a reason."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import weeks_between
from planner.records import PlanningCycle, PlanRun, Publication
from planner.solving.material import newest_plan
from planner.solving.parameters import Parameters

START = "start"
"""The key in a run's parameters: the run begun with, and by how many weeks its plan has moved."""


def choose_start(session: Session, cycle: PlanningCycle, parameters: Parameters) -> dict[str, Any] | None:
    """The cycle's newest plan, else the last published one; None for the very first run."""
    run = newest_plan(session, cycle.id) or _last_published(session)
    if run is None or not run.result:
        return None
    return {"run": run.id, "shift": weeks_between(run.parameters["first_week"], parameters.first_week)}


def start_text(session: Session, run: PlanRun) -> str | None:
    """The plan to begin with as planner-plan/1, in the weeks of `run`; what lies before them is left out.

    The engine drops from it whatever breaks a rule by now.
    """
    chosen = run.parameters.get(START)
    if not chosen:
        return None
    plan = json.loads(session.get_one(PlanRun, chosen["run"]).result or "{}")
    hours = [{**row, "week": row["week"] - chosen["shift"]} for row in plan["hours"]]
    return json.dumps(
        {
            "format": plan["format"],
            "granted": plan["granted"],
            "hours": [row for row in hours if row["week"] >= 0],
        }
    )


def _last_published(session: Session) -> PlanRun | None:
    return session.scalars(
        select(PlanRun)
        .join(Publication, Publication.run_id == PlanRun.id)
        .order_by(Publication.number.desc())
        .limit(1)
    ).first()
