"""What keeping a customer is worth, by its figures and the chance that its account plan aims at (C4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.judging import judge
from planner.measuring import Money
from planner.records import AccountPlan, PlanState, PlanTarget, TargetKind
from planner.worth import Figure, lifetime_value
from planner.worth.figure import PER_MILLE
from planner.worth.lifetime import YEARS

IN_FORCE = (PlanState.SUBMITTED, PlanState.BOARD_REVIEWED)
MONTHS = 12


def plan_in_force(session: Session, account_id: str) -> AccountPlan | None:
    """The newest account plan that was handed in."""
    return session.scalars(
        select(AccountPlan)
        .where(AccountPlan.account_id == account_id, AccountPlan.state.in_(IN_FORCE))
        .order_by(AccountPlan.period.desc(), AccountPlan.revision.desc())
        .options(selectinload(AccountPlan.targets), selectinload(AccountPlan.milestones))
        .limit(1)
    ).first()


def retention_of(targets: Sequence[PlanTarget]) -> Decimal | None:
    """The chance of keeping the customer that a plan aims at."""
    chances = [t.chance for t in targets if t.kind is TargetKind.RETENTION and t.chance is not None]
    return Decimal(chances[0]) / PER_MILLE if chances else None


def lifetime_of(
    money: Money, plan: AccountPlan | None, yearly_rate: Decimal, years: int | None = YEARS
) -> Figure:
    """The worth of keeping one customer: a year is twelve times its mean month; None is without end.

    It is unknown without figures, and without a plan in force that states the chance.
    """
    chance = retention_of(plan.targets) if plan else None
    contribution = money.contribution.value if money.known else None
    yearly = None if contribution is None else Decimal(contribution) * MONTHS / money.known
    if years is None and chance == 1 and not yearly_rate:
        return Figure("lifetime_value", None, note="no_end")
    return lifetime_value(yearly, chance, yearly_rate, years)


def lifetimes(
    session: Session, day: date, account_ids: Iterable[str], yearly_rate: Decimal
) -> dict[str, Figure]:
    """What keeping each of some customers is worth as of a day; nothing is read when there are none."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    judged = judge(session, day).judged
    return {key: lifetime_of(judged[key].money, plan_in_force(session, key), yearly_rate) for key in wanted}
