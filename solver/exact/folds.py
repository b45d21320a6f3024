"""Variables that are whole multiples of one another, counted as one.

The hours of a line that one person does are its need or nothing, and a bundle is staffed whole: such
variables say the same thing, and a relaxation that keeps them apart spreads its price over several.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from solver.exact.linear import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Members = tuple[tuple[int, int], ...]


class Folds:
    """Which variables are multiples of which.

    Attributes:
        members: Columns, each as the variables that are multiples of one number, with their factors.
        rows: The rows in columns, each once; those that only say what is a multiple of what are left out.
    """

    def __init__(self, count: int, rows: Iterable[Row]) -> None:
        """Fold `count` variables by those of the rows that say so."""
        self._of = [(variable, 1) for variable in range(count)]
        others = [row for row in rows if not self._join(row)]
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for variable in range(count):
            first, factor = self._first(variable)
            found[first].append((variable, factor))
        self._column = {first: index for index, first in enumerate(found)}
        self.members: list[Members] = [tuple(members) for members in found.values()]
        kept: dict[tuple[object, ...], Row] = {}
        for row in others:
            terms = sorted(self.terms(zip(row.variables, row.coefficients, strict=True)).items())
            if terms:
                columns, coefficients = zip(*terms, strict=True)
                made = Row(row.low, row.high, columns, coefficients)
                kept.setdefault((row.low, row.high, *terms), made)
        self.rows = list(kept.values())

    def terms(self, terms: Iterable[tuple[int, int]]) -> dict[int, int]:
        """A sum of (variable, coefficient) in columns."""
        return {self._column[first]: coefficient for first, coefficient in self._summed(terms).items()}

    def limits(self, limits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Least and greatest value of each column, from those of the variables."""
        return [
            (
                max(-(-limits[variable][0] // factor) for variable, factor in members),
                min(limits[variable][1] // factor for variable, factor in members),
            )
            for members in self.members
        ]

    def _summed(self, terms: Iterable[tuple[int, int]]) -> Mapping[int, int]:
        found: dict[int, int] = defaultdict(int)
        for variable, coefficient in terms:
            first, factor = self._first(variable)
            found[first] += coefficient * factor
        return {first: coefficient for first, coefficient in found.items() if coefficient}

    def _first(self, variable: int) -> tuple[int, int]:
        """The variable that this one is a multiple of, and the factor."""
        factor = 1
        while self._of[variable][0] != variable:
            variable, times = self._of[variable]
            factor *= times
        return variable, factor

    def _join(self, row: Row) -> bool:
        """Whether the row says that one variable is a whole multiple of another; it is from then on."""
        if not row.low == row.high == 0:
            return False
        terms = self._summed(zip(row.variables, row.coefficients, strict=True))
        if len(terms) != 2:
            return not terms
        (one, a), (other, b) = sorted(terms.items(), key=lambda term: (-abs(term[1]), term[0]))
        if a * b > 0 or a % b:
            return False
        self._of[other] = (one, -a // b)
        return True
