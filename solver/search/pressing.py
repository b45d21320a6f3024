"""What a plan to begin from refuses though prices favour it is held while the rest gives way.

A change in the problem may make a large request worth granting at which a walk of small moves never arrives,
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
from solver.tables.tables import LEVEL, MODE_A, MODE_Z, MODES, MUST, POSSIBLE, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.search.bounds import Bound
    from solver.search.tour import Tour
    from solver.tables.books import Ints
    from solver.tables.tables import Case

MOST = 4
"""Most requests that are pressed in, those to which the prices leave most."""

LONG = 0.08
"""Part of the steps for each, in which the plan may change as much as in a search from nothing."""


def pressed(
    case: Case, state: Ints, bound: Bound, seed: int, *, steps: int, over: Callable[[], bool]
) -> tuple[Ints, int]:
    """The state with refused and cut requests pressed in where prices favour it and the plan gets better.

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
    for request in _favoured(case, state, bound)[:MOST]:
        if over():
            break
        press.hold(request, int(LONG * steps))
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

    def hold(self, request: int, steps: int) -> None:
        """Press one request in, from hot to cold for so many steps."""
        modes, requests = self._case.table(MODES), self._case.table(REQUESTS)
        now = int(pages(self._plain.best, GRANTS)[request, MODE])
        own = slice(*(int(x) for x in requests[request, [MODE_A, MODE_Z]]))
        before = modes[own, POSSIBLE].copy()
        if now >= 0:
            modes[own, POSSIBLE] *= modes[own, LEVEL] > modes[now, LEVEL]
        if modes[own, POSSIBLE].any() and requests[request, MUST] == 0:
            requests[request, MUST] = 1
            self._begin(request)
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

    def _anneal(self, steps: int) -> None:
        first = steps_of(self.tour)
        for part in range(SLICES):
            self.tour.keys[DIALS, HEAT] = warmth(self.tour, HOT, part / SLICES)
            walk(self.tour, first + steps * (part + 1) // SLICES)


def _favoured(case: Case, state: Ints, bound: Bound) -> list[int]:
    """Requests to which prices leave money for more than the state grants, the most money first."""
    requests, modes = case.table(REQUESTS), case.table(MODES)
    found = []
    for request, now in enumerate(pages(state, GRANTS)[:, MODE].tolist()):
        level = -1 if now < 0 else int(modes[now, LEVEL])
        rows = np.arange(*(int(x) for x in requests[request, [MODE_A, MODE_Z]]))
        rows = rows[(modes[rows, POSSIBLE] > 0) & (modes[rows, LEVEL] > level)]
        profit = float(bound.profit[rows].max(initial=0.0))
        if profit > 0:
            found.append((-profit, request))
    return [request for _, request in sorted(found)]
