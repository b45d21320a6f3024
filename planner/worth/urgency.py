"""What waiting costs: how much of a value is left when the work ends in a certain week. Formula C6.

Weeks are numbers on any one scale. Without a source and a date nothing is urgent: the factor is 1 throughout.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal, localcontext

from planner.worth.figure import ARITHMETIC, PER_MILLE, Figure, Unit


class UrgencyKind(enum.StrEnum):
    """How a value fades: not at all, at once after a week, by a part of itself per week, by halves."""

    NONE = "none"
    DEADLINE = "deadline"
    LINEAR = "linear"
    HALF_LIFE = "half_life"


@dataclass(frozen=True, slots=True)
class Urgency:
    """A fading value.

    Attributes:
        kind: How it fades.
        since: The last week in which nothing is lost yet.
        pace: Linear: per mille of the value lost per week. Half-life: weeks until half is left.
    """

    kind: UrgencyKind
    since: int = 0
    pace: int = 0

    def __post_init__(self) -> None:
        """Refuse a pace that means nothing.

        Raises:
            ValueError: the kind needs a pace above 0.
        """
        if self.kind in (UrgencyKind.LINEAR, UrgencyKind.HALF_LIFE) and self.pace <= 0:
            raise ValueError(f"a pace of {self.pace} makes nothing fade")

    def left(self, week: int) -> Figure:
        """The part of the value that is left when the work ends in `week`, 0 to 1."""
        late = max(0, week - self.since)
        inputs = (
            Figure("end_week", week, Unit.COUNT),
            Figure("fades_after", self.since, Unit.COUNT),
            Figure("pace", self.pace, Unit.COUNT),
        )
        with localcontext(ARITHMETIC):
            if self.kind is UrgencyKind.NONE:
                return Figure("urgency", Decimal(1), Unit.FACTOR, "1", note="not_urgent")
            if self.kind is UrgencyKind.DEADLINE:
                value = Decimal(0 if late else 1)
                return Figure("urgency", value, Unit.FACTOR, "1 up to {fades_after}, then 0", inputs[:2])
            if self.kind is UrgencyKind.LINEAR:
                value = max(Decimal(0), 1 - Decimal(self.pace * late) / PER_MILLE)
                formula = "max(0, 1 - {pace} / 1000 * ({end_week} - {fades_after}))"
                return Figure("urgency", value, Unit.FACTOR, formula, inputs)
            value = Decimal("0.5") ** (Decimal(late) / self.pace)
            formula = "0.5^(({end_week} - {fades_after}) / {pace})"
            return Figure("urgency", value, Unit.FACTOR, formula, inputs)


NOT_URGENT = Urgency(UrgencyKind.NONE)


def cost_of_delay(value: Decimal, urgency: Urgency, week: int) -> Figure:
    """Money lost by ending a week after `week`; `value` is what counts before the fading."""
    here, later = urgency.left(week), urgency.left(week + 1)
    lost = ARITHMETIC.multiply(value, Decimal(here.value or 0) - Decimal(later.value or 0))
    inputs = (Figure("value", value), here, later)
    return Figure("cost_of_delay", lost, Unit.MONEY, "{value} * (urgency now - urgency a week later)", inputs)
