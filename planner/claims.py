"""What became of claims: the closed requests of every key account manager, and the factors they give.

Only what a second person confirmed counts, for two years, and silence that went on in spite of reminders,
which counts as a failure until somebody answers. What ended in the running quarter counts from the next one
on, so that factors stand still within a quarter; a corrected record counts at once. Without any history both
factors are 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.books import month_of, shifted
from planner.records import FAILURES, SUCCESSES, Closing, ClosingState, ResourceRequest
from planner.unanswered import unanswered
from planner.worth import Calibration, Case, calibrate, company_factors

MONTHS = 24
"""What ended longer ago says nothing about today's claims."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Cases by key account manager, oldest first, and the company's own factors (probability, value)."""

    cases: Mapping[str, Sequence[Case]]
    company: tuple[Fraction, Fraction]

    def calibration(self, kam_id: str) -> Calibration:
        """What that person's claims are scaled by."""
        return calibrate(self.cases.get(kam_id, ()), *self.company)


def quarter_of(day: date) -> date:
    """The first day of the quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def since(day: date) -> date:
    """The first day whose endings count on `day`."""
    month = shifted(month_of(quarter_of(day)), -MONTHS)
    return date(int(month[:4]), int(month[5:]), 1)


def read_claims(session: Session, day: date) -> Claims:
    """All claims that count on a day."""
    rows = session.execute(
        select(ResourceRequest.kam_id, Closing)
        .join(ResourceRequest, ResourceRequest.id == Closing.request_id)
        .where(
            Closing.state == ClosingState.CONFIRMED,
            Closing.result.in_(SUCCESSES | FAILURES),
            Closing.ended_on >= since(day),
            Closing.ended_on < quarter_of(day),
        )
        .order_by(Closing.ended_on, Closing.id)
    )
    cases: defaultdict[str, list[Case]] = defaultdict(list)
    for kam_id, row in rows:
        cases[kam_id].append(case_of(row))
    for silent in unanswered(session, day):
        if since(day) <= silent.failed_on < quarter_of(day):
            cases[silent.request.kam_id].append(silent.case)
    return Claims(dict(cases), company_factors([case for own in cases.values() for case in own]))


def case_of(closing: Closing) -> Case:
    """A closing as the arithmetic wants it."""
    return Case(
        closing.request_id,
        closing.claimed_probability,
        closing.result in SUCCESSES,
        closing.claimed_value_minor,
        closing.realised_value_minor,
    )
