"""Customers' figures by month: entering, correcting, and what was corrected."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import AccountFinancials, CostRate
from planner.services.customers import cost_rates, figures
from planner.services.customers.figure_values import FiguresValues
from web.api.kit import Blueprint, asked_version, json_names
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.figures import CorrectionOut, CostRateIn, CostRateOut, FiguresChangeIn, FiguresIn, FiguresOut
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


@blueprint.get("/cost-rates")
@policy(Action.VIEW_COST_RATES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(CostRateOut))
def list_rates(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """What an hour and money cost since when, the newest first; before the first the settings hold."""
    return page_of(list(cost_rates.list_rates(session, actor)), query)


@blueprint.post("/cost-rates")
@policy(Action.SET_COST_RATES)
@blueprint.body(CostRateIn)
@json_names({"interest": "interest_permille"})
@writes
@blueprint.answer(CostRateOut, 201)
def set_rate(session: Session, actor: Actor, body: dict[str, Any]) -> CostRate:
    """Set rates from a month on; none that a closed month would feel."""
    return cost_rates.set_rate(session, actor, interest=body.pop("interest_permille"), **body)


@blueprint.put("/cost-rates/<id:rate_id>")
@policy(Action.SET_COST_RATES)
@blueprint.versioned
@blueprint.body(CostRateIn)
@json_names({"interest": "interest_permille"})
@writes
@blueprint.answer(CostRateOut)
def correct_rate(session: Session, actor: Actor, body: dict[str, Any], rate_id: str) -> CostRate:
    """Correct rates that no closed month used."""
    interest = body.pop("interest_permille")
    return cost_rates.set_rate(
        session, actor, interest=interest, rate_id=rate_id, version=asked_version(), **body
    )
