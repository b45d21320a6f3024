"""Why not me: the refusal card."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.explaining import explanations
from planner.services.filing import stories
from planner.verdict import not_found
from web.api.kit import Blueprint
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import RunQuery
from web.schemas.explanations import RefusalOut

blueprint = Blueprint("explanations", "Why a request got less than it asked for.")


@blueprint.get("/requests/<id:request_id>/refusal")
@policy(Action.VIEW_REFUSAL)
@blueprint.query(RunQuery)
@reads
@blueprint.answer(RefusalOut)
def show_refusal(
    session: Session, actor: Actor, query: dict[str, Any], request_id: str
) -> explanations.RefusalView:
    """Why the request is short, and what would have to be different."""
    run_id = _run_id(session, actor, query["run_id"], request_id)
    return explanations.refusal_card(session, actor, run_id, request_id)


@blueprint.post("/requests/<id:request_id>/refusal")
@policy(Action.ASK_EXPLANATION)
@blueprint.query(RunQuery)
@writes
@blueprint.answer(RefusalOut, 202)
def ask_refusal(
    session: Session, actor: Actor, query: dict[str, Any], request_id: str
) -> explanations.RefusalView:
    """Ask for the figures before all that nobody asked for."""
    run_id = _run_id(session, actor, query["run_id"], request_id)
    return explanations.ask(session, actor, run_id, request_id)


def _run_id(session: Session, actor: Actor, asked: str | None, request_id: str) -> str:
    """The run that is meant: the one asked for, else the newest that planned the request."""
    if asked is not None:
        return asked
    newest = stories.story(session, actor, request_id).run
    if newest is None:
        raise not_found()
    return newest.id
