"""Whether a target of an account plan is backed by hours of specialists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.books import shifted
from planner.clock import horizon, today, week_of, weeks_between
from planner.records import PlanningCycle, Publication, ResourceRequest
from planner.supply import promises
from planner.worth import Figure, Unit
from planner.worth.figure import divided


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the newest published plan holds for a customer in the weeks that are left of a period.

    Attributes:
        granted: Published quarter-hours of those weeks.
        left: Weeks from this one, or the period's first, until the period ends.
        planned: Those of them that the newest published plan covers.
    """

    granted: Figure
    left: Figure
    planned: Figure


@dataclass(frozen=True, slots=True)
class Backing:
    """The hours that a target needs in the weeks that are planned, and those that are granted there.

    `needed` is None when no hours or no gain were recorded, nobody knows how much is missing, or no published
    plan reaches into the period.
    """

    needed: Figure
    granted: Figure

    @property
    def backed(self) -> bool | None:
        """Whether enough is granted; None while nobody knows what is needed."""
        if self.needed.value is None:
            return None
        return (self.granted.value or 0) >= self.needed.value


def backing(aim: Figure, so_far: Figure, brought: Figure, hours: Figure, ahead: Ahead) -> Backing:
    """Reckon the hours a target needs: what is missing, at what hours went with, for the planned weeks.

    It takes the past for the future: what else brought the money then is supposed to bring it again, evenly
    over the weeks that are left. A year is never planned as a whole, so only the planned weeks' part counts.

    Args:
        aim: What the target asks for, in minor units.
        so_far: What the period brought.
        brought: What the window brought of the same.
        hours: Specialists' hours of the window.
        ahead: What the newest published plan holds.
    """
    value = None
    if aim.value is not None and so_far.value is not None and hours.value and (brought.value or 0) > 0:
        top = max(aim.value - so_far.value, 0) * hours.value * (ahead.planned.value or 0)
        exact = divided(top, (brought.value or 0) * (ahead.left.value or 0)) if ahead.planned.value else None
        value = exact.to_integral_value(ROUND_CEILING) if exact is not None else None
    note = "" if value is not None else ("no_rate" if ahead.planned.value else "not_planned")
    inputs = (aim, so_far, hours, replace(brought, name="brought"), ahead.planned, ahead.left)
    formula = (
        "max({aim} - {so_far}, 0) * {specialist_quarter_hours} / {brought} * {weeks_planned} / {weeks_left}"
    )
    return Backing(Figure("hours_needed", value, Unit.QUARTER_HOURS, formula, inputs, note), ahead.granted)


def hours_ahead(session: Session, account_id: str, months: Sequence[str]) -> Ahead:
    """What is published for a customer from this week until the last of `months` ends.

    A week belongs to the month in which it begins.
    """
    first, end = max(week_of(today()), _first_week(months[0])), _first_week(shifted(months[-1], 1))
    newest = session.scalars(select(Publication).order_by(Publication.number.desc()).limit(1)).first()
    cycle = session.get_one(PlanningCycle, newest.cycle_id) if newest else None
    covered = horizon(cycle.first_week, cycle.horizon_weeks) if cycle else ()
    planned = sum(first <= week < end for week in covered)
    requests = set(
        session.scalars(select(ResourceRequest.id).where(ResourceRequest.account_id == account_id))
    )
    granted = sum(
        promise.quarter_hours
        for promise in promises(session)
        if promise.request_id in requests and first <= promise.week < end
    )
    return Ahead(
        Figure("hours_granted", granted, Unit.QUARTER_HOURS),
        Figure("weeks_left", max(weeks_between(first, end), 0), Unit.COUNT),
        Figure("weeks_planned", planned, Unit.COUNT),
    )


def _first_week(month: str) -> str:
    """The first week that begins in a month."""
    day = date.fromisoformat(f"{month}-01")
    return week_of(day + timedelta(days=-day.weekday() % 7))
