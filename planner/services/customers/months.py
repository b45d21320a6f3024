"""Closing months: from then on their actual figures change only by a correction that says why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, created
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import AccountFinancials, ClosedMonth, FiguresKind
from planner.services.customers.keepers import person
from planner.verdict import Kind, refuse, require


def open_months(session: Session, actor: Actor) -> Sequence[str]:
    """Past months with actual figures that are not closed yet, oldest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.CLOSE_MONTH))
    closed = select(ClosedMonth.month)
    query = (
        select(AccountFinancials.month)
        .where(
            AccountFinancials.kind == FiguresKind.ACTUAL,
            AccountFinancials.month.not_in(closed),
            AccountFinancials.month < f"{today():%Y-%m}",
        )
        .distinct()
        .order_by(AccountFinancials.month)
    )
    return session.scalars(query).all()


def close_month(session: Session, actor: Actor, month: str) -> ClosedMonth:
    """Close a month for good.

    Raises:
        Refused: E_FORBIDDEN; E_STATE when it is closed already, is not over, or has no figures.
    """
    if month not in open_months(session, actor):
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This month cannot be closed: it is closed, not over, or has no figures.",
            "Choose one from the list.",
        )
    row = ClosedMonth(month=month, closed_by_id=person(actor), closed_at=now())
    created(session, actor, Event.MONTH_CLOSED, row)
    return row
