"""Whether one request can be staffed alone: an exact model of a single mode on an empty calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

from solver.search.auction import offered, own_hours, smallest
from solver.search.state import fixed_hours
from solver.search.teams import term
from solver.tables.tables import (
    AFTER,
    AFTER_A,
    AFTER_Z,
    CHOICES,
    FIRST,
    KIND,
    LAST,
    LEVEL,
    LINES,
    MODES,
    N_LINE,
    NEED_A,
    NEED_Z,
    NEEDS,
    PAIRS,
    PERSON,
    PIN,
    ROOM_ALL,
    ROOM_USUAL,
    TEAM,
    WEEK_MAX,
    WEEK_MIN,
)

if TYPE_CHECKING:
    from solver.tables.tables import Case

WORK = 0.2
"""CP-SAT's deterministic units for one mode; one that takes longer stays open."""


class _Alone:
    """The model of one mode: who works on its lines in which week, and how much."""

    def __init__(self, case: Case, mode: int) -> None:
        self.case, self.world = case, case.world
        self.cp: Any = cp_model.CpModel()
        row = case.table(MODES)[mode]
        self.level = int(row[LEVEL])
        self.needs = range(int(row[NEED_A]), int(row[NEED_Z]))
        self.hours: dict[tuple[int, int, int], Any] = {}
        self.works: dict[tuple[int, int, int], Any] = {}
        for need in self.needs:
            self._need(need)
        for need in self.needs:
            self._waits(need)
        self._capacity()

    def _need(self, need: int) -> None:
        _, asked, first, last, *_, start, end = (int(x) for x in self.case.table(NEEDS)[need])
        line = self.case.table(LINES)[int(self.case.table(NEEDS)[need, N_LINE])]
        pairs = [int(p) for p in self.case.table(CHOICES)[start:end, 0]]
        on = {pair: self.cp.new_bool_var("") for pair in pairs}
        for pair in pairs:
            own = own_hours(self.world, need, self.level, pair)
            least = smallest(self.world, pair, own)
            for week in range(first, last + 1):
                self._cell(need, pair, week, least, on[pair])
            work = sum(self.hours[need, pair, w] for w in range(first, last + 1))
            most = own if line[TEAM] == 1 else asked
            self.cp.add(work == most * on[pair]) if line[TEAM] == 1 else self.cp.add(work <= most * on[pair])
            self.cp.add(work >= least * on[pair])
            if term(self.world, pair, PIN, 0) > 0:
                self.cp.add(on[pair] == 1)
        self.cp.add(sum(on.values()) <= int(line[TEAM]))
        if line[TEAM] == 1:
            self.cp.add(sum(on.values()) == 1)
        else:
            self.cp.add(sum(h for (n, _, _), h in self.hours.items() if n == need) == asked)
        for week in range(first, last + 1):
            together = sum(self.hours[need, pair, week] for pair in pairs)
            self.cp.add(together >= int(line[WEEK_MIN]))
            self.cp.add(together <= min(int(line[WEEK_MAX]), 2**30))

    def _cell(self, need: int, pair: int, week: int, least: int, on: Any) -> None:
        fixed = fixed_hours(self.world, pair, week)
        most = fixed if fixed >= 0 else offered(self.world, need, pair, week, least)
        hours, works = self.cp.new_int_var(max(0, fixed), max(0, most), ""), self.cp.new_bool_var("")
        self.cp.add(hours <= most * works)
        self.cp.add(hours >= least * works)
        self.cp.add_implication(works, on)
        self.hours[need, pair, week], self.works[need, pair, week] = hours, works

    def _waits(self, need: int) -> None:
        """No work in a week before a week in which a need that comes first is worked."""
        table = self.case.table(NEEDS)
        for i in range(int(table[need, AFTER_A]), int(table[need, AFTER_Z])):
            before = int(self.case.table(AFTER)[i, 0])
            for week in range(int(table[need, FIRST]), int(table[need, LAST])):
                begun = self.cp.new_bool_var("")
                for (n, _, w), works in self.works.items():
                    if n == need and w == week:
                        self.cp.add_implication(works, begun)
                    elif n == before and w > week:
                        self.cp.add_implication(begun, ~works)

    def _capacity(self) -> None:
        """What one person gives several lines in a week; frozen hours were taken off already."""
        lines, pairs = self.case.table(LINES), self.case.table(PAIRS)
        used: dict[tuple[int, int, int], list[Any]] = {}
        for (need, pair, week), hours in self.hours.items():
            kind, person = (
                int(lines[int(self.case.table(NEEDS)[need, N_LINE]), KIND]),
                int(pairs[pair, PERSON]),
            )
            beyond = hours - max(0, fixed_hours(self.world, pair, week))
            used.setdefault((1, person, week), []).append(beyond)
            if kind == 0:
                used.setdefault((0, person, week), []).append(beyond)
        for (kind, person, week), parts in used.items():
            room = self.case.table(ROOM_ALL if kind == 1 else ROOM_USUAL)[person, week]
            self.cp.add(sum(parts) <= int(room))


def impossible(case: Case, mode: int) -> tuple[bool, float]:
    """Whether it is proven that the mode cannot be staffed even when nobody else is planned.

    False also when the work allowed was too little to tell. The second is the work it took, in units.
    """
    model = _Alone(case, mode)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = WORK
    # Ctrl-C stays the caller's (`solver.exact.run`).
    solver.parameters.catch_sigint_signal = False
    denied = solver.solve(model.cp) == cp_model.INFEASIBLE
    return bool(denied), float(solver.response_proto.deterministic_time)
