"""What a plan to begin from refuses is pressed in: each such request is held while the rest gives way.

A change in the problem often makes one request worth granting at which a walk of small moves never arrives,
for several others must leave and be staffed elsewhere first. Held for a while, it stays when the whole plan
is then worth more, else the plan is as before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.search.improve import HOT, LARGEST_RUIN, SLICES, rank_in, steps_of, warmth
from solver.search.state import GRANTS, MODE, TOTALS, UNMET, empty_state
from solver.search.tour import DIALS, HEAT, rebuild, tour_from
from solver.search.tour import MOST as RUIN
from solver.search.walk import walk
from solver.tables.books import pages
from solver.tables.tables import LEVEL, MODE_A, MODE_Z, MODES, MUST, POSSIBLE, REQUESTS, VALUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.search.bounds import Bound
    from solver.search.tour import Tour
    from solver.tables.books import Ints
    from solver.tables.tables import Case

FAVOURED = 4
"""Most requests that are held for long, those to which the prices leave most."""

LONG = 0.08
"""Part of the steps for each of them, in which the plan may change as much as in a search from nothing."""

SHORT = 100_000
"""Steps in which room is made for one of the others, and as many in which the rest is mended."""

MOST = 0.5
"""Most part of the steps for all of them."""

MOST_PRESSED = 200
"""Most requests that are pressed."""

DEAREST = 0.3
"""How much more than its value, as a share of it, a request may cost at the prices and still be pressed."""


def pressed(
    case: Case, state: Ints, bound: Bound, seed: int, *, steps: int, over: Callable[[], bool]
) -> tuple[Ints, int]:
    """The state with refused and cut requests pressed in wherever that makes the plan better.

    Args:
        case: The problem.
        state: A plan that keeps every rule and every lock.
        bound: Its prices.
        seed: Of all random numbers.
        steps: Steps of the search that this is a part of.
        over: Asked between two requests; True ends it.

    Returns:
        The state, and how many steps were used.
    """
    plain = tour_from(case, state.copy(), bound, seed)
    press = _Press(case, plain, bound, seed)
    for place, (request, profit) in enumerate(_wanting(case, state, bound)[:MOST_PRESSED]):
        favoured = place < FAVOURED and profit > 0
        if over() or (not favoured and steps_of(press.tour) > MOST * steps):
            break
        press.hold(request, int(LONG * steps) if favoured else None)
    rebuild(plain, plain.best, empty_state(case))
    return plain.desk.state, steps_of(press.tour)


class _Press:
    """A walk in which one request after another must have more than it has."""

    def __init__(self, case: Case, plain: Tour, bound: Bound, seed: int) -> None:
        self._case = replace(case, world=case.world.copy())
        self._plain = plain
        self._blank = empty_state(case)
        self.tour = tour_from(self._case, plain.best.copy(), bound, seed)
        self.tour.keys[DIALS, RUIN] = LARGEST_RUIN

    def hold(self, request: int, steps: int | None) -> None:
        """Press one request in, from hot to cold for so many steps, or without heat and briefly."""
        modes, requests = self._case.table(MODES), self._case.table(REQUESTS)
        now = int(pages(self._plain.best, GRANTS)[request, MODE])
        own = slice(*(int(x) for x in requests[request, [MODE_A, MODE_Z]]))
        before = modes[own, POSSIBLE].copy()
        if now >= 0:
            modes[own, POSSIBLE] *= modes[own, LEVEL] > modes[now, LEVEL]
        if modes[own, POSSIBLE].any() and requests[request, MUST] == 0:
            requests[request, MUST] = 1
            self._begin(request)
            if steps is None:
                self._briefly()
            else:
                self._anneal(steps)
            requests[request, MUST] = 0
            if rank_in(self.tour) > rank_in(self._plain):
                rebuild(self._plain, self.tour.best, self._blank)
        modes[own, POSSIBLE] = before

    def _begin(self, request: int) -> None:
        """The best plan without the request, which it must not be without."""
        without, blank = self._plain.best.copy(), self._blank.copy()
        pages(without, GRANTS)[request, MODE] = -1
        pages(blank, TOTALS)[UNMET, 0] += 1
        rebuild(self.tour, without, blank)

    def _briefly(self) -> None:
        self.tour.keys[DIALS, HEAT] = 0.0
        walk(self.tour, steps_of(self.tour) + SHORT)
        if rank_in(self.tour)[0] == 0:
            walk(self.tour, steps_of(self.tour) + SHORT)

    def _anneal(self, steps: int) -> None:
        first = steps_of(self.tour)
        for part in range(SLICES):
            self.tour.keys[DIALS, HEAT] = warmth(self.tour, HOT, part / SLICES)
            walk(self.tour, first + steps * (part + 1) // SLICES)


def _wanting(case: Case, state: Ints, bound: Bound) -> list[tuple[int, float]]:
    """Requests that could have more than the state grants and what prices leave them then, the most first."""
    requests, modes = case.table(REQUESTS), case.table(MODES)
    found = []
    for request, now in enumerate(pages(state, GRANTS)[:, MODE].tolist()):
        level = -1 if now < 0 else int(modes[now, LEVEL])
        rows = np.arange(*(int(x) for x in requests[request, [MODE_A, MODE_Z]]))
        rows = rows[(modes[rows, POSSIBLE] > 0) & (modes[rows, LEVEL] > level)]
        rows = rows[bound.profit[rows] > -DEAREST * modes[rows, VALUE]]
        if len(rows):
            found.append((request, float(bound.profit[rows].max())))
    return sorted(found, key=lambda row: (-row[1], row[0]))
