"""Laying the hours of the line in hand into the cheapest weeks of one person."""

from __future__ import annotations

import numpy as np

from solver.compiling import kernel
from solver.search.scratch import (
    BY_PIECE,
    CELL,
    PIECES,
    SIZE,
    T_FIRST,
    T_LAST,
    T_NEED,
    T_RUSH,
    T_STEPS,
    TASK,
    TRIED_HOURS,
    Desk,
)
from solver.search.state import BUSY, FREE_ALL, FREE_USUAL, LEFT, weeks_of, works_here
from solver.tables.books import Ints, fill_row, get, increase
from solver.tables.tables import (
    BIG,
    CAPS,
    CHUNK,
    DEPARTMENT,
    HOURS,
    KIND,
    L_REQUEST,
    LINES,
    N_LINE,
    NEEDS,
    PAIRS,
    PARALLEL,
    PEOPLE,
    PERSON,
    WEEK_MAX,
)

NEVER = np.inf
"""Cost of what cannot be done."""


@kernel
def task(desk: Desk, row: int) -> int:
    """One number about the line in hand."""
    return get(desk.scratch, TASK, row, 0)


@kernel
def line_in_hand(desk: Desk) -> int:
    """The line being staffed."""
    return get(desk.world, NEEDS, task(desk, T_NEED), N_LINE)


@kernel
def hours_in_hand(desk: Desk) -> int:
    """Hours the line takes at the level in hand."""
    return get(desk.world, NEEDS, task(desk, T_NEED), HOURS)


@kernel
def price_of(desk: Desk, line: int, person: int, week: int) -> float:
    """Money per quarter-hour of `person` in `week` on `line`."""
    kind = get(desk.world, LINES, line, KIND)
    if task(desk, T_RUSH) > 0:
        return float(desk.rushed[kind, person, week])
    return float(desk.price[kind, person, week])


@kernel
def add_piece(desk: Desk, count: int, cell: int, cost: float, size: int) -> None:
    """Insert a piece among the first `count`, behind all that are not dearer."""
    k, scratch, costs = count, desk.scratch, desk.costs
    at = scratch[PIECES] + 2 * k
    while k > 0 and costs[BY_PIECE, k - 1] > cost:
        costs[BY_PIECE, k] = costs[BY_PIECE, k - 1]
        scratch[at + CELL] = scratch[at - 2 + CELL]
        scratch[at + SIZE] = scratch[at - 2 + SIZE]
        k -= 1
        at -= 2
    costs[BY_PIECE, k] = cost
    scratch[at + CELL] = cell
    scratch[at + SIZE] = size


@kernel
def cheapest_weeks(desk: Desk, pair: int) -> tuple[int, int]:
    """Sort the open weeks of one person into pieces; returns their number and their hours in all.

    It says the same as `spare`, but with places in the books reckoned once: the search spends its time here.
    """
    world, state, line = desk.world, desk.state, line_in_hand(desk)
    person, weeks = get(world, PAIRS, pair, PERSON), weeks_of(world)
    request, kind = get(world, LINES, line, L_REQUEST), get(world, LINES, line, KIND)
    least = max(1, min(get(world, PEOPLE, person, CHUNK), hours_in_hand(desk)))
    most, parallel = get(world, LINES, line, WEEK_MAX), get(world, PEOPLE, person, PARALLEL)
    free, busy = state[FREE_ALL] + person * weeks, state[BUSY] + person * weeks
    usual = state[FREE_USUAL if kind == 0 else FREE_ALL] + person * weeks
    left = state[LEFT] + get(world, PEOPLE, person, DEPARTMENT) * (weeks + 1)
    price = desk.rushed if task(desk, T_RUSH) > 0 else desk.price
    count, total = 0, 0
    increase(desk.scratch, TASK, T_STEPS, 0, task(desk, T_LAST) - task(desk, T_FIRST) + 4)
    for week in range(task(desk, T_FIRST), task(desk, T_LAST) + 1):
        hours = min(most, state[usual + week], state[free + week])
        if hours >= least:
            hours = min(hours, state[left + week])
            full = state[busy + week] >= parallel
            if hours >= least and not (full and not works_here(world, state, request, person, week)):
                add_piece(desk, count, week, price[kind, person, week], hours)
                count += 1
                total += hours
    return count, total


@kernel
def _within_cap(desk: Desk, person: int, hours: int) -> bool:
    """Whether the person's department may still do so many hours over the plan."""
    department, weeks = get(desk.world, PEOPLE, person, DEPARTMENT), weeks_of(desk.world)
    if get(desk.world, CAPS, department, weeks) >= BIG // 2:
        return True
    return get(desk.state, LEFT, department, weeks) >= hours


@kernel
def _lay(scratch: Ints, k: int, hours: int) -> None:
    """Add hours in the week of piece `k`."""
    increase(scratch, TRIED_HOURS, 0, get(scratch, PIECES, k, CELL), hours)


@kernel
def _laid(scratch: Ints, k: int) -> int:
    """Hours so far in the week of piece `k`."""
    return get(scratch, TRIED_HOURS, 0, get(scratch, PIECES, k, CELL))


@kernel
def _round_up(desk: Desk, k: int, rest: int, least: int) -> tuple[int, float]:
    """Make the last week, piece `k`, a useful amount by moving hours there from the pieces before it.

    Returns the hours of the last week, 0 when there is no way, and the change of cost before it.
    """
    scratch, movable, lack = desk.scratch, 0, least - rest
    for j in range(k):
        movable += _laid(scratch, j) - least
    if movable < lack:
        # Without the dearest week so far the last one may be large enough.
        hours = rest + _laid(scratch, k - 1) if k > 0 else 0
        if hours < least or hours > get(scratch, PIECES, k, SIZE):
            return 0, 0.0
        _lay(scratch, k - 1, rest - hours)
        return hours, (rest - hours) * desk.costs[BY_PIECE, k - 1]
    change = 0.0
    for j in range(k - 1, -1, -1):
        given = min(lack, _laid(scratch, j) - least)
        _lay(scratch, j, -given)
        change -= given * desk.costs[BY_PIECE, j]
        lack -= given
    return least, change


@kernel
def fill_one(desk: Desk, pair: int, limit: float) -> float:
    """Cost of the whole line by one person without special terms; its hours go to member 0.

    NEVER when it does not fit, or surely costs `limit` or more.
    """
    count, total = cheapest_weeks(desk, pair)
    rest, person = hours_in_hand(desk), get(desk.world, PAIRS, pair, PERSON)
    if total < rest or desk.costs[BY_PIECE, 0] * rest >= limit or not _within_cap(desk, person, rest):
        return NEVER
    least = min(get(desk.world, PEOPLE, person, CHUNK), rest)
    fill_row(desk.scratch, TRIED_HOURS, 0, 0)
    cost = 0.0
    for k in range(count):
        hours = min(rest, get(desk.scratch, PIECES, k, SIZE))
        if hours < least:
            hours, change = _round_up(desk, k, rest, least)
            if hours == 0:
                return NEVER
            cost += change
            rest = hours
        _lay(desk.scratch, k, hours)
        cost += hours * desk.costs[BY_PIECE, k]
        rest -= hours
        if rest == 0:
            break
    return cost if rest == 0 else NEVER
