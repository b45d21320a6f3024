"""The customers together, for who sees all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.customers import effort, portfolio
from planner.services.customers.effort import Effort
from web.charts import curve, matrix
from web.database import reads
from web.figures import plain
from web.pages.frame import page
from web.pages.requests import harmless
from web.policy import policy
from web.rendering import label

pages = Blueprint("portfolio", __name__)

QUARTERS: Final = 4
DRAWN: Final = 15
"""Customers whose bars are drawn; the table has all."""

SORTS: Final[dict[str, Callable[[Effort], Any]]] = {
    "hours": lambda row: row.hours.value,
    "profit": lambda row: row.judgement.money.contribution.value,
    "gap": lambda row: row.gap,
    "name": lambda row: row.judgement.account.name.casefold(),
}


@pages.get("/portfolio")
@policy(Action.VIEW_PORTFOLIO)
@reads
def show(session: Session, actor: Actor) -> str:
    """Attractiveness by strength, the curve of profit, and what an exit would cost."""
    found = portfolio.view_portfolio(session, actor)
    leaving, opened = request.args.get("leaving", ""), request.args.get("effort", "")
    rows = effort.efforts(found.company)
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
        efforts=arranged(rows),
        drawn=DRAWN,
        largest=max((f.value or 0 for row in rows for f in (row.hours_share, row.profit_share)), default=0),
        effort=effort.effort_of(rows, opened) if opened else None,
        sort=sorting(),
        sort_link=sort_link,
        export=_address("/portfolio/hours.csv", *sorting()),
    )


def sorting() -> tuple[str, bool]:
    """The column to sort the customers' hours by, and whether the largest comes first."""
    name = request.args.get("sort", "")
    return (name, request.args.get("down", "") == "1") if name in SORTS else ("hours", True)


def sort_link(name: str) -> str:
    """The address that sorts by a column, the other way round when it is sorted by it already."""
    now, down = sorting()
    return _address("/portfolio", name, not down if now == name else name != "name") + "#effort-title"


def _address(path: str, name: str, down: bool) -> str:
    return f"{path}?sort={name}{'&down=1' if down else ''}"


def arranged(rows: Iterable[Effort]) -> list[Effort]:
    """The customers in the order of the address; what is unknown comes last."""
    name, down = sorting()
    key = SORTS[name]
    held = list(rows)
    known = sorted((row for row in held if key(row) is not None), key=key, reverse=down)
    return known + [row for row in held if key(row) is None]


@pages.get("/portfolio/hours.csv")
@policy(Action.VIEW_PORTFOLIO)
@reads
def export_hours(session: Session, actor: Actor) -> Response:
    """Shares of hours and profit for a spreadsheet: hours, money in whole currency, shares in percent."""
    out = io.StringIO()
    table = csv.writer(out)
    names = (_("Specialists' hours"), _("Share of hours, %"), _("Contribution profit"))
    table.writerow([_("Code"), _("Account"), *names, _("Share of profit, %"), _("In words")])
    for row in arranged(effort.efforts(portfolio.view_portfolio(session, actor).company)):
        account, profit = row.judgement.account, row.judgement.money.contribution
        hours = "" if row.hours.value is None else Decimal(row.hours.value) / QUARTERS
        figures = map(plain, (row.hours_share, profit, row.profit_share))
        table.writerow([harmless(account.code), harmless(account.name), hours, *figures, label(row.balance)])
    headers = {"Content-Disposition": "attachment; filename=hours-and-profit.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)
