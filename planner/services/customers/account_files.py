"""What one customer's page tells besides its worth: dossier, plan, relations, requests, hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.books import month_of
from planner.clock import today
from planner.measuring import Money, active_contacts
from planner.records import (
    Account,
    AccountPlan,
    AccountStatus,
    Outcome,
    ResourceRequest,
    TargetKind,
)
from planner.services.customers.backing import Backing, backing, hours_ahead
from planner.services.customers.worth import AccountWorth
from planner.worth import Figure, Unit
from planner.worth.figure import divided

FIELDS = ("channel", "relationship_stage", "need", "budget_minor", "wallet_minor", "threat", "contract_end")


@dataclass(frozen=True, slots=True)
class Target:
    """What a plan aims at, what its months brought so far, and hours for the rest; unknown for a chance."""

    kind: TargetKind
    aim_minor: int | None
    chance: int | None
    so_far: Figure
    reached: Figure
    backing: Backing | None


@dataclass(frozen=True, slots=True)
class AccountFile:
    """One customer's page.

    Attributes:
        worth: What it is worth.
        dossier: What a full dossier needs, and whether it is there.
        targets: The plan's targets.
        active_contacts: How many contacts were spoken to lately.
        asked: How many of its requests a plan answered, by what it answered.
        hours: Specialists' hours of the window, and what they brought per hour.
    """

    worth: AccountWorth
    dossier: Mapping[str, bool]
    targets: tuple[Target, ...]
    active_contacts: int
    asked: Mapping[Outcome, int]
    hours: Figure
    profit_per_hour: Figure

    @property
    def completeness(self) -> Figure:
        """The filled part of the dossier."""
        filled = sum(self.dossier.values())
        inputs = tuple(
            Figure("filled", int(there), Unit.COUNT, subject=n) for n, there in self.dossier.items()
        )
        value = divided(filled, len(self.dossier))
        return Figure("completeness", value, Unit.SHARE, "sum of {filled} / count of {filled}", inputs)


def hours_of(money: Money) -> Figure:
    """Specialists' hours of a customer's window, in quarter-hours; noted when months are missing."""
    quarters = [(m.month.month, m.month.specialist_quarter_hours) for m in money.months]
    known = [value for _month, value in quarters if value is not None]
    name, unit = "specialist_quarter_hours", Unit.QUARTER_HOURS
    inputs = tuple(Figure(name, value, unit, subject=month) for month, value in quarters)
    note = "" if known and len(known) == money.asked else "months_missing"
    return Figure(name, sum(known) if known else None, unit, f"sum of {{{name}}}", inputs, note)


def account_file(session: Session, worth: AccountWorth) -> AccountFile:
    """All that belongs to the page of a customer that was found in the reader's sight."""
    account = worth.judgement.account
    hours = hours_of(worth.judgement.money)
    contribution = worth.judgement.money.contribution
    each = divided(contribution.value, hours.value)
    per_hour = Figure(
        "profit_per_hour",
        None if each is None else each * 4,
        Unit.MONEY,
        "{contribution} / {specialist_quarter_hours} * 4",
        (contribution, hours),
        "" if each is not None else "no_hours",
    )
    return AccountFile(
        worth=worth,
        dossier=dossier(account, worth),
        targets=_targets(session, worth.plan, worth, hours) if worth.plan else (),
        active_contacts=active_contacts(worth.judgement.contacts, today()),
        asked=_asked(session, account.id),
        hours=hours,
        profit_per_hour=per_hour,
    )


def dossier(account: Account, worth: AccountWorth) -> dict[str, bool]:
    """What a dossier needs: general data, figures, relations, ratings and a plan.

    Figures are not asked of a prospect that has none: who never bought has no history with us.
    """
    found = {name: getattr(account, name) not in (None, "") for name in FIELDS}
    money = worth.judgement.money
    if money.known or account.status is not AccountStatus.PROSPECT:
        found["figures"] = money.known == money.asked
        found["cash"] = money.cash_flow.value is not None and not money.cash_flow.note
    return {
        **found,
        "decision_group": worth.judgement.coverage.value is not None,
        "ratings": not worth.judgement.standing.priority.provisional,
        "account_plan": worth.plan is not None,
    }


def _asked(session: Session, account_id: str) -> dict[Outcome, int]:
    rows = session.execute(
        select(ResourceRequest.outcome, func.count())
        .where(ResourceRequest.account_id == account_id, ResourceRequest.outcome.is_not(None))
        .group_by(ResourceRequest.outcome)
    )
    counted = {outcome: count for outcome, count in rows if outcome is not None}
    return {outcome: counted.get(outcome, 0) for outcome in Outcome}


def months_of(period: str) -> tuple[str, ...]:
    """The months of "2027" or "2027-H1"."""
    first, count = (1, 12) if len(period) == 4 else (1 if period.endswith("1") else 7, 6)
    return tuple(month_of(date(int(period[:4]), first + n, 1)) for n in range(count))


def _targets(session: Session, plan: AccountPlan, worth: AccountWorth, hours: Figure) -> tuple[Target, ...]:
    money, period = worth.judgement.money, months_of(plan.period)
    months = [m for m in money.months if m.month.month in period]
    begun = period[0] < month_of(today())
    ahead = hours_ahead(session, plan.account_id, period)
    found = []
    for target in plan.targets:
        sales, counts = target.kind is TargetKind.SALES, target.kind is not TargetKind.RETENTION
        parts = [(m.month.month, m.profit.net_revenue if sales else m.profit.contribution) for m in months]
        known = [Decimal(f.value) for _, f in parts if f.value is not None]
        inputs = tuple(Figure(f.name, f.value, subject=month) for month, f in parts)
        total = sum(known, Decimal(0)) if counts and (known or not begun) else None
        so_far = Figure("so_far", total, Unit.MONEY, "", inputs)
        aim = Figure("aim", target.amount_minor)
        value = divided(so_far.value, target.amount_minor)
        reached = Figure("reached", value, Unit.SHARE, "{so_far} / {aim}", (so_far, aim))
        brought = money.net_revenue if sales else money.contribution
        backed = backing(aim, so_far, brought, hours, ahead) if counts else None
        found.append(Target(target.kind, target.amount_minor, target.chance, so_far, reached, backed))
    return tuple(found)
