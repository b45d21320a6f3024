"""How good a customer is by the company's own criteria, and the strategic weight that follows. Formula C2.

Each criterion has fixed anchors, so a new customer never reorders the others. Unknown is not zero: an unknown
criterion leaves both the sum and the weights, and too little known makes the score provisional.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from planner.worth.figure import PER_MILLE, Figure, Unit
from planner.worth.shares import decimal

ENOUGH = Fraction(7, 10)
"""With a smaller part of the weights known, a score is provisional."""

HUNDRED = 100


class Axis(enum.StrEnum):
    """How attractive the customer's business is, and how strong we are with it."""

    BUSINESS = "business"
    RELATIONSHIP = "relationship"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion.

    Anchors in thousandths of its own unit, `low` worth 0 points and `high` 100 if more is better. `points`
    is its swing: what going from worst to best is worth. `blend` is the forecast's part in per mille.
    """

    key: str
    points: int
    low: int
    high: int
    rising: bool = True
    blend: int = 0
    axis: Axis = Axis.BUSINESS
    strategic: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """What is known of one customer by one criterion, in thousandths of the criterion's unit."""

    current: int | None = None
    forecast: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A weighted score from 0 to 100, None when nothing is known, and how much of the weight is known."""

    figure: Figure
    coverage: Figure
    provisional: bool

    @property
    def value(self) -> Decimal | None:
        """The points."""
        return None if self.figure.value is None else Decimal(self.figure.value)


def criterion_points(criterion: Criterion, rating: Rating | None) -> Fraction | None:
    """What a rating is worth, 0 to 100; None when it is not known.

    Of a blend of today and forecast the part that is known stands for both when the other is missing.
    """
    measured = blended(criterion, rating)
    if measured is None:
        return None
    span = Fraction(measured - criterion.low, criterion.high - criterion.low)
    held = min(max(span, Fraction(0)), Fraction(1))
    return HUNDRED * (held if criterion.rising else 1 - held)


def blended(criterion: Criterion, rating: Rating | None) -> Fraction | None:
    """(1 - b) * today + b * forecast, in thousandths of the unit."""
    if rating is None:
        return None
    parts = ((rating.current, PER_MILLE - criterion.blend), (rating.forecast, criterion.blend))
    wanted = [(value, weight) for value, weight in parts if weight and value is not None]
    weight = sum(weight for _, weight in wanted)
    return Fraction(sum(value * weight for value, weight in wanted), weight) if weight else None


def score(
    name: str,
    criteria: Iterable[Criterion],
    ratings: Mapping[str, Rating],
    counts: Callable[[Criterion], bool] = lambda _: True,
) -> Score:
    """The weighted mean of all that is known among the criteria that count."""
    counted = [criterion for criterion in criteria if criterion.points and counts(criterion)]
    total = sum(criterion.points for criterion in counted)
    known, gained, inputs = 0, Fraction(0), []
    for criterion in counted:
        points, figure = _part(criterion, total, ratings.get(criterion.key))
        inputs.append(figure)
        if points is not None:
            known += criterion.points
            gained += criterion.points * points
    covered = Fraction(known, total) if total else Fraction(0)
    coverage = Figure(
        "coverage", decimal(covered), Unit.SHARE, "sum of known {weight} / sum of {weight}", tuple(inputs)
    )
    value = decimal(gained / known) if known else None
    note = "" if covered >= ENOUGH else ("provisional" if known else "nothing_known")
    formula = "sum of {weight} * {points} / sum of known {weight}"
    figure = Figure(name, value, Unit.POINTS, formula, tuple(inputs), note)
    return Score(figure, coverage, covered < ENOUGH)


# A rating counts in up to four scores, and on every page again: kept by the rating itself.
@lru_cache(maxsize=4096)
def _part(criterion: Criterion, total: int, rating: Rating | None) -> tuple[Fraction | None, Figure]:
    points, measured = criterion_points(criterion, rating), blended(criterion, rating)
    weight = Figure("weight", decimal(Fraction(criterion.points, total)), Unit.SHARE)
    anchors = (
        weight,
        Figure("measured", None if measured is None else decimal(measured / PER_MILLE), Unit.SCALE),
        Figure("anchor_low", decimal(Fraction(criterion.low, PER_MILLE)), Unit.SCALE),
        Figure("anchor_high", decimal(Fraction(criterion.high, PER_MILLE)), Unit.SCALE),
    )
    rising = "100 * ({measured} - {anchor_low}) / ({anchor_high} - {anchor_low}) [0..100]"
    falling = "100 * ({anchor_high} - {measured}) / ({anchor_high} - {anchor_low}) [0..100]"
    figure = Figure(
        "points",
        None if points is None else decimal(points),
        Unit.POINTS,
        rising if criterion.rising else falling,
        anchors,
        "" if points is not None else "not_rated",
        criterion.key,
    )
    return points, figure


def strategic_weight(strategic: Score, kappa: int, factor: int | None = None) -> Figure:
    """What strategy makes of a value: `1 + kappa * (2 * score / 100 - 1)`, times leadership's own factor.

    A provisional score never raises a value; one of which nothing is known changes nothing.

    Args:
        strategic: The score by the criteria that may weigh as strategy; none of them is money.
        kappa: How far strategy may move a value, per mille.
        factor: Leadership's factor on this customer, per mille; None for none.
    """
    points = strategic.figure
    inputs = [points, Figure("kappa", decimal(Fraction(kappa, PER_MILLE)), Unit.FACTOR)]
    weight, note = Fraction(1), "nothing_known"
    if strategic.value is not None:
        part = 2 * Fraction(strategic.value) / HUNDRED - 1
        weight, note = 1 + Fraction(kappa, PER_MILLE) * part, ""
        if strategic.provisional:
            weight, note = min(weight, Fraction(1)), "provisional"
    formula = "1 + {kappa} * (2 * {strategic_score} / 100 - 1)"
    if factor is not None:
        weight *= Fraction(factor, PER_MILLE)
        inputs.append(Figure("leadership_factor", decimal(Fraction(factor, PER_MILLE)), Unit.FACTOR))
        formula = "{leadership_factor} * (" + formula + ")"
    return Figure("strategic_weight", decimal(weight), Unit.FACTOR, formula, tuple(inputs), note)
