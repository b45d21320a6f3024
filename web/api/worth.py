"""What customers are worth, each number down to its inputs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.services.customers import effort, portfolio, worth
from planner.services.customers.worth import AccountWorth
from planner.services.filing import request_worth
from planner.worth import round_minor, short
from web.api.kit import Blueprint
from web.database import reads
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.worth import (
    PortfolioOut,
    RequestWorthOut,
    WorthOut,
    WorthRowOut,
)

blueprint = Blueprint("worth", "What customers are worth, and how every number follows from its inputs.")


@blueprint.get("/worths")
@policy(Action.LIST_ACCOUNTS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(WorthRowOut))
def list_worths(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The customers in your sight with share, profit, cash and score, by name."""
    return page_of([_row(row) for row in worth.list_worths(session, actor).rows], query)


def _row(row: AccountWorth) -> dict[str, Any]:
    found, priority = row.judgement, row.judgement.standing.priority
    share = row.share.value
    return {
        "account_id": found.account.id,
        "name": found.account.name,
        "dependency": found.dependency,
        "key_reasons": list(found.reasons),
        "flags": list(found.flags),
        "share": None if share is None else short(share) if not isinstance(share, int) else str(share),
        "contribution_minor": found.money.contribution.minor,
        "cash_flow_minor": found.money.cash_flow.minor,
        "priority": None if priority.value is None else short(priority.value),
        "coverage": str(priority.coverage.working()["value"]),
        "provisional": priority.provisional,
        "months_known": found.money.known,
        "data_as_of": found.account.data_as_of,
    }


@blueprint.get("/accounts/<id:account_id>/worth")
@policy(Action.VIEW_ACCOUNT)
@reads
@blueprint.answer(WorthOut)
def show_worth(session: Session, actor: Actor, account_id: str) -> dict[str, Any]:
    """One customer with every number down to its inputs."""
    return worth.view_worth(session, actor, account_id).told()


@blueprint.get("/requests/<id:request_id>/worth")
@policy(Action.VIEW_REQUEST_WORTH)
@reads
@blueprint.answer(RequestWorthOut)
def show_request_worth(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """What each level of a request counts for, claimed and calibrated side by side."""
    return request_worth.view_request_worth(session, actor, request_id).told()


@blueprint.get("/portfolio")
@policy(Action.VIEW_PORTFOLIO)
@reads
@blueprint.answer(PortfolioOut)
def show_portfolio(session: Session, actor: Actor) -> dict[str, Any]:
    """Concentration, the curve of profit, hours against profit, and what each exit would cost."""
    found = portfolio.view_portfolio(session, actor)
    figures = (
        *(found.concentration, found.top_1, found.top_5),
        *(found.key_sales, found.key_profit, found.top_fifth),
    )
    return {
        "as_of": found.company.day,
        "figures": [figure.working() for figure in figures],
        "curve": [
            {
                "account_id": step.key,
                "contribution_minor": round_minor(step.value),
                "customers": short(step.customers),
                "cumulative": short(step.cumulative),
            }
            for step in found.curve
        ],
        "efforts": [
            {
                "account_id": row.judgement.account.id,
                "name": row.judgement.account.name,
                "hours_share": row.hours_share.working(),
                "profit_share": row.profit_share.working(),
                "balance": row.balance,
            }
            for row in effort.efforts(found.company)
        ],
        "leavers": [
            {
                "account_id": leaver.judgement.account.id,
                "name": leaver.judgement.account.name,
                "profit": leaver.leaving.profit.working(),
                "cash": leaver.leaving.cash.working(),
                "concentration_after": leaver.concentration_after.working(),
            }
            for leaver in found.leavers
        ],
    }
