"""First plans: quick, deterministic, never worse than granting by value per hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.books import Ints, Prices, pages
from solver.bounds import mode_hours
from solver.search.greedy import early_price, grant_in_order
from solver.search.scratch import desk_for
from solver.search.state import ATTAINED, TOTALS, empty_state
from solver.tables import FLOORS, LEVEL, MODES, MUST, OBLIGED, REQUEST, REQUESTS, VALUE

if TYPE_CHECKING:
    from solver.bounds import Bound
    from solver.tables import Case

Order = npt.NDArray[np.float64]
"""A key for each mode; the greater, the earlier it is granted."""


def first_state(case: Case, bound: Bound | None = None) -> Ints:
    """The best of a few greedy plans: by value per hour, by value, and by prices when known."""
    plain = early_price(case)
    modes = case.table(MODES)
    value = modes[:, VALUE].astype(np.float64)
    hours = np.maximum(1, mode_hours(case))
    tries = [(value / hours, plain), (value, plain)]
    if bound is not None and len(bound.profit):
        paid = np.maximum(1.0, value - bound.profit[: len(modes)])
        tries += [(bound.profit[: len(modes)], bound.price), (value / paid, bound.price)]
    return max((greedy_state(case, key, price) for key, price in tries), key=lambda s: rank_of(case, s))


def greedy_state(case: Case, key: Order, price: Prices) -> Ints:
    """Modes granted by falling `key`, those that must or should be first; ties by request and value."""
    modes, requests = case.table(MODES), case.table(REQUESTS)[case.table(MODES)[:, REQUEST]]
    promised = (requests[:, OBLIGED] >= 0) & (modes[:, LEVEL] >= requests[:, OBLIGED])
    order = np.lexsort((-key, ~promised, -requests[:, MUST]))
    state = empty_state(case)
    grant_in_order(desk_for(case, state, 0, price), order.astype(np.int64))
    return state


def rank_of(case: Case, state: Ints) -> tuple[int, ...]:
    """How good a state is by stages 1 to 3; the greater the better."""
    unmet, broken, money = (int(x) for x in pages(state, TOTALS)[:, 0])
    due, got = case.table(FLOORS)[:, 0], pages(state, ATTAINED)[:, 0]
    real = due > 0
    share = int((1000 * got[real] // due[real]).min(initial=1000))
    return -unmet, -broken, share, -int(np.maximum(0, due - got)[real].sum()), money
