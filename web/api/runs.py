"""Runs: the search for a plan."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import PlanRun
from planner.scope import find_cycle
from planner.services.planning import freshness, lineage, loads, results, runs
from web.api.kit import Blueprint
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, RunQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.planning import (
    ChangesOut,
    ComparisonOut,
    ComparisonQuery,
    LineageOut,
    LoadsOut,
    PurposesOut,
    ResultOut,
    RunIn,
    RunOut,
    RunRowOut,
)

blueprint = Blueprint("runs", "The search for a plan.")


@blueprint.get("/cycles/<id:cycle_id>/runs")
@policy(Action.VIEW_RUNS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(RunRowOut))
def list_runs(session: Session, actor: Actor, query: dict[str, Any], cycle_id: str) -> dict[str, Any]:
    """The runs of a cycle, newest first."""
    cycle = find_cycle(session, actor, cycle_id)
    return page_of(runs.list_runs(session, actor, cycle.id), query)


@blueprint.post("/cycles/<id:cycle_id>/runs")
@policy(Action.START_RUN)
@blueprint.body(RunIn)
@writes
@blueprint.answer(RunRowOut, 202)
def start_run(session: Session, actor: Actor, values: dict[str, Any], cycle_id: str) -> PlanRun:
    """Queue a run; a worker takes it from there."""
    return runs.start_run(
        session, actor, cycle_id, wall_limit_s=values["wall_limit_s"], most_moves=values["most_moves"]
    )


@blueprint.get("/runs/<id:run_id>")
@policy(Action.VIEW_RUNS)
@reads
@blueprint.answer(RunOut)
def show_run(session: Session, actor: Actor, run_id: str) -> runs.RunView:
    """A run as it stands."""
    return runs.run_view(session, actor, run_id)


@blueprint.get("/runs/<id:run_id>/results")
@policy(Action.VIEW_RUNS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ResultOut))
def list_results(session: Session, actor: Actor, query: dict[str, Any], run_id: str) -> dict[str, Any]:
    """What the run gives to each request, the most valuable first, refused ones behind."""
    return page_of(results.results(session, actor, run_id), query)


@blueprint.get("/runs/<id:run_id>/purposes")
@policy(Action.VIEW_RUNS)
@reads
@blueprint.answer(PurposesOut)
def show_purposes(session: Session, actor: Actor, run_id: str) -> dict[str, Any]:
    """How the run splits between winning, growing, keeping and defending."""
    return {"rows": results.by_purpose(results.results(session, actor, run_id))}


@blueprint.get("/runs/<id:run_id>/lineage")
@policy(Action.VIEW_RUNS)
@reads
@blueprint.answer(LineageOut)
def show_lineage(session: Session, actor: Actor, run_id: str) -> lineage.Before:
    """How many plans came before it in its cycle, and with how many definitions."""
    return lineage.before(session, runs.run_view(session, actor, run_id).run)


@blueprint.get("/runs/<id:run_id>/changes")
@policy(Action.PUBLISH)
@reads
@blueprint.answer(ChangesOut)
def show_changes(session: Session, actor: Actor, run_id: str) -> freshness.Changed:
    """What changed since the plan was made; while anything did it cannot be published."""
    return freshness.changes_since(session, actor, run_id)


@blueprint.post("/runs/<id:run_id>/stop")
@policy(Action.STOP_RUN)
@writes
@blueprint.answer(RunRowOut)
def stop_run(session: Session, actor: Actor, run_id: str) -> PlanRun:
    """Stop a run and keep its best plan."""
    return runs.stop_run(session, actor, run_id)


@blueprint.post("/runs/<id:run_id>/repeat")
@policy(Action.REPEAT_RUN)
@writes
@blueprint.answer(RunRowOut, 202)
def repeat_run(session: Session, actor: Actor, run_id: str) -> PlanRun:
    """Queue a failed or cancelled run again."""
    return runs.repeat_run(session, actor, run_id)


@blueprint.get("/runs/<id:run_id>/comparison")
@policy(Action.COMPARE_RUN)
@blueprint.query(ComparisonQuery)
@reads
@blueprint.answer(ComparisonOut)
def compare_run(session: Session, actor: Actor, query: dict[str, Any], run_id: str) -> runs.Comparison:
    """What the run would change against what is published, or against the plan before it."""
    return runs.compare(session, actor, run_id, with_previous=query["against"] == "previous")


@blueprint.get("/loads")
@policy(Action.VIEW_HEAT_MAP)
@blueprint.query(RunQuery)
@reads
@blueprint.answer(LoadsOut)
def show_loads(session: Session, actor: Actor, query: dict[str, Any]) -> loads.HeatMap:
    """Who is booked when: in a run, or as published."""
    return loads.heat_map(session, actor, query["run_id"])
