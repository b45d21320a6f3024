"""Amounts typed in another currency, in the planning currency at the rate of their month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.exchange.money import MILLION, PLANNING_CURRENCY
from planner.records import ExchangeRate
from planner.services.customers.figure_values import MINOR, FiguresValues
from planner.verdict import Problem


def currencies(session: Session, month: str) -> Sequence[str]:
    """What amounts of a month may be typed in: the planning currency first, then all with a rate for it."""
    known = session.scalars(
        select(ExchangeRate.currency).where(ExchangeRate.month == month).order_by(ExchangeRate.currency)
    )
    return (PLANNING_CURRENCY, *(code for code in known if code != PLANNING_CURRENCY))


def in_planning_currency(
    session: Session, values: FiguresValues, month: str
) -> tuple[FiguresValues, list[Problem]]:
    """Well-formed values with every amount in the planning currency, half a minor unit to the even neighbour.

    With a problem (E_CURRENCY_RATE) instead when there is no rate of the currency for that month.
    """
    code = values.currency.strip().upper() or PLANNING_CURRENCY
    if code == PLANNING_CURRENCY:
        return values, []
    rate = session.scalar(
        select(ExchangeRate.rate_millionths).where(ExchangeRate.currency == code, ExchangeRate.month == month)
    )
    if rate is None:
        reason = "There is no rate of %(currency)s for %(month)s."
        remedy = "Import that rate first."
        return values, [
            checks.problem("currency", "E_CURRENCY_RATE", reason, remedy, currency=code, month=month)
        ]
    amounts: dict[str, Any] = {
        name: int((Decimal(amount) * rate / MILLION).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
        for name, amount in asdict(values).items()
        if name.endswith(MINOR) and amount is not None
    }
    return replace(values, **amounts, currency=""), []
