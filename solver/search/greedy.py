"""Granting requests one after the other in a given order."""

from __future__ import annotations

import numpy as np

from solver.compiling import kernel
from solver.search.granting import refuse
from solver.search.scratch import Desk
from solver.search.staffing import try_mode
from solver.search.state import GAIN, GRANTS, MODE
from solver.tables.books import Ints, Prices, get
from solver.tables.tables import MODES, MUST, OBLIGED, POSSIBLE, REFUSED, REQUEST, REQUESTS, ROOM_ALL, Case


@kernel
def worth_it(desk: Desk, request: int) -> bool:
    """Whether a granted request brings more than refusing it, or must stay for another reason."""
    if get(desk.world, REQUESTS, request, MUST) > 0 or get(desk.world, REQUESTS, request, OBLIGED) >= 0:
        return True
    return get(desk.state, GRANTS, request, GAIN) > get(desk.world, REQUESTS, request, REFUSED)


@kernel
def grant_in_order(desk: Desk, order: Ints) -> None:
    """Plan each mode of `order` whose request is not yet granted, when it fits and is worth it."""
    for mode in order:
        request = get(desk.world, MODES, mode, REQUEST)
        if get(desk.state, GRANTS, request, MODE) >= 0 or get(desk.world, MODES, mode, POSSIBLE) == 0:
            continue
        if try_mode(desk, mode, 0.0) and not worth_it(desk, request):
            refuse(desk.world, desk.state, request)


def early_price(case: Case) -> Prices:
    """Prices without scarcity: every hour costs the same, a later week a trifle more."""
    people, weeks = case.table(ROOM_ALL).shape
    return np.ones((2, people, weeks)) + np.arange(weeks) * 1e-3
