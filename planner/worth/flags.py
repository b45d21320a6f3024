"""What a reader must not miss about a customer's money."""

from __future__ import annotations

import enum

from planner.worth.figure import Number
from planner.worth.shares import Dependency


class Flag(enum.StrEnum):
    """A pattern in the figures that asks for a look."""

    PROFIT_UP_CASH_DOWN = "profit_up_cash_down"
    TURNOVER_AT_A_LOSS = "turnover_at_a_loss"
    REVENUE_NOT_PROFIT = "revenue_not_profit"
    DOES_NOT_RECONCILE = "does_not_reconcile"
    MISSING_MONTHS = "missing_months"
    STALE = "stale"
    CONTRACT_ENDS = "contract_ends"
    SINGLE_CONTACT = "single_contact"
    UNGUARDED = "unguarded"
    STALLED = "stalled"


def money_flags(
    contribution: Number,
    cash: Number,
    net_revenue: Number,
    by_revenue: Dependency | None,
    by_profit: Dependency | None,
) -> tuple[Flag, ...]:
    """The flags that follow from profit, cash and shares; what is unknown raises none."""
    found = []
    if contribution is not None and cash is not None and contribution > 0 > cash:
        found.append(Flag.PROFIT_UP_CASH_DOWN)
    if contribution is not None and net_revenue is not None and contribution < 0 < net_revenue:
        found.append(Flag.TURNOVER_AT_A_LOSS)
    if by_profit is Dependency.ORDINARY and by_revenue not in (None, Dependency.ORDINARY):
        found.append(Flag.REVENUE_NOT_PROFIT)
    return tuple(found)
