"""What the figures, the contacts and the dossier of a customer say by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from planner.books import Books
from planner.costs import CostRates
from planner.records import Account, Contact, QualificationCriterion, RelationshipStage
from planner.worth import (
    Figure,
    Month,
    Profit,
    Rates,
    Rating,
    Unit,
    added,
    capital_charge,
    cash_flow,
    days_sales_outstanding,
    economic_profit,
    overdue_ratio,
    profit,
    reconciles,
    stability,
)
from planner.worth.figure import ARITHMETIC, divided

GOOD_RELATION: Final = 3
ACTIVE_DAYS: Final = 90
"""A contact spoken to within these days is active."""

MILLI: Final = 1000
HUNDRED: Final = 100
STAGES: Final = tuple(RelationshipStage)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of one customer, reckoned."""

    month: Month
    profit: Profit
    cash_flow: Figure
    charge: Figure
    reconciles: bool | None


@dataclass(frozen=True, slots=True)
class Money:
    """A customer's window: sums over the months that are known, and what follows from them.

    `known` of `asked` months have figures; a sum of which a month is missing carries the note.
    """

    months: tuple[MonthFigures, ...]
    asked: int
    net_revenue: Figure
    gross_margin: Figure
    cost_to_serve: Figure
    contribution: Figure
    cash_flow: Figure
    receipts: Figure
    payments: Figure
    economic_profit: Figure
    margin: Figure
    dso: Figure
    overdue: Figure
    stability: Figure
    trend: Figure

    @property
    def known(self) -> int:
        """How many of the months asked for have figures."""
        return len(self.months)


def measure(books: Books, account_id: str) -> Money:
    """All that the books say of one customer's window."""
    months = books.months(account_id)
    before = [books.before(account_id, month.month) for month in months]
    return _money(tuple(zip(months, before, strict=True)), books.window, books.costs)


# Page after page reckons every customer anew from the same figures: kept by the figures themselves.
@lru_cache(maxsize=256)
def _money(known: tuple[tuple[Month, Month | None], ...], window: tuple[str, ...], costs: CostRates) -> Money:
    """What follows from the known months, each with the month before it."""
    months = tuple(_month(month, before, costs.of(month.month)) for month, before in known)
    asked = len(window)

    def total(name: str, of: Callable[[MonthFigures], Figure]) -> Figure:
        return _total(name, [(m.month.month, of(m)) for m in months], asked)

    net = total("net_revenue", lambda m: m.profit.net_revenue)
    contribution = total("contribution", lambda m: m.profit.contribution)
    charge = total("capital_charge", lambda m: m.charge)
    last = months[-1].month if months else None
    return Money(
        months=months,
        asked=asked,
        net_revenue=net,
        gross_margin=total("gross_margin", lambda m: m.profit.gross_margin),
        cost_to_serve=total("cost_to_serve", lambda m: m.profit.cost_to_serve),
        contribution=contribution,
        cash_flow=total("cash_flow", lambda m: m.cash_flow),
        receipts=total("receipts", lambda m: Figure("receipts", m.month.receipts)),
        payments=total("payments", _payments),
        economic_profit=economic_profit(contribution, charge),
        margin=_ratio("margin", contribution, net),
        dso=days_sales_outstanding(last.ar_open if last else None, _quarter(window, months)),
        overdue=overdue_ratio(last.ar_open if last else None, last.ar_overdue if last else None),
        stability=stability(
            [Decimal(m.profit.contribution.value) for m in months if m.profit.contribution.value is not None]
        ),
        trend=_trend(window, months),
    )


def _month(month: Month, before: Month | None, rates: Rates) -> MonthFigures:
    reckoned = profit(month, rates)
    return MonthFigures(
        month,
        reckoned,
        cash_flow(month, before, reckoned.contribution),
        capital_charge(month, before, rates.interest, rates.since),
        reconciles(month, before, reckoned.net_revenue),
    )


def _payments(m: MonthFigures) -> Figure:
    """What serving the customer made us pay to others."""
    names = ("cogs", "logistics", "support", "programme_costs", "other_cts")
    parts = [Figure(name, getattr(m.month, name)) for name in names]
    return added("payments", " + ".join("{" + name + "}" for name in names), parts)


def _total(name: str, months: Sequence[tuple[str, Figure]], asked: int) -> Figure:
    known = [figure for _, figure in months if figure.value is not None]
    inputs = tuple(
        Figure(f.name, f.value, f.unit, f.formula, f.inputs, f.note, subject=month) for month, f in months
    )
    formula = "sum of {" + name + "}"
    if not known:
        return Figure(name, None, Unit.MONEY, formula, inputs, "no_figures")
    value = sum((Decimal(figure.value or 0) for figure in known), Decimal(0))
    return Figure(name, value, Unit.MONEY, formula, inputs, "" if len(known) == asked else "months_missing")


def _ratio(name: str, top: Figure, bottom: Figure) -> Figure:
    value = divided(top.value, bottom.value)
    formula = "{" + top.name + "} / {" + bottom.name + "}"
    # Sums of which a month is missing may be of different months.
    note = top.note or bottom.note if value is not None else "nothing_sold"
    return Figure(name, value, Unit.SHARE, formula, (top, bottom), note)


def serving_part(money: Money) -> Figure:
    """What serving the customer takes of what it buys; the more, the dearer it is to keep."""
    return _ratio("serving_part", money.cost_to_serve, money.net_revenue)


def share_of_wallet(account: Account, money: Money) -> Figure:
    """Our part of what the customer buys of our kind; unknown while that is unknown or nothing."""
    wallet = Figure("wallet", account.wallet_minor or None)
    value = divided(money.net_revenue.value, wallet.value)
    formula, note = "{net_revenue} / {wallet}", "" if value is not None else "input_unknown"
    return Figure("share_of_wallet", value, Unit.SHARE, formula, (money.net_revenue, wallet), note)


def _quarter(window: Sequence[str], months: Sequence[MonthFigures]) -> Figure:
    """Net revenue of the last three months; unknown unless all three are there."""
    last = [m for m in months if m.month.month in window[-3:]]
    if len(last) < min(3, len(window)):
        return Figure("net_of_quarter", None, note="months_missing")
    return added("net_of_quarter", "sum of {net_revenue}", [m.profit.net_revenue for m in last])


def _trend(window: Sequence[str], months: Sequence[MonthFigures]) -> Figure:
    """The later half of the window against the earlier; unknown with a gap or without an earlier profit."""
    half = len(window) // 2
    earlier, later = (
        _total(name, [(m.month.month, m.profit.contribution) for m in months if m.month.month in part], half)
        for name, part in (
            ("earlier_half", window[:half]),
            ("later_half", window[len(window) - half :]),
        )
    )
    inputs = (later, earlier)
    formula = "({later_half} - {earlier_half}) / |{earlier_half}|"
    if not half or earlier.note or later.note or not earlier.value:
        return Figure("trend", None, Unit.SHARE, formula, inputs, "months_missing")
    rise = ARITHMETIC.subtract(Decimal(later.value or 0), Decimal(earlier.value))
    return Figure("trend", divided(rise, abs(Decimal(earlier.value))), Unit.SHARE, formula, inputs)


def coverage(contacts: Iterable[Contact]) -> Figure:
    """The part of the mapped decision group with whom our relation is good; unknown when none is mapped."""
    group = [contact for contact in contacts if contact.in_decision_group and contact.active]
    good = sum((contact.our_strength or 0) >= GOOD_RELATION for contact in group)
    inputs = (
        Figure("good_relations", good, Unit.COUNT),
        Figure("decision_group", len(group), Unit.COUNT),
    )
    formula = "{good_relations} / {decision_group}"
    note = "" if group else "nobody_mapped"
    return Figure("coverage", divided(good, len(group)), Unit.SHARE, formula, inputs, note)


def active_contacts(contacts: Iterable[Contact], day: date) -> int:
    """How many were spoken to lately."""
    limit = day - timedelta(days=ACTIVE_DAYS)
    return sum(c.active and c.last_contact_on is not None and c.last_contact_on >= limit for c in contacts)


def measured(
    criteria: Iterable[QualificationCriterion],
    account: Account,
    money: Money,
    share: Figure,
    contacts: Sequence[Contact],
    *,
    day: date,
) -> dict[str, Rating]:
    """Ratings that follow from records, for the criteria that ask for them; none for what is unknown."""
    stage = account.relationship_stage
    potential = _potential(account, money)
    sources: Mapping[str, tuple[Figure, int]] = {
        "sales_value": (money.net_revenue, 1),
        "contribution_profit": (money.contribution, 1),
        "potential": (potential, 1),
        "margin": (money.margin, HUNDRED),
        "share": (share, HUNDRED),
        "growth": (money.trend, HUNDRED),
        "dso": (money.dso, 1),
        "overdue": (money.overdue, HUNDRED),
        "stability": (money.stability, HUNDRED),
        "coverage": (coverage(contacts), HUNDRED),
        "relationship_stage": (Figure("stage", STAGES.index(stage) + 1 if stage else None, Unit.SCALE), 1),
        "threat": (Figure("threat", account.threat, Unit.SCALE), 1),
        "contacts_met": (_met(contacts, day), 1),
        "relationship_strength": (_mean(contacts, "our_strength"), 1),
        "competitor_strength": (_mean(contacts, "competitor_strength"), 1),
        "image": (_mean(contacts, "image"), 1),
    }
    found = {}
    for criterion in criteria:
        figure, factor = sources.get(criterion.key, (None, 1))
        if figure is not None and figure.value is not None:
            found[criterion.key] = Rating(_milli(figure, factor, criterion.unit))
    return found


def _met(contacts: Sequence[Contact], day: date) -> Figure:
    """How many were spoken to lately; unknown while nobody wrote down whom we know."""
    return Figure("contacts_met", active_contacts(contacts, day) if contacts else None, Unit.COUNT)


def _mean(contacts: Sequence[Contact], name: str) -> Figure:
    """The mean over the rated people of the decision group."""
    rated = [getattr(c, name) for c in contacts if c.in_decision_group and c.active]
    known = [value for value in rated if value is not None]
    return Figure(name, divided(sum(known), len(known)), Unit.SCALE)


def _potential(account: Account, money: Money) -> Figure:
    """What the customer buys of our kind from others."""
    sold = money.net_revenue.value
    known = account.wallet_minor is not None and sold is not None
    value = max(Decimal(0), Decimal(account.wallet_minor or 0) - Decimal(sold or 0)) if known else None
    inputs = (Figure("wallet", account.wallet_minor), money.net_revenue)
    return Figure("potential", value, Unit.MONEY, "max(0, {wallet} - {net_revenue})", inputs)


def _milli(figure: Figure, factor: int, unit: str) -> int:
    """Thousandths of the criterion's unit; money may be asked for in thousands, as "kEUR"."""
    value = Decimal(figure.value or 0) * factor * MILLI
    if figure.unit is Unit.MONEY:
        value /= HUNDRED * (1000 if unit.casefold().startswith("k") else 1)
    return int(value.to_integral_value())
