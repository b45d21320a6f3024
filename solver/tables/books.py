"""A book: several integer tables in one flat array.

Compiled code that is handed dozens of arrays takes minutes to compile; a few books take seconds. A book
begins with two numbers for each table, where it starts and how wide its rows are; tables are named by the
index of the first of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.compiling import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints = npt.NDArray[np.int64]
Costs = npt.NDArray[np.float64]
"""Money in two dimensions."""
Prices = npt.NDArray[np.float64]
"""Money per quarter-hour by kind of line (0 usual, 1 expedite), person and week."""


def names(count: int) -> range:
    """Names for `count` tables, in the order in which `bind` gets them."""
    return range(0, 2 * count, 2)


def bind(tables: Sequence[Ints]) -> Ints:
    """One book of the tables; a one-dimensional array is a table of one column."""
    flat = [
        t.reshape(len(t), -1) if t.size else t.reshape(0, t.shape[-1] if t.ndim > 1 else 1) for t in tables
    ]
    book = np.zeros(2 * len(flat) + sum(t.size for t in flat), np.int64)
    start = 2 * len(flat)
    for i, t in enumerate(flat):
        book[2 * i : 2 * i + 2] = start, t.shape[1]
        book[start : start + t.size] = t.ravel()
        start += t.size
    return book


def pages(book: Ints, table: int) -> Ints:
    """A table of the book as a two-dimensional view; what is written to it is written to the book."""
    start, width = int(book[table]), int(book[table + 1])
    header = int(book[0])
    end = int(book[table + 2]) if table + 2 < header else len(book)
    return book[start:end].reshape(-1, width)


@kernel
def get(book: Ints, table: int, row: int, column: int) -> int:
    """One number of a table."""
    return int(book[book[table] + row * book[table + 1] + column])


@kernel
def assign(book: Ints, table: int, row: int, column: int, number: int) -> None:
    """Write one number of a table."""
    book[book[table] + row * book[table + 1] + column] = number


@kernel
def increase(book: Ints, table: int, row: int, column: int, number: int) -> None:
    """Add to one number of a table."""
    book[book[table] + row * book[table + 1] + column] += number


@kernel
def row_sum(book: Ints, table: int, row: int) -> int:
    """Sum of a row."""
    start = book[table] + row * book[table + 1]
    total = 0
    for k in range(start, start + book[table + 1]):
        total += book[k]
    return total


@kernel
def column_sum(book: Ints, table: int, count: int, column: int) -> int:
    """Sum of a column over the first `count` rows."""
    total = 0
    for row in range(count):
        total += get(book, table, row, column)
    return total


@kernel
def copy_row(source: Ints, table: int, row: int, target: Ints, other: int, at: int) -> None:  # noqa: PLR0917 - two places
    """Copy a row to row `at` of another book's table of the same width."""
    a = source[table] + row * source[table + 1]
    b = target[other] + at * target[other + 1]
    for k in range(source[table + 1]):
        target[b + k] = source[a + k]


@kernel
def fill_row(book: Ints, table: int, row: int, number: int) -> None:
    """Write the same number all over a row."""
    start = book[table] + row * book[table + 1]
    for k in range(start, start + book[table + 1]):
        book[k] = number
