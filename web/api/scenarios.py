"""Scenarios and trade-offs: suppose, compare, open a point, promote."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import PlanRun, Scenario
from planner.services.planning import closeness, scenarios, trade_offs
from planner.services.planning.scenario_values import Hire, ScenarioValues
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.exceptions import (
    ClosenessOut,
    KeepIn,
    NoteIn,
    PointViewOut,
    QueuedOut,
    ScenarioIn,
    ScenarioOut,
    ScenarioQuery,
    ScenarioViewOut,
    TradeOffOut,
    typed,
)
from web.schemas.outputs import page_of
from web.schemas.planning import RunRowOut

blueprint = Blueprint("scenarios", "What would be if, and what it would cost.")


@blueprint.get("/scenarios")
@policy(Action.VIEW_SCENARIOS)
@blueprint.query(ScenarioQuery)
@reads
@blueprint.answer(list_of(ScenarioOut))
def list_scenarios(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Your scenarios and the shared ones, or those that were put aside."""
    archived = bool(query["archived"])
    return page_of(scenarios.list_scenarios(session, actor, archived=archived), query)


@blueprint.post("/scenarios")
@policy(Action.EDIT_SCENARIO)
@blueprint.body(ScenarioIn)
@writes
@blueprint.answer(ScenarioOut, 202)
def create_scenario(session: Session, actor: Actor, values: dict[str, Any]) -> Scenario:
    """Suppose something of the newest plan; a worker computes it."""
    hires = [Hire(**hire) for hire in values["hires"]]
    return scenarios.create(session, actor, ScenarioValues(**typed(values, hires=hires)))


@blueprint.get("/scenarios/<id:scenario_id>")
@policy(Action.VIEW_SCENARIOS)
@reads
@blueprint.answer(ScenarioViewOut)
def show_scenario(session: Session, actor: Actor, scenario_id: str) -> scenarios.ScenarioView:
    """One scenario in full."""
    return scenarios.scenario_view(session, actor, scenario_id)


@blueprint.post("/scenarios/<id:scenario_id>/stop")
@policy(Action.EDIT_SCENARIO)
@writes
@blueprint.answer(ScenarioOut)
def stop_scenario(session: Session, actor: Actor, scenario_id: str) -> Scenario:
    """Stop the search and keep its best plan."""
    return scenarios.stop(session, actor, scenario_id)


@blueprint.post("/scenarios/<id:scenario_id>/share")
@policy(Action.EDIT_SCENARIO)
@blueprint.versioned
@writes
@blueprint.answer(ScenarioOut)
def share_scenario(session: Session, actor: Actor, scenario_id: str) -> Scenario:
    """Let everybody who steers see it."""
    return scenarios.share(session, actor, scenario_id, asked_version())


@blueprint.post("/scenarios/<id:scenario_id>/archive")
@policy(Action.EDIT_SCENARIO)
@blueprint.versioned
@writes
@blueprint.answer(ScenarioOut)
def archive_scenario(session: Session, actor: Actor, scenario_id: str) -> Scenario:
    """Put it aside; nothing is deleted."""
    return scenarios.put_aside(session, actor, scenario_id, asked_version())


@blueprint.post("/scenarios/<id:scenario_id>/restore")
@policy(Action.EDIT_SCENARIO)
@blueprint.versioned
@writes
@blueprint.answer(ScenarioOut)
def restore_scenario(session: Session, actor: Actor, scenario_id: str) -> Scenario:
    """Take it out again."""
    return scenarios.put_aside(session, actor, scenario_id, asked_version(), back=True)


@blueprint.post("/scenarios/<id:scenario_id>/promote")
@policy(Action.PROMOTE_SCENARIO)
@blueprint.versioned
@blueprint.body(NoteIn)
@writes
@blueprint.answer(RunRowOut, 202)
def promote_scenario(session: Session, actor: Actor, values: dict[str, Any], scenario_id: str) -> PlanRun:
    """Start an official run with it."""
    return scenarios.promote(session, actor, scenario_id, asked_version(), values["note"])


@blueprint.get("/trade-offs/<axis>")
@policy(Action.VIEW_TRADE_OFFS)
@reads
@blueprint.answer(TradeOffOut)
def show_trade_off(session: Session, actor: Actor, axis: str) -> trade_offs.TradeOff:
    """Value against floor, stability, moves, strategy or cash."""
    return trade_offs.trade_off(session, actor, axis)


@blueprint.post("/trade-offs/<axis>")
@policy(Action.ASK_TRADE_OFFS)
@writes
@blueprint.answer(TradeOffOut, 202)
def ask_trade_off(session: Session, actor: Actor, axis: str) -> trade_offs.TradeOff:
    """Compute it."""
    return trade_offs.ask_trade_off(session, actor, axis)


@blueprint.post("/trade-offs/<axis>/stop")
@policy(Action.ASK_TRADE_OFFS)
@writes
@blueprint.answer(TradeOffOut)
def stop_trade_off(session: Session, actor: Actor, axis: str) -> trade_offs.TradeOff:
    """Stop and keep what is found."""
    return trade_offs.stop_trade_off(session, actor, axis)


@blueprint.get("/trade-offs/<axis>/<number:number>")
@policy(Action.VIEW_TRADE_OFFS)
@reads
@blueprint.answer(PointViewOut)
def show_point(session: Session, actor: Actor, axis: str, number: int) -> trade_offs.PointView:
    """One point in full."""
    return trade_offs.open_point(session, actor, axis, number - 1)


@blueprint.post("/trade-offs/<axis>/<number:number>/keep")
@policy(Action.EDIT_SCENARIO)
@blueprint.body(KeepIn)
@writes
@blueprint.answer(ScenarioOut, 202)
def keep_point(session: Session, actor: Actor, values: dict[str, Any], axis: str, number: int) -> Scenario:
    """Keep a point as a scenario, which can be compared and promoted."""
    return scenarios.create_from_point(session, actor, values["name"], axis, number - 1)


@blueprint.get("/runs/<id:run_id>/closeness")
@policy(Action.VIEW_TRADE_OFFS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ClosenessOut))
def show_closeness(session: Session, actor: Actor, query: dict[str, Any], run_id: str) -> dict[str, Any]:
    """How close each decision of a plan was."""
    return page_of(closeness.closeness(session, actor, run_id), query)


@blueprint.post("/runs/<id:run_id>/closeness")
@policy(Action.ASK_TRADE_OFFS)
@writes
@blueprint.answer(QueuedOut, 202)
def ask_closeness(session: Session, actor: Actor, run_id: str) -> dict[str, int]:
    """Compute what is missing, behind what people wait for."""
    return {"queued": closeness.ask_closeness(session, actor, run_id)}
