"""Ruin and recreate with annealing (Schrimpf and others 2000; Christiaens and Vanden Berghe 2020).

Each move takes some requests out, puts them and some refused ones back in a chosen order where prices say
it is cheapest, and keeps the result when it is better, or by chance when it is a little worse. What comes
before money (locks that ask for a grant, obligations, floors) never gets worse. How much worse it may be is
drawn beforehand, so a move is given up as soon as what is left to put back gives no hope of that much.
"""

from __future__ import annotations

from math import log

from solver.compiling import kernel
from solver.search.granting import handovers, refuse
from solver.search.greedy import worth_it
from solver.search.ruin import any_mode, make_room, take_any, take_people, take_related
from solver.search.scratch import T_STEPS, TASK, below, uniform
from solver.search.staffing import try_mode
from solver.search.state import GAIN, GRANTS, MODE, MONEY, TOTALS
from solver.search.tour import (
    ACCEPTED,
    CANDIDATES,
    COUNTS,
    DIALS,
    FREED,
    HEAT,
    HOPE,
    LEAST,
    MARKS,
    MOST,
    MOVE,
    N_CANDIDATES,
    N_FREED,
    N_TOUCHED,
    NOW,
    ORDER,
    PROFIT,
    R_MONEY,
    RANKS,
    THEN,
    TOO_DEAR,
    TOP,
    TOUCHED_AT,
    Tour,
    better,
    compare,
    count,
    crown,
    enlist,
    granted,
    keep,
    rank,
    take_out,
    touch,
    undo,
)
from solver.tables.books import assign, copy_row, get, increase
from solver.tables.tables import (
    FACTS,
    L_REQUEST,
    LEVEL,
    LINES,
    MODE_A,
    MODE_Z,
    MODES,
    MUST,
    OBLIGED,
    P_LINE,
    PAIRS,
    PERSON_AT,
    PERSON_PAIRS,
    POSSIBLE,
    REQUESTS,
    REQUESTS_ALL,
    VALUE,
)

STRAY = 0.1
"""How often a request comes back in some possible way instead of the one prices favour."""

STEPS_OF_A_MOVE = 600
"""Steps of work that a move takes beside the staffing it tries."""

FIRST_OF_ALL = 1e30
"""Key of a candidate that must be put back before all others."""


@kernel
def _best_mode(tour: Tour, request: int, noise: float) -> int:
    """The possible mode that would leave most money at the prices, with chance; -1 when there is none.

    Modes that keep an obligation go before all others.
    """
    world, found, best = tour.desk.world, -1, 0.0
    obliged = get(world, REQUESTS, request, OBLIGED)
    for mode in range(get(world, REQUESTS, request, MODE_A), get(world, REQUESTS, request, MODE_Z)):
        if get(world, MODES, mode, POSSIBLE) == 0:
            continue
        key = tour.keys[PROFIT, mode] + noise * get(world, MODES, mode, VALUE) * (
            uniform(tour.desk.scratch) - 0.5
        )
        if 0 <= obliged <= get(world, MODES, mode, LEVEL):
            key += FIRST_OF_ALL / 2
        if found < 0 or key > best:
            found, best = mode, key
    return found


@kernel
def _too_dear(tour: Tour, request: int, mode: int) -> bool:
    """Whether a mode costs so much more at the prices than it is worth that it need not be tried."""
    world = tour.desk.world
    if get(world, REQUESTS, request, MUST) > 0 or get(world, REQUESTS, request, OBLIGED) >= 0:
        return False
    return bool(tour.keys[PROFIT, mode] < -TOO_DEAR * get(world, MODES, mode, VALUE))


@kernel
def _insert(tour: Tour, request: int, noise: float) -> None:
    """Grant a refused request at the mode prices favour, or else at the most valuable one that fits."""
    world = tour.desk.world
    first = _best_mode(tour, request, noise)
    if first >= 0 and uniform(tour.desk.scratch) < STRAY:
        first = any_mode(tour, request)
    if first < 0 or _too_dear(tour, request, first):
        return
    touch(tour, request)
    done = try_mode(tour.desk, first, noise)
    mode = get(world, REQUESTS, request, MODE_A)
    while not done and mode < get(world, REQUESTS, request, MODE_Z):
        if mode != first and get(world, MODES, mode, POSSIBLE) > 0:
            done = try_mode(tour.desk, mode, noise)
        mode += 1
    if done and not worth_it(tour.desk, request):
        refuse(world, tour.desk.state, request)


@kernel
def _invite(tour: Tour, tries: int) -> None:
    """Make candidates of refused requests that people who became freer could work on.

    A request granted below its best level is taken out and may come back higher.
    """
    world, scratch = tour.desk.world, tour.desk.scratch
    for _ in range(tries if count(tour, N_FREED) > 0 else 0):
        person = get(tour.memo, FREED, below(scratch, count(tour, N_FREED)), 0)
        start, end = get(world, PERSON_AT, person, 0), get(world, PERSON_AT, person + 1, 0)
        pair = get(world, PERSON_PAIRS, start + below(scratch, end - start), 0)
        request = get(world, LINES, get(world, PAIRS, pair, P_LINE), L_REQUEST)
        mode = get(tour.desk.state, GRANTS, request, MODE)
        if mode < 0:
            enlist(tour, request)
        elif mode > get(world, REQUESTS, request, MODE_A) and uniform(scratch) < 0.3:
            take_out(tour, request)


@kernel
def _key(tour: Tour, request: int, style: int) -> float:
    """Where a candidate stands in line: by money left at the prices, by money per price paid, by value."""
    world, scratch = tour.desk.world, tour.desk.scratch
    if get(world, REQUESTS, request, MUST) > 0 or get(world, REQUESTS, request, OBLIGED) >= 0:
        return FIRST_OF_ALL
    mode = _best_mode(tour, request, 0.0)
    if mode < 0:
        return -FIRST_OF_ALL
    value, profit = float(get(world, MODES, mode, VALUE)), float(tour.keys[PROFIT, mode])
    chance = 0.8 + 0.4 * uniform(scratch)
    if style == 0:
        return profit * chance if profit > 0 else profit / chance
    if style == 1:
        return value / max(1.0, value - profit) * chance
    if style == 2:
        return value * chance
    return chance


@kernel
def _line_up(tour: Tour, first: int) -> None:
    """Sort the candidates, best key first; `first` (or -1) goes before all others."""
    draw = uniform(tour.desk.scratch)
    style = 0 if draw < 0.4 else 1 if draw < 0.7 else 2 if draw < 0.9 else 3
    for i in range(count(tour, N_CANDIDATES)):
        request = get(tour.memo, CANDIDATES, i, 0)
        key = FIRST_OF_ALL if request == first else _key(tour, request, style)
        k = i
        while k > 0 and tour.keys[ORDER, k - 1] < key:
            tour.keys[ORDER, k] = tour.keys[ORDER, k - 1]
            assign(tour.memo, CANDIDATES, k, 0, get(tour.memo, CANDIDATES, k - 1, 0))
            k -= 1
        tour.keys[ORDER, k] = key
        assign(tour.memo, CANDIDATES, k, 0, request)


@kernel
def _hope(tour: Tour, request: int) -> float:
    """Money hoped for from a candidate: what it brought before the move, or a part of what it is worth."""
    if get(tour.memo, MARKS, request, TOUCHED_AT) == count(tour, MOVE):
        return float(get(tour.before, GRANTS, request, GAIN))
    return float(tour.keys[HOPE, request])


@kernel
def _draw_the_line(tour: Tour) -> bool:
    """Draw by chance how much money the move must end with at least; whether money alone decides."""
    luck = log(1.0 - uniform(tour.desk.scratch))
    tour.keys[DIALS, LEAST] = get(tour.memo, RANKS, THEN, R_MONEY) + tour.keys[DIALS, HEAT] * luck
    for column in range(R_MONEY):  # noqa: SIM110 - compiled code has no generators
        if get(tour.memo, RANKS, THEN, column) != 0:
            return False
    return True


@kernel
def _change(tour: Tour) -> bool:
    """Take some requests out and put candidates back; False when given up on the way."""
    scratch = tour.desk.scratch
    most = 1 + below(scratch, int(tour.keys[DIALS, MOST]))
    draw, first = uniform(scratch), -1
    if draw < 0.4:
        first = make_room(tour, most)
    elif draw < 0.75:
        take_people(tour, most)
    elif draw < 0.78:
        take_any(tour, 1 + most // 4)
    else:
        take_related(tour, most)
    _invite(tour, 2 + most)
    _line_up(tour, first)
    noise, hope = uniform(scratch), 0.0
    money_decides = _draw_the_line(tour)
    for i in range(count(tour, N_CANDIDATES)):
        hope += _hope(tour, get(tour.memo, CANDIDATES, i, 0))
    for i in range(count(tour, N_CANDIDATES)):
        request = get(tour.memo, CANDIDATES, i, 0)
        if money_decides and get(tour.desk.state, TOTALS, MONEY, 0) + hope < tour.keys[DIALS, LEAST]:
            return False
        hope -= _hope(tour, request)
        if not granted(tour, request):
            _insert(tour, request, noise * noise)
    return True


@kernel
def _accepts(tour: Tour) -> bool:
    """Whether the plan now may replace the one before the move."""
    order = compare(tour, NOW, THEN)
    if order != 0:
        return order > 0
    return bool(get(tour.memo, RANKS, NOW, R_MONEY) >= tour.keys[DIALS, LEAST])


@kernel
def _begin(tour: Tour) -> None:
    """Begin a move."""
    increase(tour.memo, COUNTS, MOVE, 0, 1)
    increase(tour.desk.scratch, TASK, T_STEPS, 0, STEPS_OF_A_MOVE)
    for length in (N_TOUCHED, N_CANDIDATES, N_FREED):
        assign(tour.memo, COUNTS, length, 0, 0)
    copy_row(tour.memo, RANKS, NOW, tour.memo, RANKS, THEN)


@kernel
def _end(tour: Tour, accepted: bool) -> None:
    """End a move: keep it, as the best plan when it is that, or undo it."""
    if not accepted:
        undo(tour)
        copy_row(tour.memo, RANKS, THEN, tour.memo, RANKS, NOW)
        return
    keep(tour)
    increase(tour.memo, COUNTS, ACCEPTED, 0, 1)
    if better(tour, NOW, TOP):
        crown(tour)


@kernel
def walk(tour: Tour, steps: int) -> None:
    """Make moves until so many steps of work are done in all; the best plan met is kept in the tour."""
    while get(tour.desk.scratch, TASK, T_STEPS, 0) < steps:
        _begin(tour)
        whole = _change(tour)
        rank(tour, NOW)
        _end(tour, whole and _accepts(tour))


@kernel
def tidy(tour: Tour) -> None:
    """Staff every request that several people share on a line anew, and keep what is better in any stage."""
    world, state = tour.desk.world, tour.desk.state
    for request in range(get(world, FACTS, REQUESTS_ALL, 0)):
        mode = get(state, GRANTS, request, MODE)
        if mode < 0 or handovers(world, state, request) == 0:
            continue
        _begin(tour)
        take_out(tour, request)
        try_mode(tour.desk, mode, 0.0)
        rank(tour, NOW)
        _end(tour, better(tour, NOW, THEN))
