"""What a walk through plans carries with it: the plan before the move, the best plan, and its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.compiling import kernel, machine_tuple
from solver.search.granting import adopt, refuse
from solver.search.scratch import Desk, desk_for
from solver.search.state import (
    ATTAINED,
    BROKEN,
    GRANTS,
    HANDS,
    MODE,
    MONEY,
    S_PAIR,
    SLOT_HOURS,
    SLOTS,
    TIES,
    TOTALS,
    UNMET,
    end_slot,
    first_slot,
)
from solver.tables.books import Costs, Ints, assign, bind, copy_row, get, increase, names
from solver.tables.tables import (
    FACTS,
    FLOORS,
    FLOORS_ALL,
    MODES,
    MUST,
    OBLIGED,
    PAIRS,
    PERSON,
    POSSIBLE,
    REQUEST,
    REQUESTS,
    REQUESTS_ALL,
    VALUE,
)

if TYPE_CHECKING:
    from solver.search.bounds import Bound
    from solver.tables.tables import Case

# fmt: off
(
    # By request: the move in which it was last touched, last became a candidate, and whether the best plan
    # still has it otherwise.
    MARKS,
    # Lists: requests touched in this move; candidates; requests in which the best plan differs; people who
    # became freer.
    TOUCHED, CANDIDATES, CHANGED, FREED,
    # Single numbers, see below; ranks, see below.
    COUNTS, RANKS,
) = names(7)

# Columns of MARKS.
TOUCHED_AT, CANDIDATE_AT, DIFFERS = range(3)
# Rows of COUNTS: lengths of the lists; number of this move; moves accepted, moves that gave a new best plan.
N_TOUCHED, N_CANDIDATES, N_CHANGED, N_FREED, MOVE, ACCEPTED, BESTS = range(7)
# Rows of RANKS: the plan now, before the move, the best; columns: smaller is better but for money and ties.
NOW, THEN, TOP = range(3)
R_UNMET, R_BROKEN, R_SHARE, R_SHORT, R_MONEY, R_HANDS, R_TIES = range(7)
# Rows of the keys: order of the candidates; money each mode leaves at the prices; money hoped for from each
# refused request; dials, see below.
ORDER, PROFIT, HOPE, DIALS = range(4)
# Columns of the dials: temperature in money; most requests taken out in a move; money below which the move in
# hand is not accepted.
HEAT, MOST, LEAST = range(3)
# fmt: on

FREED_MOST = 64
"""People remembered as freer in one move."""

TOO_DEAR = 0.3
"""How much more than its value, as a share of it, a request may cost at the prices and still be tried."""

HOPE_FOR = 0.2
"""Part of its value that a refused request is hoped to bring while a move is carried out."""


class Tour(NamedTuple):
    """A walk through plans.

    Attributes:
        desk: The plan now and everything to change it.
        before: The plan before the move, right only for the requests touched.
        best: The best plan.
        memo: Lists and counts.
        keys: Orders, profits and dials.
    """

    desk: Desk
    before: Ints
    best: Ints
    memo: Ints
    keys: Costs


machine_tuple(Tour)


def tour_from(case: Case, state: Ints, bound: Bound, seed: int) -> Tour:
    """A walk that begins at `state`, guided by the prices of `bound`."""
    requests, modes = len(case.requests), len(case.table(MODES))
    memo = bind(
        [
            np.zeros((requests, 3), np.int64),
            np.zeros(requests, np.int64),
            np.zeros(requests, np.int64),
            np.zeros(requests, np.int64),
            np.zeros(FREED_MOST, np.int64),
            np.zeros(7, np.int64),
            np.zeros((3, 7), np.int64),
        ]
    )
    keys = np.zeros((4, max(3, requests, modes)))
    # What is impossible stays so; a walk must never compare with minus infinity.
    keys[PROFIT, :modes] = np.maximum(bound.profit[:modes], -1e18)
    keys[HOPE, :requests] = _hopes(case, keys[PROFIT, :modes])
    tour = Tour(desk_for(case, state, seed, bound.price, bound.least), state.copy(), state.copy(), memo, keys)
    rank(tour, NOW)
    rank(tour, TOP)
    return tour


def _hopes(case: Case, profit: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Money hoped for from each request while refused; none where no way is cheap enough to be tried."""
    modes, requests = case.table(MODES), case.table(REQUESTS)
    most, tried = np.zeros(len(requests)), np.zeros(len(requests), bool)
    possible = modes[:, POSSIBLE] > 0
    np.maximum.at(most, modes[possible, REQUEST], modes[possible, VALUE])
    tried[modes[possible & (profit >= -TOO_DEAR * modes[:, VALUE]), REQUEST]] = True
    asked = (requests[:, MUST] > 0) | (requests[:, OBLIGED] >= 0)
    hopes: npt.NDArray[np.float64] = np.where(tried | asked, HOPE_FOR * most, 0.0)
    return hopes


@kernel
def rank(tour: Tour, row: int) -> None:
    """Write how good the plan now is into a row of RANKS."""
    world, state, memo = tour.desk.world, tour.desk.state, tour.memo
    share, short = 1000, 0
    for floor in range(get(world, FACTS, FLOORS_ALL, 0)):
        due, got = get(world, FLOORS, floor, 0), get(state, ATTAINED, floor, 0)
        if due > 0:
            share = min(share, 1000 * got // due)
            short += max(0, due - got)
    assign(memo, RANKS, row, R_UNMET, get(state, TOTALS, UNMET, 0))
    assign(memo, RANKS, row, R_BROKEN, get(state, TOTALS, BROKEN, 0))
    assign(memo, RANKS, row, R_SHARE, 1000 - share)
    assign(memo, RANKS, row, R_SHORT, short)
    assign(memo, RANKS, row, R_MONEY, get(state, TOTALS, MONEY, 0))
    assign(memo, RANKS, row, R_HANDS, get(state, TOTALS, HANDS, 0))
    assign(memo, RANKS, row, R_TIES, get(state, TOTALS, TIES, 0))


@kernel
def compare(tour: Tour, one: int, other: int) -> int:
    """-1 when rank `one` is worse than `other` in what comes before money, 1 when better, 0 when equal."""
    for column in range(R_MONEY):
        a, b = get(tour.memo, RANKS, one, column), get(tour.memo, RANKS, other, column)
        if a != b:
            return 1 if a < b else -1
    return 0


@kernel
def better(tour: Tour, one: int, other: int) -> bool:
    """Whether rank `one` is better than `other` in all stages, one after the other."""
    order = compare(tour, one, other)
    if order != 0:
        return order > 0
    for column in range(R_MONEY, R_TIES + 1):
        a, b = get(tour.memo, RANKS, one, column), get(tour.memo, RANKS, other, column)
        if a != b:
            return (a < b) == (column == R_HANDS)
    return False


@kernel
def count(tour: Tour, row: int) -> int:
    """One of the counts."""
    return get(tour.memo, COUNTS, row, 0)


@kernel
def push(tour: Tour, table: int, length: int, entry: int) -> None:
    """Add an entry to a list whose length is in row `length` of COUNTS."""
    assign(tour.memo, table, get(tour.memo, COUNTS, length, 0), 0, entry)
    increase(tour.memo, COUNTS, length, 0, 1)


@kernel
def _note(world: Ints, state: Ints, request: int, other: Ints) -> None:
    """Write into the state `other` how `request` stands; its totals and hours left are not kept there."""
    copy_row(state, GRANTS, request, other, GRANTS, request)
    for slot in range(first_slot(world, request), end_slot(world, request)):
        assign(other, SLOTS, slot, S_PAIR, get(state, SLOTS, slot, S_PAIR))
        copy_row(state, SLOT_HOURS, slot, other, SLOT_HOURS, slot)


@kernel
def touch(tour: Tour, request: int) -> None:
    """Remember how a request stands before it is changed in this move."""
    if get(tour.memo, MARKS, request, TOUCHED_AT) != count(tour, MOVE):
        assign(tour.memo, MARKS, request, TOUCHED_AT, count(tour, MOVE))
        push(tour, TOUCHED, N_TOUCHED, request)
        _note(tour.desk.world, tour.desk.state, request, tour.before)


@kernel
def enlist(tour: Tour, request: int) -> bool:
    """Make a request a candidate; False when it is one already."""
    if get(tour.memo, MARKS, request, CANDIDATE_AT) == count(tour, MOVE):
        return False
    assign(tour.memo, MARKS, request, CANDIDATE_AT, count(tour, MOVE))
    push(tour, CANDIDATES, N_CANDIDATES, request)
    return True


@kernel
def take_out(tour: Tour, request: int) -> None:
    """Refuse a granted request, make it a candidate and remember whose hours that frees."""
    world, state = tour.desk.world, tour.desk.state
    touch(tour, request)
    for slot in range(first_slot(world, request), end_slot(world, request)):
        pair = get(state, SLOTS, slot, S_PAIR)
        if pair >= 0 and count(tour, N_FREED) < FREED_MOST:
            push(tour, FREED, N_FREED, get(world, PAIRS, pair, PERSON))
    refuse(world, state, request)
    enlist(tour, request)


@kernel
def undo(tour: Tour) -> None:
    """Go back to the plan before the move."""
    world, state = tour.desk.world, tour.desk.state
    for i in range(count(tour, N_TOUCHED)):
        refuse(world, state, get(tour.memo, TOUCHED, i, 0))
    for i in range(count(tour, N_TOUCHED)):
        adopt(world, state, get(tour.memo, TOUCHED, i, 0), tour.before)


@kernel
def keep(tour: Tour) -> None:
    """Accept the move: what was touched may now differ from the best plan."""
    for i in range(count(tour, N_TOUCHED)):
        request = get(tour.memo, TOUCHED, i, 0)
        if get(tour.memo, MARKS, request, DIFFERS) == 0:
            assign(tour.memo, MARKS, request, DIFFERS, 1)
            push(tour, CHANGED, N_CHANGED, request)


@kernel
def crown(tour: Tour) -> None:
    """Make the plan now the best plan; only what differs is copied."""
    for i in range(count(tour, N_CHANGED)):
        request = get(tour.memo, CHANGED, i, 0)
        assign(tour.memo, MARKS, request, DIFFERS, 0)
        _note(tour.desk.world, tour.desk.state, request, tour.best)
    assign(tour.memo, COUNTS, N_CHANGED, 0, 0)
    copy_row(tour.memo, RANKS, NOW, tour.memo, RANKS, TOP)
    increase(tour.memo, COUNTS, BESTS, 0, 1)


@kernel
def rebuild(tour: Tour, other: Ints, blank: Ints) -> None:
    """Make the plan of `other` both the plan now and the best plan; `blank` is a state with nothing in it."""
    world, state = tour.desk.world, tour.desk.state
    for k in range(len(blank)):
        state[k] = blank[k]
    for request in range(get(world, FACTS, REQUESTS_ALL, 0)):
        adopt(world, state, request, other)
        _note(world, state, request, tour.best)
        assign(tour.memo, MARKS, request, DIFFERS, 0)
    assign(tour.memo, COUNTS, N_CHANGED, 0, 0)
    rank(tour, NOW)
    rank(tour, TOP)


@kernel
def granted(tour: Tour, request: int) -> bool:
    """Whether the plan now grants the request."""
    return get(tour.desk.state, GRANTS, request, MODE) >= 0
