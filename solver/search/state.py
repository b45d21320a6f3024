"""A plan in the making: who works where and what is left of everyone, changed slot by slot and undone.

A *slot* is one place in the team of a line. The state is a book (`solver.tables.books`) of the tables below.
"""

from __future__ import annotations

import numpy as np

from solver.compiling import kernel
from solver.tables.books import Ints, assign, bind, fill_row, get, increase, names
from solver.tables.tables import (
    ACCOUNT,
    BIG,
    BUSY_AT_FIRST,
    CAPS,
    DEPARTMENT,
    FACTS,
    FIX,
    FIXED,
    FROZEN,
    FROZEN_R,
    KIND,
    L_REQUEST,
    LINE_A,
    LINE_Z,
    LINES,
    MUST,
    OBLIGED,
    OWNER_AT_FIRST,
    P_LINE,
    PAIR_A,
    PAIR_Z,
    PAIRS,
    PARALLEL,
    PEOPLE,
    PERSON,
    REFUSED,
    REQUESTS,
    ROOM_ALL,
    ROOM_USUAL,
    SLOT,
    SPECIAL,
    SPECIALS,
    TEAM,
    WALL_A,
    WALL_Z,
    WALLS,
    WEEKS,
    Case,
)

# fmt: off
(
    # By person and week: hours left for usual lines, for all lines (a usual line may use the smaller one);
    # different requests.
    FREE_USUAL, FREE_ALL, BUSY,
    # Hours left by department and week, last column over the plan.
    LEFT,
    # By wall group and person: the account served, -1 when none; slots behind it.
    OWNER, OWNERS,
    # By request, see the columns below.
    GRANTS,
    # By slot: see the columns below; hours by week.
    SLOTS, SLOT_HOURS,
    # First slot by person, -1 when none; money attained by floor; single numbers, see below.
    HEADS, ATTAINED, TOTALS,
) = names(12)

# Columns of GRANTS: the mode or -1; money in stage 3 (refused: what taking back its hours costs); level value
# and bonuses, which floors count.
MODE, GAIN, WORTH = range(3)
# Columns of SLOTS: the pair or -1; the slots of the same person after and before this one, -1 when none.
S_PAIR, FOLLOWING, PREVIOUS = range(3)
# Rows of TOTALS: requests that must be granted and are not; broken obligations; money of stage 3; people on
# lines beyond the first ones; stage 5.
UNMET, BROKEN, MONEY, HANDS, TIES = range(5)
# fmt: on


def empty_state(case: Case) -> Ints:
    """Nothing granted; what locks freeze is not yet planned but already kept free."""
    requests, owner = case.table(REQUESTS), case.table(OWNER_AT_FIRST)
    slots, people = int(case.table(LINES)[:, TEAM].sum()), len(case.specialists)
    grants = np.zeros((len(requests), 3), np.int64)
    grants[:, MODE], grants[:, GAIN] = -1, requests[:, REFUSED]
    totals = [requests[:, MUST].sum(), (requests[:, OBLIGED] >= 0).sum(), requests[:, REFUSED].sum(), 0, 0]
    return bind(
        [
            case.table(ROOM_USUAL),
            case.table(ROOM_ALL),
            case.table(BUSY_AT_FIRST),
            case.table(CAPS),
            owner,
            # A wall that a lock puts up never comes down: its count cannot reach zero.
            np.where(owner >= 0, BIG, 0),
            grants,
            np.full((slots, 3), -1, np.int64),
            np.zeros((slots, case.fact(WEEKS)), np.int64),
            np.full(people, -1, np.int64),
            np.zeros(len(case.problem.floors), np.int64),
            np.array(totals, np.int64),
        ]
    )


@kernel
def weeks_of(world: Ints) -> int:
    """Weeks of the problem."""
    return get(world, FACTS, WEEKS, 0)


@kernel
def first_slot(world: Ints, request: int) -> int:
    """First slot of a request's lines."""
    return get(world, LINES, get(world, REQUESTS, request, LINE_A), SLOT)


@kernel
def end_slot(world: Ints, request: int) -> int:
    """The slot behind the last one of a request's lines."""
    line = get(world, REQUESTS, request, LINE_Z) - 1
    return get(world, LINES, line, SLOT) + get(world, LINES, line, TEAM)


@kernel
def fixed_hours(world: Ints, pair: int, week: int) -> int:
    """Hours that stand exactly for a pair in a week, -1 when free."""
    special = get(world, PAIRS, pair, SPECIAL)
    if special < 0:
        return -1
    row = get(world, SPECIALS, special, FIX)
    return get(world, FIXED, row, week) if row >= 0 else -1


@kernel
def _frozen_here(world: Ints, request: int, person: int, week: int) -> bool:
    """Whether locks freeze work of `person` on `request` in `week`."""
    for line in range(get(world, REQUESTS, request, LINE_A), get(world, REQUESTS, request, LINE_Z)):
        if get(world, LINES, line, FROZEN) > 0:
            for pair in range(get(world, LINES, line, PAIR_A), get(world, LINES, line, PAIR_Z)):
                if get(world, PAIRS, pair, PERSON) == person and fixed_hours(world, pair, week) > 0:
                    return True
    return False


@kernel
def works_here(world: Ints, state: Ints, request: int, person: int, week: int) -> bool:
    """Whether `person` already works on a line of `request` in `week`."""
    for slot in range(first_slot(world, request), end_slot(world, request)):
        pair = get(state, SLOTS, slot, S_PAIR)
        if pair >= 0 and get(world, PAIRS, pair, PERSON) == person and get(state, SLOT_HOURS, slot, week) > 0:
            return True
    return get(world, REQUESTS, request, FROZEN_R) > 0 and _frozen_here(world, request, person, week)


@kernel
def spare(world: Ints, state: Ints, request: int, kind: int, person: int, week: int) -> int:  # noqa: PLR0917 - kernels take no names
    """Hours that `person` could still give `request` in `week` on a line of `kind`."""
    hours = get(state, FREE_ALL, person, week)
    if kind == 0:
        hours = min(hours, get(state, FREE_USUAL, person, week))
    hours = min(hours, get(state, LEFT, get(world, PEOPLE, person, DEPARTMENT), week))
    if (
        hours > 0
        and get(state, BUSY, person, week) >= get(world, PEOPLE, person, PARALLEL)
        and not works_here(world, state, request, person, week)
    ):
        return 0
    return hours


@kernel
def behind_wall(world: Ints, state: Ints, request: int, person: int) -> bool:
    """Whether `person` serves a rival of the request's account."""
    for i in range(get(world, REQUESTS, request, WALL_A), get(world, REQUESTS, request, WALL_Z)):
        owner = get(state, OWNER, get(world, WALLS, i, 0), person)
        if owner >= 0 and owner != get(world, REQUESTS, request, ACCOUNT):
            return True
    return False


@kernel
def _move_hours(world: Ints, state: Ints, slot: int, pair: int, sign: int) -> None:
    """Take the hours of a slot from what is left (`sign` 1) or give them back (-1).

    The slot itself must count as empty meanwhile, so that parallel work is seen as without it.
    """
    person, line = get(world, PAIRS, pair, PERSON), get(world, PAIRS, pair, P_LINE)
    request, kind = get(world, LINES, line, L_REQUEST), get(world, LINES, line, KIND)
    department, weeks = get(world, PEOPLE, person, DEPARTMENT), weeks_of(world)
    for week in range(weeks):
        hours = get(state, SLOT_HOURS, slot, week)
        if hours == 0:
            continue
        # What is frozen was taken off at the start.
        hours -= max(0, fixed_hours(world, pair, week))
        if hours > 0:
            increase(state, FREE_ALL, person, week, -sign * hours)
            if kind == 0:
                increase(state, FREE_USUAL, person, week, -sign * hours)
            increase(state, LEFT, department, week, -sign * hours)
            increase(state, LEFT, department, weeks, -sign * hours)
            if not works_here(world, state, request, person, week):
                increase(state, BUSY, person, week, sign)
    for i in range(get(world, REQUESTS, request, WALL_A), get(world, REQUESTS, request, WALL_Z)):
        group = get(world, WALLS, i, 0)
        increase(state, OWNERS, group, person, sign)
        served = get(state, OWNERS, group, person) > 0
        assign(state, OWNER, group, person, get(world, REQUESTS, request, ACCOUNT) if served else -1)


@kernel
def put(world: Ints, state: Ints, slot: int, pair: int) -> None:
    """Plan the hours that stand in `slot` for `pair`."""
    _move_hours(world, state, slot, pair, 1)
    person = get(world, PAIRS, pair, PERSON)
    after = get(state, HEADS, person, 0)
    assign(state, SLOTS, slot, S_PAIR, pair)
    assign(state, SLOTS, slot, FOLLOWING, after)
    assign(state, SLOTS, slot, PREVIOUS, -1)
    if after >= 0:
        assign(state, SLOTS, after, PREVIOUS, slot)
    assign(state, HEADS, person, 0, slot)


@kernel
def drop(world: Ints, state: Ints, slot: int) -> None:
    """Empty a slot and give its hours back."""
    pair = get(state, SLOTS, slot, S_PAIR)
    assign(state, SLOTS, slot, S_PAIR, -1)
    _move_hours(world, state, slot, pair, -1)
    before, after = get(state, SLOTS, slot, PREVIOUS), get(state, SLOTS, slot, FOLLOWING)
    if before >= 0:
        assign(state, SLOTS, before, FOLLOWING, after)
    else:
        assign(state, HEADS, get(world, PAIRS, pair, PERSON), 0, after)
    if after >= 0:
        assign(state, SLOTS, after, PREVIOUS, before)
    fill_row(state, SLOT_HOURS, slot, 0)
