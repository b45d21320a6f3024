"""An integer program as plain numbers, so that several solvers can be given exactly the same one."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NONE = -(2**62)
"""Stands for a row without a lower side."""

Terms = list[tuple[int, int]]
"""Pairs (variable, coefficient); a variable may stand twice."""


class Program:
    """Maximise a linear objective over whole numbers within linear rows.

    Attributes:
        low: Least value of each variable.
        high: Greatest value of each variable.
        gain: Coefficient of each variable in the objective.
        constant: Added to the objective.
    """

    def __init__(self) -> None:
        self.low = array("q")
        self.high = array("q")
        self.gain = array("q")
        self.constant = 0
        self._least = array("q")
        self._most = array("q")
        self._first = array("q", [0])
        self._variables = array("q")
        self._coefficients = array("q")

    def variable(self, high: int = 1, gain: int = 0) -> int:
        """A new variable from 0 to `high`; returns its number."""
        self.low.append(0)
        self.high.append(high)
        self.gain.append(gain)
        return len(self.low) - 1

    def at_most(self, terms: Iterable[tuple[int, int]], most: int) -> None:
        """The terms add up to at most `most`."""
        self._row(terms, NONE, most)

    def equal(self, terms: Iterable[tuple[int, int]], amount: int) -> None:
        """The terms add up to exactly `amount`."""
        self._row(terms, amount, amount)

    def impossible(self) -> None:
        """No plan exists."""
        self._row([(self.variable(0), 1)], 1, 1)

    def _row(self, terms: Iterable[tuple[int, int]], least: int, most: int) -> None:
        merged: dict[int, int] = {}
        for variable, coefficient in terms:
            merged[variable] = merged.get(variable, 0) + coefficient
        self._variables.extend(merged.keys())
        self._coefficients.extend(merged.values())
        self._first.append(len(self._variables))
        self._least.append(least)
        self._most.append(most)

    def rows(self) -> Iterator[tuple[list[int], list[int], int | None, int]]:
        """Each row: its variables, their coefficients, the least (None without) and the most."""
        for i, (least, most) in enumerate(zip(self._least, self._most, strict=True)):
            span = slice(self._first[i], self._first[i + 1])
            yield (
                self._variables[span].tolist(),
                self._coefficients[span].tolist(),
                None if least == NONE else least,
                most,
            )

    def size(self) -> tuple[int, int]:
        """Variables and rows."""
        return len(self.low), len(self._most)
