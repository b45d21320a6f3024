"""First plans: quick, deterministic, never worse than granting by value per hour."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.search.bounds import mode_hours
from solver.search.greedy import early_price, grant_in_order
from solver.search.scratch import desk_for
from solver.search.state import ATTAINED, TOTALS, empty_state
from solver.tables.books import Ints, pages
from solver.tables.tables import FLOORS, LEVEL, MODE_A, MODES, MUST, OBLIGED, REQUEST, REQUESTS, TIE, VALUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.search.bounds import Bound
    from solver.search.scratch import Desk
    from solver.tables.tables import Case

    Cancel = Callable[[], bool]

Order = npt.NDArray[np.float64]
"""A key for each mode; the greater, the earlier it is granted."""

MODES_A_LOOK = 64
"""Modes that are tried between two questions whether to stop."""


def never() -> bool:
    """Not to stop."""
    return False


def first_state(case: Case, cancel: Cancel = never, threads: int = 1) -> Ints:
    """The best of plans without prices: by value per hour of the best mode, by value, in filing order.

    Everybody's hours cost the same, a later week a trifle more.
    """
    modes, hours = case.table(MODES), np.maximum(1, mode_hours(case))
    value = modes[:, VALUE].astype(np.float64)
    # Every mode of a request stands where its first one does, which is the most valuable.
    first = case.table(REQUESTS)[modes[:, REQUEST], MODE_A]
    filing = case.table(REQUESTS)[modes[:, REQUEST], TIE].astype(np.float64)

    def made(key: Order) -> Ints:
        return greedy_state(case, key, desk_for(case, empty_state(case), 0, early_price(case)), cancel)

    with ThreadPoolExecutor(threads) as pool:
        tries = list(pool.map(made, (value[first] / hours[first], value, filing)))
    return max(tries, key=lambda state: rank_of(case, state))


def guided_state(case: Case, bound: Bound, cancel: Cancel = never) -> Ints:
    """The better one of two plans at prices: by what requests are left with, by value per price paid."""
    modes = case.table(MODES)
    profit = bound.profit[: len(modes)]
    value = modes[:, VALUE].astype(np.float64)
    paid = np.maximum(1.0, value - profit)
    tries = []
    for key in (value / paid, profit):
        desk = desk_for(case, empty_state(case), 0, bound.price, bound.least)
        tries.append(greedy_state(case, key, desk, cancel))
    return max(tries, key=lambda state: rank_of(case, state))


def greedy_state(case: Case, key: Order, desk: Desk, cancel: Cancel) -> Ints:
    """Modes granted by falling `key`, those that must or should be first; ties by request and value.

    The state of `desk`, which is filled; whenever `cancel` says so, with what is granted by then.
    """
    modes, requests = case.table(MODES), case.table(REQUESTS)[case.table(MODES)[:, REQUEST]]
    promised = (requests[:, OBLIGED] >= 0) & (modes[:, LEVEL] >= requests[:, OBLIGED])
    order = np.lexsort((-key, ~promised, -requests[:, MUST]))
    for first in range(0, len(order), MODES_A_LOOK):
        if cancel():
            break
        grant_in_order(desk, order[first : first + MODES_A_LOOK].astype(np.int64))
    return desk.state


def rank_of(case: Case, state: Ints) -> tuple[int, ...]:
    """How good a state is by stages 1 to 5; the greater the better."""
    unmet, broken, money, hands, ties = (int(x) for x in pages(state, TOTALS)[:, 0])
    due, got = case.table(FLOORS)[:, 0], pages(state, ATTAINED)[:, 0]
    real = due > 0
    share = int((1000 * got[real] // due[real]).min(initial=1000))
    return -unmet, -broken, share, -int(np.maximum(0, due - got)[real].sum()), money, -hands, ties
