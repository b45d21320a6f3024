"""What one customer leaves in a month after all that it costs to serve. Formula C3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from planner.worth.figure import ARITHMETIC, Figure, Unit, divided

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Rates:
    """Minor units per hour of our own people, and the yearly interest on money; `since` is a month."""

    kam: int
    specialist: int
    interest: Decimal = Decimal(0)
    since: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One customer in one month ("2026-11"). Minor units; None where it is not known.

    Balances are those at the month's end. Costs, discounts and returns are positive.
    """

    month: str
    gross_sales: int | None
    discounts: int | None = 0
    bonuses: int | None = 0
    returns: int | None = 0
    cogs: int | None = 0
    logistics: int | None = 0
    support: int | None = 0
    programme_costs: int | None = 0
    other_cts: int | None = 0
    kam_quarter_hours: int | None = None
    specialist_quarter_hours: int | None = None
    receipts: int | None = None
    ar_open: int | None = None
    ar_overdue: int | None = None
    inventory: int | None = None
    payables: int | None = None


@dataclass(frozen=True, slots=True)
class Profit:
    """A month from net revenue to contribution profit, each with its working."""

    net_revenue: Figure
    gross_margin: Figure
    cost_to_serve: Figure
    contribution: Figure

    def part_of_revenue(self, figure: Figure) -> Figure:
        """A figure as a share of net revenue; unknown when nothing was sold."""
        inputs = (figure, self.net_revenue)
        note = "" if self.net_revenue.value else "nothing_sold"
        formula = "{" + figure.name + "} / {net_revenue}"
        return Figure(
            "margin", divided(figure.value, self.net_revenue.value), Unit.SHARE, formula, inputs, note
        )


def added(name: str, formula: str, plus: Iterable[Figure], minus: Iterable[Figure] = ()) -> Figure:
    """The sum of some figures less others; unknown as soon as one of them is."""
    plus, minus = tuple(plus), tuple(minus)
    missing = [figure.name for figure in (*plus, *minus) if figure.value is None]
    if missing:
        return Figure(name, None, Unit.MONEY, formula, (*plus, *minus), "input_unknown")
    with localcontext(ARITHMETIC):
        total = sum((Decimal(f.value or 0) for f in plus), Decimal(0))
        total -= sum((Decimal(f.value or 0) for f in minus), Decimal(0))
    return Figure(name, total, Unit.MONEY, formula, (*plus, *minus))


def profit(month: Month, rates: Rates) -> Profit:
    """Net revenue, gross margin, cost to serve and contribution profit of a month."""
    net = added(
        "net_revenue",
        "{gross_sales} - {discounts} - {bonuses} - {returns}",
        [_given(month, "gross_sales")],
        [_given(month, name) for name in ("discounts", "bonuses", "returns")],
    )
    margin = added("gross_margin", "{net_revenue} - {cogs}", [net], [_given(month, "cogs")])
    parts = [_given(month, name) for name in ("logistics", "support", "programme_costs", "other_cts")]
    parts.append(_hours("kam_cost", "kam_quarter_hours", month.kam_quarter_hours, rates.kam, rates.since))
    parts.append(
        _hours(
            "specialist_cost",
            "specialist_quarter_hours",
            month.specialist_quarter_hours,
            rates.specialist,
            rates.since,
        )
    )
    names = " + ".join("{" + part.name + "}" for part in parts)
    cost = added("cost_to_serve", names, parts)
    contribution = added("contribution", "{gross_margin} - {cost_to_serve}", [margin], [cost])
    return Profit(net, margin, cost, contribution)


def _given(month: Month, name: str) -> Figure:
    return Figure(name, getattr(month, name))


def _hours(name: str, of: str, quarters: int | None, rate: int, since: str) -> Figure:
    cost = None if quarters is None else ARITHMETIC.divide(Decimal(quarters * rate), Decimal(QUARTERS))
    inputs = (Figure(of, quarters, Unit.QUARTER_HOURS), Figure("hourly_rate", rate, subject=since))
    note = "" if quarters is not None else "hours_unknown"
    return Figure(name, cost, Unit.MONEY, "{" + of + "} * {hourly_rate}", inputs, note)
