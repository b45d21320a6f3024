"""The customers together, for who sees all of them."""

from __future__ import annotations

from flask import Blueprint, request
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.customers import portfolio
from web.charts import curve, matrix
from web.database import reads
from web.pages.frame import page
from web.policy import policy

pages = Blueprint("portfolio", __name__)


@pages.get("/portfolio")
@policy(Action.VIEW_PORTFOLIO)
@reads
def show(session: Session, actor: Actor) -> str:
    """Attractiveness by strength, the curve of profit, and what an exit would cost."""
    found = portfolio.view_portfolio(session, actor)
    leaving = request.args.get("leaving", "")
    names = {key: j.account.name for key, j in found.company.judged.items()}
    return page(
        session,
        actor,
        "accounts/portfolio.html",
        found=found,
        names=names,
        bands=portfolio.BANDS,
        marks=(portfolio.MODERATE, portfolio.HIGH),
        matrix=matrix(
            [
                (
                    j.account.id,
                    j.account.name,
                    j.standing.strength.value,
                    j.standing.attractiveness.value,
                    j.money.net_revenue.value,
                    j.standing.strength.provisional or j.standing.attractiveness.provisional,
                )
                for j in found.rows
            ]
        ),
        curve=curve([step.cumulative for step in found.curve]),
        leaver=found.leaver(leaving) if leaving else None,
    )
