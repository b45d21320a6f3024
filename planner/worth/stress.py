"""What happens when a customer leaves, and how profit is spread over customers. Formula C1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from planner.worth.figure import ARITHMETIC, Figure, Number, Unit
from planner.worth.profit import added
from planner.worth.shares import decimal

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Exit:
    """A year without the customer: what profit and cash would miss; negative is a gain."""

    profit: Figure
    cash: Figure


def exit_stress(
    contribution: Figure, receipts: Figure, payments: Figure, overdue: int | None, months: int
) -> Exit:
    """A year of the customer gone, from sums over `months` months.

    Args:
        contribution: Contribution profit.
        receipts: What it paid.
        payments: What serving it made us pay to others; our own people stay.
        overdue: What it owes too long and would not pay any more.
        months: How many months the sums are of, where they do not tell it by their inputs.

    A sum that lacks a month is taken to a year from the months it has, and what follows says so.
    """
    profit = _yearly("yearly_contribution", contribution, months)
    received = _yearly("yearly_receipts", receipts, months)
    spent = _yearly("yearly_payments", payments, months)
    cash = added(
        "exit_cash",
        "{yearly_receipts} - {yearly_payments} + {ar_overdue}",
        [received, Figure("ar_overdue", overdue)],
        [spent],
    )
    cash = replace(cash, note=cash.note or received.note or spent.note)
    lost = Figure(
        "exit_profit", profit.value, Unit.MONEY, "12 * mean monthly {contribution}", (profit,), profit.note
    )
    return Exit(lost, cash)


def _yearly(name: str, total: Figure, months: int) -> Figure:
    summed = sum(figure.value is not None for figure in total.inputs) or months
    inputs = (total, Figure("months", summed, Unit.COUNT))
    formula = "12 * {" + total.name + "} / {months}"
    if total.value is None or not summed:
        return Figure(name, None, Unit.MONEY, formula, inputs, "input_unknown")
    with localcontext(ARITHMETIC):
        value = Decimal(total.value) * MONTHS / summed
    return Figure(name, value, Unit.MONEY, formula, inputs, total.note)


@dataclass(frozen=True, slots=True)
class Step:
    """One customer on the curve: it and all larger ones hold `cumulative` of all profit above 0."""

    key: str
    value: Decimal
    customers: Decimal
    cumulative: Decimal


def pareto(basis: Mapping[str, Number]) -> tuple[Step, ...]:
    """Customers by falling profit with their running share; those who lose money bring the curve down."""
    known = {key: Fraction(value) for key, value in basis.items() if value is not None}
    whole = sum((max(value, Fraction(0)) for value in known.values()), Fraction(0))
    if not whole:
        return ()
    steps, sum_so_far = [], Fraction(0)
    for place, key in enumerate(sorted(known, key=lambda k: (-known[k], k)), 1):
        sum_so_far += known[key]
        part = decimal(Fraction(place, len(known)))
        steps.append(Step(key, decimal(known[key]), part, decimal(sum_so_far / whole)))
    return tuple(steps)
