"""Whether more customers are called innovators than can be, with a rule that holds for small numbers.

About 2.5 % of customers take up a new idea at once (Rogers, Diffusion of Innovations: those more than two
standard deviations ahead of the mean, 2.28 % of a normal distribution, rounded). One innovator among 20
customers is 5 % and means nothing. The count is therefore held against chance by the exact one-sided binomial
test: if each customer were one with probability 0.025, how often would as many or more be among so many? Only
when that is below 5 %, the usual level, there is a warning; a single one is never too many.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final

from planner.worth.figure import Figure, Unit
from planner.worth.shares import decimal

USUAL: Final = Fraction(25, 1000)
RARE: Final = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Innovators:
    """How many customers are called innovators.

    Attributes:
        stated: Customers of whom it is said.
        customers: All customers.
        tail: The chance, from 0 to 1, that as many or more would be among so many.
    """

    stated: int
    customers: int
    tail: Fraction

    @property
    def too_many(self) -> bool:
        """Whether chance hardly explains so many."""
        return self.stated > 1 and self.tail < RARE

    @property
    def chance(self) -> Figure:
        """The chance with what it follows from."""
        inputs = (
            Figure("innovators", self.stated, Unit.COUNT),
            Figure("customers", self.customers, Unit.COUNT),
            Figure("usual_innovators", decimal(USUAL), Unit.SHARE),
        )
        formula = "P(X ≥ {innovators}), X ~ B({customers}, {usual_innovators})"
        return Figure("innovators_chance", decimal(self.tail), Unit.SHARE, formula, inputs)


def innovators(stated: int, customers: int) -> Innovators:
    """Hold `stated` of `customers` against the usual part. Exact: no rounding, no approximation.

    Raises:
        ValueError: When more are stated than there are, or a number is negative.
    """
    if not 0 <= stated <= customers:
        raise ValueError(f"{stated} of {customers}")
    fewer = sum(
        (comb(customers, n) * USUAL**n * (1 - USUAL) ** (customers - n) for n in range(stated)), Fraction(0)
    )
    return Innovators(stated, customers, 1 - fewer)
