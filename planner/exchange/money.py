"""Amounts of imported files in the planning currency."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.checks import MONEY_MAX
from planner.exchange.lines import Line
from planner.records import ExchangeRate

PLANNING_CURRENCY: Final = "EUR"
MILLION: Final = 1_000_000


def euros(minor: int | None) -> Decimal | None:
    """Minor units as an amount with two decimals."""
    return None if minor is None else Decimal(minor).scaleb(-2)


class Rates:
    """What other currencies were worth, month by month."""

    own: ClassVar[str] = PLANNING_CURRENCY

    def __init__(self, session: Session) -> None:
        self.known = {
            (row.currency, row.month): row.rate_millionths for row in session.scalars(select(ExchangeRate))
        }
        self.currencies = {self.own, *(currency for currency, _month in self.known)}

    def rate(self, line: Line, month: str) -> int | None:
        """Millionths of the planning currency per unit of the line's currency in `month`; None is a fault."""
        currency = line.text("currency", 3).upper() or self.own
        if currency == self.own:
            return MILLION
        rate = self.known.get((currency, month))
        if rate is None and currency not in self.currencies:
            reason = "The currency %(currency)s is not known here."
            remedy = "Write %(own)s, or import the currency's rates first."
            line.wrong("currency", "E_CURRENCY", reason, remedy, currency=currency, own=self.own)
        elif rate is None and month:
            reason = "There is no rate of %(currency)s for %(month)s."
            remedy = "Import that rate first."
            line.wrong("currency", "E_CURRENCY_RATE", reason, remedy, currency=currency, month=month)
        return rate

    def amount(
        self, line: Line, column: str, month: str, *, required: bool = False, negative: bool = False
    ) -> int | None:
        """An amount of the line in minor units of the planning currency."""
        amount, rate = line.money(column, required=required, negative=negative), self.rate(line, month)
        if amount is None or rate is None or rate == MILLION:
            return amount
        own = int((Decimal(amount) * rate / MILLION).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
        if abs(own) > MONEY_MAX:
            reason = "This is more than %(most)s in the planning currency."
            remedy = "Check the amount, its currency and the rate of the month."
            line.wrong(column, "E_NUMBER_RANGE", reason, remedy, most=f"{euros(MONEY_MAX):,.0f}")
        return own
