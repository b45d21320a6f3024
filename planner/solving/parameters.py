"""What a run is computed with, stored with the run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.clock import today, week_of, weeks_between
from planner.records import PlanningCycle, Publication, PublishedHours, RequestOutcome

YEARLY_RATE = "0.10"
STABILITY_SHARE = Decimal("0.25")
"""A withdrawn hour costs this share of what an hour was worth in the last published plan (C11)."""

PREFERENCE_PER_MILLE = 10
"""A preferred specialist adds this share of the request's smallest gain: enough to break ties, not more."""

CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Parameters:
    """How a run sees time and money, and how long it may search.

    Attributes:
        first_week: First ISO week of the plan; the past of a running cycle is dropped.
        weeks: Number of weeks.
        as_of_week: The week in which the run was asked for; frozen and slushy weeks count from it.
        frozen_weeks: Weeks in which published hours stand.
        slushy_weeks: Weeks after those in which withdrawing costs `price_minor`.
        yearly_rate: Discount rate as a decimal text.
        price_minor: Minor units per published quarter-hour withdrawn; even.
        most_moves: Published person-weeks that may be taken back at most; None means no limit.
        preference_per_mille: Bonus of a preferred specialist, as a share of the request's smallest gain.
        mode: "deterministic" or "free".
        workers: Cores.
        wall_limit_s: Seconds after which the search stops with what it has.
        work_limit: Units of the engine's own work; None means none.
        changes: What is supposed instead of what the records say, as `alterations.supposed` takes it.
    """

    first_week: str
    weeks: int
    as_of_week: str
    frozen_weeks: int
    slushy_weeks: int
    wall_limit_s: float
    workers: int = 1
    work_limit: float | None = None
    price_minor: int = 0
    most_moves: int | None = None
    yearly_rate: str = YEARLY_RATE
    preference_per_mille: int = PREFERENCE_PER_MILLE
    currency: str = CURRENCY
    mode: str = "deterministic"
    changes: dict[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Parameters:
        """From what `stored` gave; other keys are left aside."""
        return cls(**{f.name: stored[f.name] for f in fields(cls) if f.name in stored})


def choose(
    session: Session, cycle: PlanningCycle, *, wall_limit_s: float, workers: int, work_limit: float | None
) -> Parameters:
    """The parameters of a new run of `cycle`, asked for today.

    Raises:
        ValueError: no week of the cycle is left.
    """
    present = week_of(today())
    gone = max(0, weeks_between(cycle.first_week, present))
    if gone >= cycle.horizon_weeks:
        raise ValueError("the cycle is over")
    return Parameters(
        first_week=present if gone else cycle.first_week,
        weeks=cycle.horizon_weeks - gone,
        as_of_week=present,
        frozen_weeks=cycle.frozen_weeks,
        slushy_weeks=cycle.slushy_weeks,
        wall_limit_s=wall_limit_s,
        workers=workers,
        work_limit=work_limit,
        price_minor=stability_price(session),
    )


def stability_price(session: Session) -> int:
    """Minor units per withdrawn quarter-hour: an even share of the mean value in the last published plan."""
    last = session.scalars(select(Publication).order_by(Publication.number.desc()).limit(1)).first()
    if last is None:
        return 0
    published = select(PublishedHours.request_id).where(PublishedHours.publication_id == last.id)
    value = session.scalar(
        select(func.sum(RequestOutcome.value_minor)).where(
            RequestOutcome.run_id == last.run_id, RequestOutcome.request_id.in_(published)
        )
    )
    hours = session.scalar(
        select(func.sum(PublishedHours.quarter_hours)).where(PublishedHours.publication_id == last.id)
    )
    if not value or not hours or value < 0:
        return 0
    # Half of it is charged for a moved hour, so it is rounded to an even number.
    half = Decimal(int(value)) * STABILITY_SHARE / int(hours) / 2
    return 2 * int(half.to_integral_value(ROUND_HALF_EVEN))
