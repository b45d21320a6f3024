"""How the chance of success answers to hours: the levels that a plan may choose from. Formula C5.

Chances and fractions in per mille. Between what was stated a chance is rounded to whole per mille, half to
even: nobody knows it better.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

FULL = 1000
HALF = 500
GRID = 250
"""Between stated points a level is offered every quarter of the hours."""

Points = Sequence[tuple[int, int]]
"""(fraction of the hours, chance of success)."""


class Shape(enum.StrEnum):
    """Which levels a plan may grant: those stated, or also those between them."""

    STEPS = "steps"
    LINEAR = "linear"
    ADBUDG = "adbudg"


@dataclass(frozen=True, slots=True)
class Adbudg:
    """Little's curve through the chances at none, half and all of the hours, with a ceiling.

    p(f) = p0 + (top - p0) f^g / (D + f^g), D being `spread` and g `bend`.
    """

    p0: Fraction
    top: Fraction
    spread: float
    bend: float

    def chance(self, fraction: int) -> int:
        """The chance in per mille."""
        if fraction == 0:
            return round(self.p0 * FULL)
        raised = (fraction / FULL) ** self.bend
        return round(FULL * float(self.p0 + (self.top - self.p0) * Fraction(raised / (self.spread + raised))))


def adbudg(p0: int, p_half: int, p_full: int, top: int) -> Adbudg:
    """Fit the curve to four chances in per mille.

    Raises:
        ValueError: they do not rise strictly, so that no such curve goes through them.
    """
    if not p0 < p_half < p_full < top <= FULL:
        raise ValueError("the chances at none, half and all of the hours and the ceiling must rise strictly")
    spread = (top - p_full) / (p_full - p0)
    reached = (p_half - p0) / (top - p0)
    bend = math.log(reached * spread / (1 - reached)) / math.log(0.5)
    return Adbudg(Fraction(p0, FULL), Fraction(top, FULL), spread, bend)


def response(shape: Shape, points: Points, top: int | None = None) -> tuple[tuple[int, int], ...]:
    """All levels with their chances, by rising fraction, that of no hours first.

    Args:
        shape: Steps offers what was stated only.
        points: What was stated; fractions 0 and 1,000 are among them, for ADBUDG also 500.
        top: The ceiling of ADBUDG, per mille.

    Raises:
        ValueError: the points do not allow the shape.
    """
    stated = dict(sorted(points))
    if 0 not in stated or (shape is not Shape.STEPS and FULL not in stated):
        raise ValueError("the curve must say what happens with none and with all of the hours")
    if shape is Shape.STEPS:
        return tuple(stated.items())
    grid = sorted({*stated, *range(0, max(stated) + 1, GRID)})
    if shape is Shape.LINEAR:
        return tuple((fraction, _between(stated, fraction)) for fraction in grid)
    if HALF not in stated or top is None:
        raise ValueError("this curve needs the chance at half of the hours and the ceiling")
    curve = adbudg(stated[0], stated[HALF], stated[FULL], top)
    return tuple((fraction, stated.get(fraction, curve.chance(fraction))) for fraction in grid)


def _between(stated: dict[int, int], fraction: int) -> int:
    for (left, low), (right, high) in pairwise(stated.items()):
        if left <= fraction <= right:
            return round(low + Fraction((high - low) * (fraction - left), right - left))
    return stated[fraction]
