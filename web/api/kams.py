"""Key account managers: claims and what became of them, load, refusals. None is ranked against another."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.closing import kams
from web.api.kit import Blueprint
from web.database import reads
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.kams import ExpectationOut, LoadOut
from web.schemas.outputs import PersonOut, page_of
from web.schemas.worth import CalibrationOut

blueprint = Blueprint("kams", "Key account managers: claims, load and refusals.")


@blueprint.get("/kams")
@policy(Action.VIEW_CALIBRATION)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(PersonOut))
def list_kams(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Whose calibration you may see: your own, or everybody's for leadership."""
    return page_of(kams.list_kams(session, actor), query)


@blueprint.get("/kams/<id:kam_id>/calibration")
@policy(Action.VIEW_CALIBRATION)
@reads
@blueprint.answer(CalibrationOut)
def show_calibration(session: Session, actor: Actor, kam_id: str) -> dict[str, Any]:
    """How far a person's claims came true; for that person and leadership only."""
    record = kams.view_calibration(session, actor, kam_id)
    return {
        "kam_id": record.kam.id,
        "calibration": record.calibration.product.working(),
        "brier_skill": record.brier.skill.working(),
        "cases": [
            {
                "request_id": c.closing.request_id,
                "ended_on": c.closing.ended_on,
                "result": c.closing.result,
                "claimed_probability_permille": c.case.probability,
                "claimed_value_minor": c.case.claimed_minor,
                "realised_value_minor": c.case.realised_minor,
                "counts": c.counts,
            }
            for c in record.cases
        ],
        "unanswered": [
            {
                "request_id": s.unanswered.request.id,
                "due_on": s.unanswered.due_on,
                "failed_on": s.unanswered.failed_on,
                "claimed_probability_permille": s.unanswered.case.probability,
                "counts": s.counts,
            }
            for s in record.silent
        ],
    }


@blueprint.get("/kam-loads")
@policy(Action.VIEW_KAM_LOADS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(LoadOut))
def list_loads(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """How many key customers each keeps, and how much profit rests on each; the largest load first."""
    return page_of(kams.kam_loads(session, actor), query)


@blueprint.get("/expectations")
@policy(Action.VIEW_EXPECTATIONS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ExpectationOut))
def list_expectations(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Repeated refusals and what they had in common: your own, or everybody's for leadership."""
    return page_of(kams.expectations(session, actor), query)
