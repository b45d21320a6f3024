"""How much of the company hangs on one customer. Formula C1.

`share = max(basis, 0) / sum of max(basis, 0)`, so that shares stay between 0 and 1 when some customers lose
money. Thresholds are strict: exactly 10 % is not above 10 %.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from planner.worth.figure import ARITHMETIC, PER_MILLE, Figure, Number, Unit


class Dependency(enum.StrEnum):
    """How much the company hangs on the customer, from not at all to almost wholly."""

    ORDINARY = "ordinary"
    KEY = "key"
    CRITICAL = "critical"
    MONO_WARNING = "mono_warning"
    MONO_SEVERE = "mono_severe"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares in per mille above which a class begins; `absolute_minor` alone makes a customer key."""

    key: int = 100
    critical: int = 200
    mono_warning: int = 700
    mono_severe: int = 750
    absolute_minor: int | None = None

    def steps(self) -> tuple[tuple[Dependency, int], ...]:
        """Classes and where they begin, the gravest first."""
        return (
            (Dependency.MONO_SEVERE, self.mono_severe),
            (Dependency.MONO_WARNING, self.mono_warning),
            (Dependency.CRITICAL, self.critical),
            (Dependency.KEY, self.key),
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """Who holds which part of the whole, exactly.

    Attributes:
        basis: What was shared out, by customer: minor units; None where it is not known.
        total: The sum of all that is above 0 among `whole`.
        parts: Each known customer's exact share; empty when nothing is above 0.
        whole: Who makes up the whole; a branch beneath one of them has a share, but is not counted twice.
    """

    basis: Mapping[str, Number]
    total: Decimal
    parts: Mapping[str, Fraction]
    whole: frozenset[str]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Customers of which the basis is not known; they are in nobody's total."""
        return tuple(sorted(key for key, value in self.basis.items() if value is None))

    def share(self, key: str) -> Figure:
        """One customer's share with its working."""
        given = Figure("basis", self.basis.get(key))
        whole = Figure("positive_basis", self.total if self.parts else None)
        part = self.parts.get(key)
        note = "" if part is not None else ("no_positive_basis" if given.known else "no_figures")
        return Figure(
            "share",
            None if part is None else decimal(part),
            Unit.SHARE,
            "max({basis}, 0) / {positive_basis}",
            (given, whole),
            note,
        )

    def dependency(self, key: str, thresholds: Thresholds) -> Dependency | None:
        """The gravest class whose threshold the share exceeds; None when the share is unknown."""
        part = self.parts.get(key)
        if part is None:
            return None
        for name, begins in thresholds.steps():
            if part > Fraction(begins, PER_MILLE):
                return name
        basis = self.basis[key]
        above = thresholds.absolute_minor is not None and basis is not None
        return Dependency.KEY if above and basis > thresholds.absolute_minor else Dependency.ORDINARY  # type: ignore[operator]  # - both are known here

    def concentration(self) -> Figure:
        """The sum of squared shares, from near 0 to 1 (Herfindahl and Hirschman); above 0.25 is high."""
        inputs = tuple(
            Figure("share", decimal(self.parts[key]), Unit.SHARE, subject=key) for key in self.ranked()
        )
        squares = (self.parts[key] ** 2 for key in self.ranked())
        value = decimal(sum(squares, Fraction(0))) if self.parts else None
        note = "" if self.parts else "no_positive_basis"
        return Figure("concentration", value, Unit.FACTOR, "sum of {share}²", inputs, note)

    def top(self, count: int) -> Figure:
        """What the `count` largest hold together."""
        largest = [self.parts[key] for key in self.ranked()[:count]]
        value = decimal(sum(largest, Fraction(0))) if self.parts else None
        return Figure(f"top_{count}", value, Unit.SHARE, "sum of the largest {share}")

    def ranked(self) -> list[str]:
        """Customers of the whole with a known share, the largest first."""
        return sorted(self.whole & self.parts.keys(), key=lambda key: (-self.parts[key], key))


def decimal(number: Fraction) -> Decimal:
    """A fraction to the precision that money is reckoned with."""
    return ARITHMETIC.divide(Decimal(number.numerator), Decimal(number.denominator))


def shares(basis: Mapping[str, Number], branches: Collection[str] = ()) -> Shares:
    """Share out a basis such as contribution profit, in minor units by customer.

    `branches` are customers whose basis is contained in that of another; they get a share of the same whole.
    """
    above = {key: max(Fraction(value), Fraction(0)) for key, value in basis.items() if value is not None}
    whole = frozenset(basis) - frozenset(branches)
    total = sum((value for key, value in above.items() if key in whole), Fraction(0))
    parts = {key: value / total for key, value in above.items()} if total else {}
    return Shares(basis, decimal(total), parts, whole)
