"""What a request is worth at each service level: only what the hours change counts.

Money in minor units, probabilities and fractions in per mille. All arithmetic is in Decimal with PRECISION
digits whatever the caller's context, and is rounded once, half to even, at the very end. Every result keeps
its working.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Any

from planner.worth.figure import ARITHMETIC, PER_MILLE, Figure, short
from planner.worth.figure import round_minor as round_minor  # noqa: PLC0414 - part of what this module offers

MONTHS = 12
LOWEST, HIGHEST = Decimal("0.4"), Decimal("1.25")
"""How far calibration may move a claim."""


@dataclass(frozen=True, slots=True)
class Discounted:
    """One expected amount and what it is worth today: `present` = `amount_minor` * `factor`."""

    month: int
    amount_minor: int
    factor: Decimal
    present: Decimal


@dataclass(frozen=True, slots=True)
class PresentValue:
    """The sum of a benefit stream as of today, unrounded, and how it was found.

    `lifetime` is set when the stream is what keeping the customer brings, year by year. `total` is what
    counts; with a `credit` known it is at most that, whatever the terms add up to.
    """

    yearly_rate: Decimal
    terms: tuple[Discounted, ...]
    total: Decimal
    lifetime: Figure | None = None
    credit: Figure | None = None

    @property
    def stated(self) -> Decimal:
        """What the terms add up to."""
        with localcontext(ARITHMETIC):
            return sum((term.present for term in self.terms), Decimal(0)) if self.credit else self.total

    @property
    def capped(self) -> bool:
        """Whether the customer's credit lets less count than was stated."""
        return self.total < self.stated

    def within(self, credit: Figure | None) -> PresentValue:
        """The same, counting at most the free credit; unchanged when no limit is known."""
        if credit is None or credit.value is None:
            return self
        return replace(self, total=min(self.total, Decimal(credit.value)), credit=credit)

    @property
    def minor(self) -> int:
        """The total in whole minor units."""
        return round_minor(self.total)

    def working(self) -> dict[str, Any]:
        """The working as JSON can hold it; decimals as text to the sixth place."""
        lifetime = {"lifetime": self.lifetime.working()} if self.lifetime else {}
        capped = {
            "formula": "lesser of before and limit",
            "before_minor": short(self.stated),
            "limit": self.credit.working() if self.credit else None,
            "after_minor": short(self.total),
        }
        return {
            "formula": "sum of amount / (1 + rate)^(month / 12)",
            **lifetime,
            **({"credit": capped} if self.credit else {}),
            "yearly_rate": str(self.yearly_rate),
            "terms": [
                {
                    "month": term.month,
                    "amount_minor": term.amount_minor,
                    "factor": short(term.factor),
                    "present_minor": short(term.present),
                }
                for term in self.terms
            ],
            "total_minor": short(self.total),
        }


@dataclass(frozen=True, slots=True)
class Factors:
    """What scales a claim: calibration of value and probability, strategy, urgency. All 1 is neutral."""

    value_calibration: Decimal = Decimal(1)
    probability_calibration: Decimal = Decimal(1)
    strategy: Decimal = Decimal(1)
    urgency: Decimal = Decimal(1)

    @property
    def calibration(self) -> Decimal:
        """Both calibrations together, within what calibration may do."""
        product = ARITHMETIC.multiply(self.value_calibration, self.probability_calibration)
        return min(max(product, LOWEST), HIGHEST)


NEUTRAL = Factors()


@dataclass(frozen=True, slots=True)
class LevelValue:
    """The worth of one service level.

    `claimed` is the incremental expected value as stated, `expected` the same after calibration; both before
    strategy, urgency and cost. `value_minor` is what the plan counts, `money_minor` the same without
    strategy. Both may be negative.
    """

    fraction: int
    probability: int
    base_probability: int
    present: PresentValue
    factors: Factors
    avoidable_cost_minor: int
    claimed: Decimal
    expected: Decimal
    value_minor: int
    money_minor: int

    def at(self, urgency: Decimal) -> int:
        """What the plan counts when that part of the value is left, 0 to 1; the cost is spent in full."""
        with localcontext(ARITHMETIC):
            return round_minor(self.factors.strategy * urgency * self.expected - self.avoidable_cost_minor)

    def working(self) -> dict[str, Any]:
        """The working as JSON can hold it."""
        return {
            "formula": "strategy * urgency * calibration * (p - p0) * present value - avoidable cost",
            "calibration_formula": "value calibration * probability calibration, from 0.4 to 1.25",
            "fraction": self.fraction,
            "probability": self.probability,
            "base_probability": self.base_probability,
            "present_value_minor": self.present.minor,
            "value_calibration": str(self.factors.value_calibration),
            "probability_calibration": str(self.factors.probability_calibration),
            "calibration": short(self.factors.calibration),
            "strategy": str(self.factors.strategy),
            "urgency": str(self.factors.urgency),
            "claimed_minor": short(self.claimed),
            "expected_minor": short(self.expected),
            "avoidable_cost_minor": self.avoidable_cost_minor,
            "value_minor": self.value_minor,
            "money_minor": self.money_minor,
        }


def present_value(benefits: Sequence[tuple[int, int]], yearly_rate: Decimal) -> PresentValue:
    """Discount a stream of (month from now, minor units) by a yearly rate such as Decimal("0.10").

    An empty stream is worth 0. Formula C4: sum of V_m / (1 + i)^(m / 12).

    Raises:
        ValueError: the rate is -1 or less, where money has no present value.
    """
    if yearly_rate <= -1:
        raise ValueError(f"a yearly rate of {yearly_rate} leaves nothing to discount by")
    with localcontext(ARITHMETIC):
        terms = []
        for month, amount in benefits:
            factor = 1 / (1 + yearly_rate) ** (Decimal(month) / MONTHS)
            terms.append(Discounted(month, amount, factor, amount * factor))
        return PresentValue(yearly_rate, tuple(terms), sum((t.present for t in terms), Decimal(0)))


def kept_value(lifetime: Figure) -> PresentValue | None:
    """A customer's lifetime value as the stream that it stands for; None when it is not known.

    What is expected of year n is a year's contribution times the chance of still having the customer, n
    times; the total is the lifetime value itself. Formula C4 for requests that retain or defend.
    """
    given = {figure.name: figure.value for figure in lifetime.inputs}
    yearly, chance, rate, years = (
        given.get(name) for name in ("yearly_contribution", "retention", "yearly_rate", "years")
    )
    if lifetime.value is None or yearly is None or chance is None or rate is None or years is None:
        return None
    with localcontext(ARITHMETIC):
        terms = []
        for year in range(1, int(years) + 1):
            amount = yearly * Decimal(chance) ** year
            factor = 1 / (1 + Decimal(rate)) ** year
            terms.append(Discounted(year * MONTHS, round_minor(amount), factor, amount * factor))
        return PresentValue(Decimal(rate), tuple(terms), Decimal(lifetime.value), lifetime)


def level_values(
    curve: Sequence[tuple[int, int]],
    present: PresentValue,
    avoidable_cost_minor: int = 0,
    factors: Factors = NEUTRAL,
) -> tuple[LevelValue, ...]:
    """The worth of every level above nothing, by rising fraction. Formula C5.

    `curve` holds (fraction of the hours, success probability). The probability at fraction 0 is what happens
    anyway and is taken off; the avoidable cost is spent at every level.

    Raises:
        ValueError: the curve says nothing about fraction 0.
    """
    points = dict(curve)
    if 0 not in points:
        raise ValueError("the curve does not say what happens without any hours")
    base = points[0]
    levels = []
    with localcontext(ARITHMETIC):
        for fraction, probability in sorted(points.items()):
            if fraction == 0:
                continue
            gain = Decimal(probability - base) / PER_MILLE
            claimed = gain * present.total
            expected = factors.calibration * claimed
            weighted = factors.strategy * factors.urgency * expected
            levels.append(
                LevelValue(
                    fraction=fraction,
                    probability=probability,
                    base_probability=base,
                    present=present,
                    factors=factors,
                    avoidable_cost_minor=avoidable_cost_minor,
                    claimed=claimed,
                    expected=expected,
                    value_minor=round_minor(weighted - avoidable_cost_minor),
                    money_minor=round_minor(factors.urgency * expected - avoidable_cost_minor),
                )
            )
    return tuple(levels)
