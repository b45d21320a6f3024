"""The chances that are usual at each stage of cooperation: versions, and the second person's word."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import UsualChances
from planner.services.filing import usual_chances
from planner.services.filing.usual_chances import ChanceValues
from web.api.kit import Blueprint, asked_version, json_names
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.usual_chances import NAMES, UsualChancesIn, UsualChancesOut

blueprint = Blueprint("usual_chances", "The chances that are usual at each stage of cooperation.")


@blueprint.get("/usual-chances")
@policy(Action.VIEW_USUAL_CHANCES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(UsualChancesOut))
def list_chances(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Every version, the newest first; what holds now is under /stages."""
    return page_of(list(usual_chances.list_chances(session, actor).versions), query)


@blueprint.post("/usual-chances")
@policy(Action.SET_USUAL_CHANCES)
@blueprint.body(UsualChancesIn)
@json_names(NAMES)
@writes
@blueprint.answer(UsualChancesOut, 201)
def state_chances(session: Session, actor: Actor, body: dict[str, Any]) -> UsualChances:
    """State other chances for a stage; they hold once a second person confirmed them."""
    planners = {name: ours for ours, name in NAMES.items()}
    values = {planners.get(name, name): value for name, value in body.items()}
    return usual_chances.state_chances(session, actor, ChanceValues(**values))


@blueprint.post("/usual-chances/<id:chances_id>/confirm")
@policy(Action.CONFIRM_USUAL_CHANCES)
@blueprint.versioned
@writes
@blueprint.answer(UsualChancesOut)
def confirm_chances(session: Session, actor: Actor, chances_id: str) -> UsualChances:
    """Put another person's chances in force."""
    return usual_chances.confirm_chances(session, actor, chances_id, asked_version())


@blueprint.post("/usual-chances/<id:chances_id>/end")
@policy(Action.CONFIRM_USUAL_CHANCES)
@blueprint.versioned
@writes
@blueprint.answer(UsualChancesOut)
def end_chances(session: Session, actor: Actor, chances_id: str) -> UsualChances:
    """Take chances back, or turn another person's down."""
    return usual_chances.end_chances(session, actor, chances_id, asked_version())
