"""What a request counts for, down to its factors."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.filing import request_worth
from web.database import reads
from web.pages.frame import page
from web.policy import policy

pages = Blueprint("request_worth", __name__)


@pages.get("/requests/<id:request_id>/worth")
@policy(Action.VIEW_REQUEST_WORTH)
@reads
def show(session: Session, actor: Actor, request_id: str) -> str:
    """Claimed, calibrated, money alone and what counts, level by level."""
    found = request_worth.view_request_worth(session, actor, request_id)
    return page(session, actor, "requests/worth.html", worth=found)
