"""The ways to grant a request: option x level x last week, with the lines each one needs."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np

from solver.tables.books import Ints
from solver.tables.tables import MODE_COLUMNS, NEED_COLUMNS, table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from solver.problem import Level, Line, Request


class Modes:
    """Rows of the tables of modes and needs, added request by request."""

    def __init__(
        self, rows: Sequence[Line], line_of: Mapping[str, int], pair_at: Sequence[int], weeks: int
    ) -> None:
        """Take the lines in canonical order and where the pairs of each begin (one more entry than lines)."""
        self._rows, self._line_of, self._pair_at, self._weeks = rows, line_of, pair_at, weeks
        self._modes: list[list[int]] = []
        self._needs: list[list[int]] = []
        self._after: list[int] = []
        self._choices: list[Ints] = []
        self._count = 0

    def add(
        self, index: int, request: Request, levels: tuple[int, int], frozen: Collection[str]
    ) -> tuple[int, int]:
        """Add the modes of a request between two levels; returns the span of its rows.

        A mode that does not work on the lines `frozen` is impossible.
        """
        first = len(self._modes)
        found = [
            (value + request.bonus(option), option, level, deadline)
            for option in range(len(request.options))
            for level in range(max(0, levels[0]), min(levels[1], len(request.levels) - 1) + 1)
            for deadline, value in endings(request.levels[level], self._weeks)
        ]
        for value, option, level, deadline in sorted(found, key=lambda m: (-m[0], *m[1:])):
            span = self._add_needs(request.options[option], level, deadline)
            worked = {name for name in request.options[option] if self._hours(name, level) > 0}
            possible = int(worked.issuperset(frozen))
            self._modes.append([index, option, level, deadline, value, *span, possible])
        return first, len(self._modes)

    def _add_needs(self, option: Sequence[str], level: int, deadline: int) -> tuple[int, int]:
        first = len(self._needs)
        staffed = {name for name in option if self._hours(name, level) > 0}
        position: dict[str, int] = {}
        for name in in_order({n: set(self._rows[self._line_of[n]].after) & staffed for n in sorted(staffed)}):
            at = self._line_of[name]
            line = self._rows[at]
            before = [position[n] for n in sorted(staffed & set(line.after))]
            position[name] = len(self._needs)
            pairs = np.arange(self._pair_at[at], self._pair_at[at + 1], dtype=np.int64)
            span = [self._count, self._count + len(pairs)]
            window = [line.first_week, min(line.last_week, deadline)]
            waits = [len(self._after), len(self._after) + len(before)]
            self._needs.append([at, line.hours[level], *window, *waits, 0, *span])
            for need in before:
                self._needs[need][6] = 1
            self._after.extend(before)
            self._choices.append(pairs)
            self._count += len(pairs)
        return first, len(self._needs)

    def _hours(self, line: str, level: int) -> int:
        return self._rows[self._line_of[line]].hours[level]

    def tables(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Modes, needs, the list of predecessors and the list of choices."""
        choices = np.concatenate([*self._choices, np.zeros(0, np.int64)])
        return (
            table(self._modes, MODE_COLUMNS),
            table(self._needs, NEED_COLUMNS),
            np.array(self._after, np.int64),
            choices,
        )


def endings(level: Level, weeks: int) -> list[tuple[int, int]]:
    """Pairs (last week, money): what the level is worth when its work ends at most that week.

    Of entries with the same money only the latest stays.
    """
    if not level.value_by_end:
        return [(weeks - 1, level.value)]
    last_of = {value: week for week, value in level.value_by_end}
    return [(min(week, weeks - 1), value) for value, week in last_of.items()]


def in_order(before: Mapping[str, set[str]]) -> list[str]:
    """The keys so that each stands behind all it waits for; ties by id."""
    sorter = TopologicalSorter(before)
    sorter.prepare()
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found.extend(ready)
        sorter.done(*ready)
    return found
