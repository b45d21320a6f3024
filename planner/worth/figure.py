"""A number with everything that leads to it, so that pages and programs can open it down to its inputs."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

PRECISION = 50
ARITHMETIC = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN)
"""All money is reckoned with these digits, whatever the caller's context."""

PER_MILLE = 1000

Number = int | Decimal | None
"""None is unknown, which is never zero."""


def round_minor(amount: Decimal) -> int:
    """An amount in whole minor units, half to even."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=ARITHMETIC))


def short(number: Decimal) -> str:
    """A decimal as text to the sixth place."""
    return str(number.quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN, context=ARITHMETIC))


class Unit(enum.StrEnum):
    """What a figure is measured in: money is minor units, a share is a part of 1, a chance likewise."""

    MONEY = "money"
    SHARE = "share"
    POINTS = "points"
    FACTOR = "factor"
    DAYS = "days"
    COUNT = "count"
    QUARTER_HOURS = "quarter_hours"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a calculation.

    Attributes:
        name: What it is, a key such as "net_revenue" that pages translate.
        value: The number; None when it is not known.
        unit: What it is measured in.
        formula: How it follows from the inputs, their names in braces; empty for what was given.
        inputs: What it follows from.
        note: Key of what a reader must know of it, such as why it is unknown; empty for nothing.
        subject: What it is of when several inputs share a name: a month, a criterion, a request.
    """

    name: str
    value: Number
    unit: Unit = Unit.MONEY
    formula: str = ""
    inputs: tuple[Figure, ...] = ()
    note: str = ""
    subject: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return self.value is not None

    @property
    def minor(self) -> int | None:
        """Money in whole minor units, half to even; None when unknown."""
        return round_minor(self.value) if isinstance(self.value, Decimal) else self.value

    def working(self) -> dict[str, Any]:
        """The figure and all beneath it as JSON can hold it; decimals as text to the sixth place."""
        value = short(self.value) if isinstance(self.value, Decimal) else self.value
        texts = {"subject": self.subject, "note": self.note, "formula": self.formula}
        inputs = {"inputs": [figure.working() for figure in self.inputs]} if self.inputs else {}
        given = {key: text for key, text in texts.items() if text}
        return {"name": self.name, "value": value, "unit": self.unit.value, **given, **inputs}


def unknown(name: str, note: str, unit: Unit = Unit.MONEY, inputs: tuple[Figure, ...] = ()) -> Figure:
    """A figure that nobody knows, and why."""
    return Figure(name, None, unit, inputs=inputs, note=note)


def divided(top: Number, bottom: Number) -> Decimal | None:
    """The quotient; None when either is unknown or the divisor is zero."""
    if top is None or not bottom:
        return None
    return ARITHMETIC.divide(Decimal(top), Decimal(bottom))
