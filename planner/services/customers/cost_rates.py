"""What an hour and money cost since when; finance sets it, closed months keep what they had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.permissions import Action, may
from planner.records import ClosedMonth, CostRate
from planner.scope import an_id
from planner.services.customers.keepers import person
from planner.services.versions import check_version
from planner.verdict import Problem, not_found, require

MOST_INTEREST: Final = 1_000
MOST_HOUR: Final = 1_000_000
"""Minor units of one hour: ten thousand whole ones, more is a slip."""


def list_rates(session: Session, actor: Actor) -> Sequence[CostRate]:
    """All rates that finance set, the newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_COST_RATES))
    return session.scalars(select(CostRate).order_by(CostRate.valid_from.desc())).all()


def set_rate(
    session: Session,
    actor: Actor,
    *,
    valid_from: str,
    kam_hour_minor: int | None,
    specialist_hour_minor: int | None,
    interest: int | None,
    rate_id: str = "",
    version: int = 0,
) -> CostRate:
    """Let rates hold from a month on, or correct what holds from it, while no month that follows is closed.

    Args:
        session: The unit of work.
        actor: Who does it.
        valid_from: The first month, such as "2027-01".
        kam_hour_minor: Minor units of an account manager's hour.
        specialist_hour_minor: Minor units of a specialist's hour.
        interest: Yearly interest in per mille.
        rate_id: The rate to correct, "" for a new one.
        version: Its version.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_INVALID with every value at fault.
    """
    require(may(actor, Action.SET_COST_RATES))
    row = None
    if rate_id:
        row = session.get(CostRate, an_id(rate_id))
        if row is None:
            raise not_found()
        check_version(session, row, version)
    values = {
        "kam_hour_minor": kam_hour_minor,
        "specialist_hour_minor": specialist_hour_minor,
        "interest": interest,
    }
    found = checks.month("valid_from", valid_from) + _numbers(values)
    checks.require_well_formed(found or _closed(session, row, valid_from) or _twice(session, row, valid_from))
    if row is None:
        row = CostRate(valid_from=valid_from, author_id=person(actor), **values)
        created(session, actor, Event.COST_RATES_CHANGED, row)
        return row
    with changing(session, actor, Event.COST_RATES_CHANGED, row):
        row.valid_from, row.author_id = valid_from, person(actor)
        for name, value in values.items():
            setattr(row, name, value)
    return row


def _numbers(values: dict[str, int | None]) -> list[Problem]:
    found: list[Problem] = []
    for name, value in values.items():
        most = MOST_INTEREST if name == "interest" else MOST_HOUR
        if value is None:
            found.append(checks.missing(name, "This is missing.", "Fill it in."))
        else:
            found += checks.whole(name, value, 0, most)
    return found


def _closed(session: Session, row: CostRate | None, valid_from: str) -> list[Problem]:
    """What was closed was reckoned with its rates and stays so."""
    first = min(valid_from, row.valid_from) if row else valid_from
    month = session.scalar(
        select(ClosedMonth.month)
        .where(ClosedMonth.month >= first)
        .order_by(ClosedMonth.month.desc())
        .limit(1)
    )
    if month is None:
        return []
    reason = "%(month)s is closed; its figures keep the rates they had."
    remedy = "Let the rates begin after it."
    return [checks.problem("valid_from", "E_MONTH_CLOSED", reason, remedy, month=month)]


def _twice(session: Session, row: CostRate | None, valid_from: str) -> list[Problem]:
    other = session.scalar(select(CostRate.id).where(CostRate.valid_from == valid_from))
    if other is None or (row is not None and other == row.id):
        return []
    reason, remedy = "Rates begin in this month already.", "Correct them instead."
    return [checks.problem("valid_from", "E_DUPLICATE", reason, remedy)]
