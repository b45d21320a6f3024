"""The customers together: attractiveness by strength, how profit is spread, what an exit would cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.judging import Company, Judgement, judge
from planner.permissions import Action, may
from planner.verdict import not_found, require
from planner.worth import Exit, Figure, Step, Unit, exit_stress, pareto, shares
from planner.worth.figure import divided

MODERATE, HIGH = Decimal("0.10"), Decimal("0.25")
"""Marks of concentration that are often used."""

BANDS: Final[Mapping[str, tuple[int, int]]] = {
    "sales": (300, 550),
    "profit": (600, 800),
    "top_fifth": (800, 800),
}
"""What others report of their key customers, per mille; for comparison, never a rule."""


@dataclass(frozen=True, slots=True)
class Leaver:
    """A customer that might leave, and what would be left behind."""

    judgement: Judgement
    leaving: Exit
    concentration_after: Figure


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All customers together.

    Attributes:
        company: The customers, judged.
        concentration: The sum of squared shares.
        top_1: What the largest holds.
        top_5: What the five largest hold.
        key_sales: What key customers hold of net revenue.
        key_profit: What key customers hold of contribution profit above 0.
        top_fifth: What the most profitable fifth of customers holds of it.
        curve: Customers by falling profit with the running sum.
        leavers: By falling profit, what each exit would cost.
    """

    company: Company
    concentration: Figure
    top_1: Figure
    top_5: Figure
    key_sales: Figure
    key_profit: Figure
    top_fifth: Figure
    curve: tuple[Step, ...]
    leavers: tuple[Leaver, ...]

    @property
    def rows(self) -> list[Judgement]:
        """The customers, branches included, by falling share."""
        least = Decimal(-1)
        return sorted(self.company.judged.values(), key=lambda j: j.share.value or least, reverse=True)

    def leaver(self, account_id: str) -> Leaver:
        """One of the leavers.

        Raises:
            Refused: E_NOT_FOUND.
        """
        found = next((x for x in self.leavers if x.judgement.account.id == account_id), None)
        if found is None:
            raise not_found()
        return found


def view_portfolio(session: Session, actor: Actor) -> Portfolio:
    """The portfolio as of today.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_PORTFOLIO))
    return portfolio(judge(session, today()))


def portfolio(company: Company) -> Portfolio:
    """The customers of a company together; branches are part of their parents."""
    whole = [j for key, j in company.judged.items() if key not in company.books.branches]
    contributions = {j.account.id: j.money.contribution.value for j in whole}
    curve = pareto(contributions)
    fifth = max(1, round(len(curve) / 5)) if curve else 0
    return Portfolio(
        company=company,
        concentration=company.shares.concentration(),
        top_1=company.shares.top(1),
        top_5=company.shares.top(5),
        key_sales=_held(whole, "key_sales", lambda j: j.money.net_revenue),
        key_profit=_held(whole, "key_profit", lambda j: j.money.contribution),
        top_fifth=Figure("top_fifth", curve[fifth - 1].cumulative if curve else None, Unit.SHARE),
        curve=curve,
        leavers=tuple(_leaver(company, j) for j in sorted(whole, key=_by_profit)),
    )


def _by_profit(judgement: Judgement) -> tuple[bool, Decimal, str]:
    """Falling profit, in the order of the curve also where two bring the same."""
    value = judgement.money.contribution.value
    return (value is None, -Decimal(value or 0), judgement.account.id)


def _held(rows: list[Judgement], name: str, of: Callable[[Judgement], Figure]) -> Figure:
    """What key customers hold of all that is above zero."""
    measured = [(j, of(j).value) for j in rows]
    known = [(j, max(Decimal(value), Decimal(0))) for j, value in measured if value is not None]
    total = sum((value for _, value in known), Decimal(0))
    held = sum((value for j, value in known if j.is_key), Decimal(0))
    inputs = (Figure("key_accounts", held), Figure("positive_basis", total))
    return Figure(name, divided(held, total), Unit.SHARE, "{key_accounts} / {positive_basis}", inputs)


def _leaver(company: Company, judgement: Judgement) -> Leaver:
    money, account = judgement.money, judgement.account
    last = money.months[-1].month if money.months else None
    overdue = last.ar_overdue if last else None
    others = {
        key: value
        for key, value in company.shares.basis.items()
        if key in company.shares.whole and key != account.id
    }
    return Leaver(
        judgement,
        exit_stress(money.contribution, money.receipts, money.payments, overdue, money.known),
        shares(others).concentration(),
    )
