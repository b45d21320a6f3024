"""What one more hour of each skill would be worth."""

from __future__ import annotations

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.planning import scarcity
from web.api.kit import Blueprint
from web.database import reads, writes
from web.policy import policy
from web.schemas.scarcity import ScarcityOut, SkillWeekViewOut

blueprint = Blueprint("scarcity", "What one more hour of each skill would be worth.")


@blueprint.get("/scarcity")
@policy(Action.VIEW_SCARCITY)
@reads
@blueprint.answer(ScarcityOut)
def show_scarcity(session: Session, actor: Actor) -> scarcity.ScarcityView:
    """An estimate for the newest plan; a head sees the own department's skills, without money."""
    return scarcity.scarcity_view(session, actor)


@blueprint.post("/scarcity")
@policy(Action.ASK_SCARCITY)
@writes
@blueprint.answer(ScarcityOut, 202)
def ask_scarcity(session: Session, actor: Actor) -> scarcity.ScarcityView:
    """Let the engine estimate it; GET it again until its state is "done"."""
    return scarcity.ask_scarcity(session, actor)


@blueprint.get("/scarcity/<skill>/<week>")
@policy(Action.VIEW_SCARCE_WEEK)
@reads
@blueprint.answer(SkillWeekViewOut)
def show_scarce_week(session: Session, actor: Actor, skill: str, week: str) -> scarcity.SkillWeekView:
    """One skill, by its key, in one week."""
    return scarcity.open_week(session, actor, skill, week)


@blueprint.post("/scarcity/<skill>/<week>")
@policy(Action.PRICE_SCARCE_WEEK)
@writes
@blueprint.answer(SkillWeekViewOut, 202)
def price_scarce_week(session: Session, actor: Actor, skill: str, week: str) -> scarcity.SkillWeekView:
    """Ask for the exact answer: the plan is made again with a little more of that person's time."""
    return scarcity.price_week(session, actor, skill, week)
