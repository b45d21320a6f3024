"""Key account managers: own record of claims, load, refusals and what they had in common."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.closing import kams
from web.database import reads
from web.pages.frame import page
from web.policy import policy

pages = Blueprint("kams", __name__)


@pages.get("/calibration")
@policy(Action.VIEW_CALIBRATION)
@reads
def choose(session: Session, actor: Actor) -> str:
    """The own record, a list for leadership."""
    found = kams.list_kams(session, actor)
    if [kam.id for kam in found] == [actor.user_id]:
        return show_record(session, actor, found[0].id)
    records = [kams.view_calibration(session, actor, kam.id) for kam in found]
    return page(session, actor, "kams/calibrations.html", records=records)


@pages.get("/calibration/<id:kam_id>")
@policy(Action.VIEW_CALIBRATION)
@reads
def show(session: Session, actor: Actor, kam_id: str) -> str:
    """One person's record with the cases behind it."""
    return show_record(session, actor, kam_id)


def show_record(session: Session, actor: Actor, kam_id: str) -> str:
    """The page of one record."""
    record = kams.view_calibration(session, actor, kam_id)
    return page(session, actor, "kams/calibration.html", record=record)


@pages.get("/kam-loads")
@policy(Action.VIEW_KAM_LOADS)
@reads
def loads(session: Session, actor: Actor) -> str:
    """How many key customers each person keeps."""
    found = kams.kam_loads(session, actor)
    return page(session, actor, "kams/loads.html", loads=found, most=kams.MOST_KEY_ACCOUNTS)


@pages.get("/expectations")
@policy(Action.VIEW_EXPECTATIONS)
@reads
def expectations(session: Session, actor: Actor) -> str:
    """What was refused, how often, and what the refusals had in common."""
    return page(session, actor, "kams/expectations.html", found=kams.expectations(session, actor))
