"""Planning cycles."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import PlanningCycle
from planner.services.planning import cycles
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.planning import CycleIn, CycleOut

blueprint = Blueprint("cycles", "Rounds of planning.")


@blueprint.get("/cycles")
@policy(Action.VIEW_CYCLES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(CycleOut))
def list_cycles(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """All cycles, newest first."""
    return page_of(cycles.list_cycles(session, actor), query)


@blueprint.post("/cycles")
@policy(Action.OPEN_CYCLE)
@blueprint.body(CycleIn)
@writes
@blueprint.answer(CycleOut, 201)
def open_cycle(session: Session, actor: Actor, values: dict[str, Any]) -> PlanningCycle:
    """Begin collecting requests for a new cycle."""
    return cycles.open_cycle(session, actor, cycles.CycleValues(**values))


@blueprint.post("/cycles/<id:cycle_id>/close")
@policy(Action.CLOSE_CYCLE)
@blueprint.versioned
@writes
@blueprint.answer(CycleOut)
def close_cycle(session: Session, actor: Actor, cycle_id: str) -> PlanningCycle:
    """End a cycle."""
    return cycles.close_cycle(session, actor, cycle_id, asked_version())
