"""What keeping a customer is worth. Formula C4.

A constant yearly contribution `m` and a constant chance `r` of keeping it are bold assumptions; so the usual
horizon is five years, and the endless one is shown beside it only.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from planner.worth.figure import ARITHMETIC, Figure, Unit

YEARS = 5


def lifetime_value(
    yearly_minor: Decimal | None, retention: Decimal | None, yearly_rate: Decimal, years: int | None = YEARS
) -> Figure:
    """The present value of `years` yearly contributions, each still there with a chance; None is endless.

    Args:
        yearly_minor: Contribution of a year, minor units.
        retention: Chance of keeping the customer for a year, 0 to 1.
        yearly_rate: Discount rate above -1; endless sums need one above `retention` - 1.
        years: The horizon.

    Raises:
        ValueError: the chance is no chance, or the sum has no end.
    """
    inputs = (
        Figure("yearly_contribution", yearly_minor),
        Figure("retention", retention, Unit.SHARE),
        Figure("yearly_rate", yearly_rate, Unit.SHARE),
        Figure("years", years, Unit.COUNT),
    )
    endless = "{yearly_contribution} * {retention} / (1 + {yearly_rate} - {retention})"
    formula = endless if years is None else endless + " * (1 - ({retention} / (1 + {yearly_rate}))^{years})"
    if yearly_minor is None or retention is None:
        return Figure("lifetime_value", None, Unit.MONEY, formula, inputs, "input_unknown")
    if not 0 <= retention <= 1:
        raise ValueError(f"a chance of {retention} does not lie between 0 and 1")
    with localcontext(ARITHMETIC):
        ratio = retention / (1 + yearly_rate)
        if ratio >= 1 and years is None:
            raise ValueError("kept with certainty and without interest, the sum has no end")
        if years is None:
            total = yearly_minor * retention / (1 + yearly_rate - retention)
        else:
            total = yearly_minor * sum((ratio**year for year in range(1, years + 1)), Decimal(0))
    return Figure("lifetime_value", total, Unit.MONEY, formula, inputs)
