"""One part's search, wherever it runs: bytes in, bytes out.

Only plain numbers travel, as compressed arrays: nothing in them can run, other versions of Python read them
as well, and a part takes milliseconds to pack where its objects would take a second to read and check.
"""

from __future__ import annotations

import io
import zlib
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.compiling import ready
from solver.problem import Floor, Problem
from solver.search.bounds import Bound, choices_in_order
from solver.search.improve import COLD, HOT, LARGEST_RUIN, SLICE
from solver.search.scratch import T_STEPS, TASK
from solver.search.state import GRANTS, MODE, S_PAIR, SLOT_HOURS, SLOTS, empty_state
from solver.search.tour import COUNTS, DIALS, HEAT, MOST, MOVE, R_MONEY, RANKS, TOP, rebuild, tour_from
from solver.search.walk import walk
from solver.tables.books import pages
from solver.tables.tables import FACTS, FLOORS_ALL, PERSONS, REQUESTS_ALL, Case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

SLICES = 8
"""Settings of the temperature in one part's search."""


def packed(arrays: Mapping[str, npt.NDArray[np.int64] | npt.NDArray[np.float64]]) -> bytes:
    """Arrays as bytes."""
    raw = io.BytesIO()
    # Compiled code takes no other order in memory.
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    np.savez(raw, **plain)  # type: ignore[arg-type]  # - its names are no options
    return zlib.compress(raw.getvalue(), 1)


def unpacked(message: bytes) -> dict[str, npt.NDArray[np.int64]]:
    """Arrays from bytes."""
    with np.load(io.BytesIO(zlib.decompress(message)), allow_pickle=False) as arrays:
        return dict(arrays)


def search(message: bytes, end: Event | None = None) -> bytes:
    """Better the plan of one part.

    Args:
        message: `world`, `modes`, `staff` and `hours` of a piece (`solver.spread.piece`), `price` and
            `profit` (`solver.search.bounds`), `numbers`: seed and most steps; `dials`: first and last
            share of the way from hot to cold, most seconds.
        end: Ends the search when set.

    Returns:
        `modes`, `staff` and `hours` of the best plan found, never a worse one; `numbers`: steps and moves.
    """
    began, task = monotonic(), unpacked(message)
    ready()
    world, price = task["world"], task["price"].astype(np.float64)
    seed, steps = (int(x) for x in task["numbers"])
    first, last, seconds = (float(x) for x in task["dials"])
    facts = pages(world, FACTS)[:, 0]
    floors = tuple(Floor(0, kam="") for _ in range(int(facts[FLOORS_ALL])))
    names = ("",) * int(facts[PERSONS]), ("",) * int(facts[REQUESTS_ALL])
    case = Case(Problem("part", (), floors=floors), world, *names, ())
    said, blank = empty_state(case), empty_state(case)
    pages(said, GRANTS)[:, MODE] = task["modes"]
    pages(said, SLOTS)[:, S_PAIR] = task["staff"]
    pages(said, SLOT_HOURS)[:] = task["hours"]
    least = choices_in_order(case, price)
    guide = Bound(None, price, task["profit"].astype(np.float64), 0, least=least)
    tour = tour_from(case, empty_state(case), guide, seed)
    rebuild(tour, said, blank)
    tour.keys[DIALS, MOST] = LARGEST_RUIN
    made, share = pages(tour.desk.scratch, TASK)[T_STEPS], 0.0
    while share < 1.0 and not (end and end.is_set()):
        granted = int(np.count_nonzero(pages(tour.desk.state, GRANTS)[:, MODE] >= 0))
        mean = abs(int(pages(tour.memo, RANKS)[TOP, R_MONEY])) / max(1, granted)
        tour.keys[DIALS, HEAT] = mean * HOT * (COLD / HOT) ** (first + (last - first) * share)
        walk(tour, min(steps, int(made[0]) + min(SLICE, 1 + steps // SLICES)))
        share = max(int(made[0]) / steps, (monotonic() - began) / seconds)
    best = tour.best
    moves = int(pages(tour.memo, COUNTS)[MOVE, 0])
    return packed(
        {
            "modes": pages(best, GRANTS)[:, MODE],
            "staff": pages(best, SLOTS)[:, S_PAIR],
            "hours": pages(best, SLOT_HOURS),
            "numbers": np.array([int(made[0]), moves], np.int64),
        }
    )
