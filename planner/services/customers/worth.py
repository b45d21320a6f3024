"""What customers are worth to the reader: shares, classes, profit, cash, scores, each down to its inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.books import month_of
from planner.clock import today
from planner.judging import Company, Judgement, judge
from planner.lifetimes import lifetime_of, plan_in_force
from planner.measuring import serving_part, share_of_wallet
from planner.permissions import Action, may
from planner.records import Account, AccountPlan
from planner.scope import find_account, sees_all, visible_accounts
from planner.verdict import not_found, require
from planner.worth import Exit, Figure, Unit, exit_stress

COARSE = Decimal("0.01")
"""Who does not see the whole company sees shares in whole percent."""


@dataclass(frozen=True, slots=True)
class AccountWorth:
    """One customer on one day, with the working of every number.

    Attributes:
        judgement: Share, class, reasons, money, flags and scores.
        company: What it was judged with.
        lifetime: What keeping it is worth over five years, by the retention its plan aims at.
        endless: The same without end, for comparison.
        leaving: What a year without it would cost.
        plan: Its account plan in force, the newest.
        coarse: Whether shares are rounded for a reader who does not see the whole.
    """

    judgement: Judgement
    company: Company
    lifetime: Figure
    endless: Figure
    leaving: Exit
    plan: AccountPlan | None
    coarse: bool = False

    @property
    def share(self) -> Figure:
        """Its part of the whole."""
        return self._shown(self.judgement.share)

    @property
    def revenue_share(self) -> Figure:
        """Its part of all revenue."""
        return self._shown(self.judgement.revenue_share)

    @property
    def figures(self) -> Mapping[str, Figure]:
        """Every number a page may open, by name."""
        money, stands = self.judgement.money, self.judgement.standing
        named = {
            field.name: value
            for field in dataclasses.fields(money)
            if isinstance(value := getattr(money, field.name), Figure)
        }
        return {
            "share": self.share,
            "revenue_share": self.revenue_share,
            **named,
            "serving_part": serving_part(money),
            "share_of_wallet": share_of_wallet(self.judgement.account, money),
            "priority": stands.priority.figure,
            "score_coverage": stands.priority.coverage,
            "attractiveness": stands.attractiveness.figure,
            "strength": stands.strength.figure,
            "strategic_score": stands.strategic.figure,
            "strategic_weight": stands.weight,
            "relations": self.judgement.coverage,
            "lifetime_value": self.lifetime,
            "lifetime_endless": self.endless,
            "exit_profit": self.leaving.profit,
            "exit_cash": self.leaving.cash,
        }

    def _shown(self, share: Figure) -> Figure:
        if not self.coarse or share.value is None:
            return share
        rounded = Decimal(share.value).quantize(COARSE, rounding=ROUND_HALF_EVEN)
        return Figure(share.name, rounded, Unit.SHARE, note="company_total_withheld")

    def told(self) -> dict[str, Any]:
        """Everything as JSON can hold it."""
        found = self.judgement
        return {
            "account_id": found.account.id,
            "as_of": self.company.day.isoformat(),
            "basis": self.company.basis.value,
            "window": list(self.company.books.window),
            "definition_id": self.company.definition.id if self.company.definition else None,
            "dependency": found.dependency.value if found.dependency else None,
            "revenue_dependency": found.revenue_dependency.value if found.revenue_dependency else None,
            "key_reasons": [reason.value for reason in found.reasons],
            "flags": [flag.value for flag in found.flags],
            "provisional": found.standing.priority.provisional,
            "figures": {name: figure.working() for name, figure in self.figures.items()},
        }


def account_worth(session: Session, account_id: str, as_of: date) -> AccountWorth:
    """One customer as of a day, for who may see everything.

    Raises:
        Refused: E_NOT_FOUND.
    """
    return worth_in(session, judge(session, as_of), account_id, coarse=False)


def worth_in(session: Session, company: Company, account_id: str, *, coarse: bool) -> AccountWorth:
    """One customer of a company that was judged already.

    Raises:
        Refused: E_NOT_FOUND.
    """
    judgement = company.judged.get(account_id)
    if judgement is None:
        raise not_found()
    plan, money = plan_in_force(session, account_id), judgement.money
    interest = company.books.costs.of(month_of(company.day)).interest
    last = money.months[-1].month if money.months else None
    return AccountWorth(
        judgement=judgement,
        company=company,
        lifetime=lifetime_of(money, plan, interest),
        endless=lifetime_of(money, plan, interest, None),
        leaving=exit_stress(
            money.contribution, money.receipts, money.payments, last.ar_overdue if last else None, money.known
        ),
        plan=plan,
        coarse=coarse,
    )


@dataclass(frozen=True, slots=True)
class WorthList:
    """The customers in the reader's sight, judged."""

    company: Company
    rows: tuple[AccountWorth, ...]
    coarse: bool


def list_worths(session: Session, actor: Actor) -> WorthList:
    """The customers that the actor may see, by name, as of today.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_ACCOUNTS))
    seen = set(session.scalars(visible_accounts(session, actor).with_only_columns(Account.id)))
    company = judge(session, today())
    coarse = not sees_all(actor)
    nothing = Figure("lifetime_value", None)
    rows = tuple(
        AccountWorth(judgement, company, nothing, nothing, Exit(nothing, nothing), None, coarse)
        for key, judgement in company.judged.items()
        if key in seen
    )
    return WorthList(company, rows, coarse)


def view_worth(session: Session, actor: Actor, account_id: str) -> AccountWorth:
    """One customer that the actor may see, as of today.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    return worth_in(session, judge(session, today()), account.id, coarse=not sees_all(actor))


def view_figure(session: Session, actor: Actor, account_id: str, name: str) -> tuple[AccountWorth, Figure]:
    """One number of a customer with its working.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    worth = view_worth(session, actor, account_id)
    figure = worth.figures.get(name)
    if figure is None:
        raise not_found()
    return worth, figure


def data_age(worth: AccountWorth) -> timedelta | None:
    """How old the figures are."""
    as_of = worth.judgement.account.data_as_of
    return worth.company.day - as_of if as_of else None
