"""What a customer does to our cash, what that costs, and how long we wait for its money. Formula C3."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from planner.worth.figure import ARITHMETIC, Figure, Unit, divided
from planner.worth.profit import Month, added

MONTHS = 12
QUARTER_MONTHS = 3
QUARTER_DAYS = 90
AGREES = Decimal("0.01")
"""Receipts and what the balances say may differ by this part before somebody must look."""


def grown(name: str, before: int | None, after: int | None) -> Figure:
    """How much a balance rose over the month."""
    inputs = (Figure("balance_before", before), Figure("balance_after", after))
    known = before is not None and after is not None
    value = after - before if before is not None and after is not None else None
    note = "" if known else "balance_unknown"
    return Figure(name, value, Unit.MONEY, "{balance_after} - {balance_before}", inputs, note)


def cash_flow(month: Month, before: Month | None, contribution: Figure) -> Figure:
    """Contribution profit less what was tied up in receivables and stock, plus what suppliers lent us.

    `before` is the calendar month before; without it, or without a balance, the flow is unknown.
    """
    receivables = grown("receivables_rise", before.ar_open if before else None, month.ar_open)
    stock = grown("inventory_rise", before.inventory if before else None, month.inventory)
    payables = grown("payables_rise", before.payables if before else None, month.payables)
    return added(
        "cash_flow",
        "{contribution} - {receivables_rise} - {inventory_rise} + {payables_rise}",
        [contribution, payables],
        [receivables, stock],
    )


def reconciles(month: Month, before: Month | None, net_revenue: Figure) -> bool | None:
    """Whether receipts agree within 1 % with net revenue less the rise in receivables; None if unknown."""
    rise = grown("receivables_rise", before.ar_open if before else None, month.ar_open)
    if month.receipts is None or rise.value is None or net_revenue.value is None:
        return None
    with localcontext(ARITHMETIC):
        expected = Decimal(net_revenue.value) - rise.value
        return abs(month.receipts - expected) <= AGREES * max(abs(expected), abs(Decimal(month.receipts)))


def capital_charge(month: Month, before: Month | None, yearly_rate: Decimal, since: str = "") -> Figure:
    """What the money that the customer owes us on average costs in a month."""
    start, end = before.ar_open if before else None, month.ar_open
    mean = divided(start + end, 2) if start is not None and end is not None else None
    inputs = (
        Figure(
            "mean_receivables",
            mean,
            Unit.MONEY,
            "({balance_before} + {balance_after}) / 2",
            (Figure("balance_before", start), Figure("balance_after", end)),
        ),
        Figure("yearly_rate", yearly_rate, Unit.SHARE, subject=since),
    )
    value = (
        None if mean is None else ARITHMETIC.divide(ARITHMETIC.multiply(mean, yearly_rate), Decimal(MONTHS))
    )
    note = "" if mean is not None else "balance_unknown"
    return Figure(
        "capital_charge", value, Unit.MONEY, "{mean_receivables} * {yearly_rate} / 12", inputs, note
    )


def economic_profit(contribution: Figure, charge: Figure) -> Figure:
    """What is left after the capital that the customer uses was paid for."""
    return added("economic_profit", "{contribution} - {capital_charge}", [contribution], [charge])


def days_sales_outstanding(ar_open: int | None, net_of_quarter: Figure) -> Figure:
    """Days of sales that the customer has not paid yet; unknown when nothing was sold in three months."""
    inputs = (Figure("ar_open", ar_open), net_of_quarter)
    sold = net_of_quarter.value is not None and net_of_quarter.value > 0
    ratio = divided(ar_open, net_of_quarter.value) if sold else None
    value = None if ratio is None else ARITHMETIC.multiply(ratio, Decimal(QUARTER_DAYS))
    note = "" if value is not None else ("nothing_sold" if ar_open is not None else "balance_unknown")
    return Figure("dso", value, Unit.DAYS, "{ar_open} / {net_of_quarter} * 90", inputs, note)


def overdue_ratio(ar_open: int | None, ar_overdue: int | None) -> Figure:
    """The overdue part of what is open; unknown when nothing is open."""
    inputs = (Figure("ar_overdue", ar_overdue), Figure("ar_open", ar_open))
    value = divided(ar_overdue, ar_open)
    note = "" if value is not None else ("nothing_open" if ar_open == 0 else "balance_unknown")
    return Figure("overdue_ratio", value, Unit.SHARE, "{ar_overdue} / {ar_open}", inputs, note)


def stability(contributions: Sequence[Decimal]) -> Figure:
    """1 less the spread of monthly contribution against its mean, not below 0; for a positive mean only."""
    inputs = tuple(Figure("contribution", value) for value in contributions)
    formula = "1 - min(1, spread of {contribution} / mean of {contribution})"
    with localcontext(ARITHMETIC):
        mean = sum(contributions, Decimal(0)) / len(contributions) if len(contributions) > 1 else None
        if mean is None or mean <= 0:
            return Figure("stability", None, Unit.SHARE, formula, inputs, "no_positive_mean")
        spread = (sum(((v - mean) ** 2 for v in contributions), Decimal(0)) / len(contributions)).sqrt()
        return Figure("stability", 1 - min(Decimal(1), spread / mean), Unit.SHARE, formula, inputs)
