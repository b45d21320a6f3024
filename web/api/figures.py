"""Customers' figures by month: entering, correcting, and what was corrected."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import AccountFinancials
from planner.services import figures
from planner.services.figure_values import FiguresValues
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.figures import CorrectionOut, FiguresChangeIn, FiguresIn, FiguresOut
from web.schemas.outputs import page_of

blueprint = Blueprint("figures", "What a customer bought, cost, paid and owes, month by month.")


@blueprint.get("/accounts/<id:account_id>/figures")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(FiguresOut))
def list_figures(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """The months of a customer as they were entered, newest first."""
    return page_of(list(figures.list_figures(session, actor, account_id)), query)


@blueprint.post("/accounts/<id:account_id>/figures")
@policy(Action.EDIT_FIGURES)
@blueprint.body(FiguresIn)
@writes
@blueprint.answer(FiguresOut, 201)
def enter(session: Session, actor: Actor, body: dict[str, Any], account_id: str) -> AccountFinancials:
    """Enter a month of which nothing is known yet."""
    month, kind = body.pop("month"), body.pop("kind")
    return figures.enter_figures(session, actor, account_id, FiguresValues(**body), month=month, kind=kind)


@blueprint.get("/accounts/<id:account_id>/figures/<id:figures_id>")
@policy(Action.VIEW_ACCOUNT)
@reads
@blueprint.answer(FiguresOut)
def show(session: Session, actor: Actor, account_id: str, figures_id: str) -> AccountFinancials:
    """One month."""
    return figures.view_figures(session, actor, account_id, figures_id)


@blueprint.put("/accounts/<id:account_id>/figures/<id:figures_id>")
@policy(Action.EDIT_FIGURES)
@blueprint.versioned
@blueprint.body(FiguresChangeIn)
@writes
@blueprint.answer(FiguresOut)
def correct(
    session: Session, actor: Actor, body: dict[str, Any], account_id: str, figures_id: str
) -> AccountFinancials:
    """Correct a month; what actual figures were before is kept."""
    return figures.correct_figures(
        session, actor, account_id, figures_id, FiguresValues(**body), version=asked_version()
    )


@blueprint.get("/accounts/<id:account_id>/figures/<id:figures_id>/corrections")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(CorrectionOut))
def list_corrections(
    session: Session, actor: Actor, query: dict[str, Any], account_id: str, figures_id: str
) -> dict[str, Any]:
    """What a month's actual figures were corrected from and why, newest first; a forecast has none."""
    return page_of(list(figures.corrections_of(session, actor, account_id, figures_id)), query)
