"""Whether a target of an account plan is backed by hours of specialists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.books import month_of, shifted
from planner.clock import monday, today, week_of
from planner.records import ResourceRequest
from planner.supply import promises
from planner.worth import Figure, Unit
from planner.worth.figure import divided


@dataclass(frozen=True, slots=True)
class Backing:
    """The hours that a target needs, and those that are granted.

    Attributes:
        needed: Hours for what is still missing, at what an hour went with in the window; None when no hours
            or no gain were recorded, or nobody knows how much is missing.
        granted: Published hours of this week and later, until the plan's period ends.
    """

    needed: Figure
    granted: Figure

    @property
    def backed(self) -> bool | None:
        """Whether enough is granted; None while nobody knows what is needed."""
        if self.needed.value is None:
            return None
        return (self.granted.value or 0) >= self.needed.value


def backing(aim: Figure, so_far: Figure, brought: Figure, hours: Figure, granted: Figure) -> Backing:
    """Reckon the hours a target needs: what is missing, times hours by what they brought.

    It takes the past for the future: what else brought the money then is supposed to bring it again.

    Args:
        aim: What the target asks for, in minor units.
        so_far: What the period brought.
        brought: What the window brought of the same.
        hours: Specialists' hours of the window.
        granted: Published hours to come within the period.
    """
    value = None
    if aim.value is not None and so_far.value is not None and hours.value and (brought.value or 0) > 0:
        exact = divided(max(aim.value - so_far.value, 0) * hours.value, brought.value)
        value = exact.to_integral_value(ROUND_CEILING) if exact is not None else None
    note = "" if value is not None else "no_rate"
    inputs = (aim, so_far, hours, Figure("brought", brought.value, brought.unit, inputs=(brought,)))
    formula = "max({aim} - {so_far}, 0) * {specialist_quarter_hours} / {brought}"
    return Backing(Figure("hours_needed", value, Unit.QUARTER_HOURS, formula, inputs, note), granted)


def hours_granted(session: Session, account_id: str, months: Sequence[str]) -> Figure:
    """Published hours of a customer that stand, from this week until the last of `months` ends."""
    requests = set(
        session.scalars(select(ResourceRequest.id).where(ResourceRequest.account_id == account_id))
    )
    first, end = week_of(today()), shifted(months[-1], 1)
    held = [
        promise
        for promise in promises(session)
        if promise.request_id in requests and promise.week >= first and _month(promise.week) < end
    ]
    return Figure("hours_granted", sum(each.quarter_hours for each in held), Unit.QUARTER_HOURS)


def _month(week: str) -> str:
    """The month in which a week begins."""
    return month_of(monday(week))
