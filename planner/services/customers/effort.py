"""Where specialists' hours go against where profit comes from, customer by customer."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from planner.judging import Company, Judgement
from planner.services.customers.account_files import hours_of
from planner.verdict import not_found
from planner.worth import Figure, Shares, Unit, shares
from planner.worth.figure import divided

NEAR: Final = Decimal("0.02")
"""Shares that differ by two points of a hundred or less are called alike."""


class Balance(enum.StrEnum):
    """How a customer's share of hours stands against its share of profit."""

    MORE_HOURS = "more_hours"
    ALIKE = "alike"
    MORE_PROFIT = "more_profit"
    NO_PROFIT = "no_profit"
    PROFIT_UNKNOWN = "profit_unknown"
    HOURS_UNKNOWN = "hours_unknown"


@dataclass(frozen=True, slots=True)
class Effort:
    """One customer's part of all specialists' hours and of all profit above zero, in the window.

    Attributes:
        judgement: The customer.
        hours: Its specialists' hours; with a note when months are missing.
        hours_share: Their part of all known hours, from 0 to 1.
        profit_share: Its part of all contribution profit above zero, by formula C1; 0 for a loss.
        balance: What the two tell, in a word.
    """

    judgement: Judgement
    hours: Figure
    hours_share: Figure
    profit_share: Figure
    balance: Balance

    @property
    def gap(self) -> Decimal | None:
        """The share of hours less that of profit; above 0 it takes more than it brings."""
        if self.hours_share.value is None or self.profit_share.value is None:
            return None
        return Decimal(self.hours_share.value) - Decimal(self.profit_share.value)


def efforts(company: Company) -> tuple[Effort, ...]:
    """Every customer of a judged company, most hours first; branches are part of their parents.

    Nobody is left out: whose hours or profit are not known, or negative, is told so by `balance`.
    """
    whole = [j for key, j in company.judged.items() if key not in company.books.branches]
    hours = {j.account.id: hours_of(j.money) for j in whole}
    total = sum(int(each.value) for each in hours.values() if each.value is not None)
    profits = shares({j.account.id: j.money.contribution.value for j in whole})
    found = [_effort(j, hours, total, profits) for j in whole]
    return tuple(sorted(found, key=lambda each: -(each.hours.value or 0)))


def _effort(judgement: Judgement, hours: Mapping[str, Figure], total: int, profits: Shares) -> Effort:
    own = hours[judgement.account.id]
    part = divided(own.value, total)
    inputs = (own, Figure("all_hours", total, Unit.QUARTER_HOURS))
    note = "" if part is not None else "no_hours"
    formula = "{specialist_quarter_hours} / {all_hours}"
    hours_share = Figure("hours_share", part, Unit.SHARE, formula, inputs, note)
    profit_share = profits.share(judgement.account.id)
    balance = _balance(judgement.money.contribution, hours_share, profit_share)
    return Effort(judgement, own, hours_share, profit_share, balance)


def _balance(profit: Figure, hours_share: Figure, profit_share: Figure) -> Balance:
    if profit.value is None:
        return Balance.PROFIT_UNKNOWN
    if profit.value <= 0:
        return Balance.NO_PROFIT
    if hours_share.value is None or profit_share.value is None:
        return Balance.HOURS_UNKNOWN
    gap = Decimal(hours_share.value) - Decimal(profit_share.value)
    if abs(gap) <= NEAR:
        return Balance.ALIKE
    return Balance.MORE_HOURS if gap > 0 else Balance.MORE_PROFIT


def effort_of(found: tuple[Effort, ...], account_id: str) -> Effort:
    """One of them.

    Raises:
        Refused: E_NOT_FOUND.
    """
    for each in found:
        if each.judgement.account.id == account_id:
            return each
    raise not_found()
