"""What an hour of our people and money itself cost in a month: finance's rates, before them the settings.

A rate holds from its month on until the next one begins, so old months keep the rate of their time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import settings
from planner.records import CostRate
from planner.worth import Rates
from planner.worth.figure import PER_MILLE


@dataclass(frozen=True, slots=True)
class CostRates:
    """Rates by the month from which each holds, rising; the first holds from the beginning."""

    since: tuple[str, ...]
    rates: tuple[Rates, ...]

    def of(self, month: str) -> Rates:
        """What holds in a month such as "2026-11"."""
        return self.rates[bisect_right(self.since, month) - 1]


def read_costs(session: Session) -> CostRates:
    """All rates.

    Raises:
        SettingsError: a rate of the settings is no number or below 0.
    """
    base = settings.money_rates()
    rows = session.scalars(select(CostRate).order_by(CostRate.valid_from)).all()
    first = Rates(base.kam_hour, base.specialist_hour, Decimal(base.interest) / PER_MILLE)
    return CostRates(
        ("", *(row.valid_from for row in rows)),
        (
            first,
            *(
                Rates(
                    row.kam_hour_minor,
                    row.specialist_hour_minor,
                    Decimal(row.interest) / PER_MILLE,
                    row.valid_from,
                )
                for row in rows
            ),
        ),
    )
