"""Trying each mode on an empty calendar."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.granting import refuse
from solver.search.scratch import Desk
from solver.search.staffing import try_mode
from solver.tables.books import Ints, get
from solver.tables.tables import MODES, POSSIBLE, REQUEST


@kernel
def fits_alone(desk: Desk, doubtful: Ints, tries: int, first: int, end: int) -> None:
    """Write 1 for each possible mode of a span that was not staffed in so many tries on the empty state."""
    for mode in range(first, end):
        if get(desk.world, MODES, mode, POSSIBLE) == 0:
            continue
        doubtful[mode] = 1
        for k in range(tries):
            if try_mode(desk, mode, 0.0 if k == 0 else 1.0):
                refuse(desk.world, desk.state, get(desk.world, MODES, mode, REQUEST))
                doubtful[mode] = 0
                break
