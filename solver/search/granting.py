"""What a request is worth as planned, and the totals it changes."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.state import (
    ATTAINED,
    BROKEN,
    GAIN,
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
    WORTH,
    drop,
    end_slot,
    first_slot,
    put,
    weeks_of,
)
from solver.tables.books import Ints, assign, copy_row, get, increase
from solver.tables.tables import (
    BONUS,
    DEADLINE,
    FACTS,
    FLOOR_A,
    FLOOR_Z,
    FLOORS_OF,
    HALF_PRICE,
    LEVEL,
    LINE_A,
    LINE_Z,
    LINES,
    MODE_A,
    MODE_Z,
    MODES,
    MUST,
    OBLIGED,
    OLD,
    OLD_LINES,
    OLD_P,
    OLD_PAIRS,
    OPTION,
    PAIRS,
    REFUSED,
    REQUESTS,
    SLOT,
    SPECIAL,
    SPECIALS,
    TEAM,
    TIE,
    VALUE,
)


@kernel
def _kept(world: Ints, state: Ints, line: int, week: int) -> tuple[int, int]:
    """Planned hours of a line in a week over all people, and those that the same people were promised for."""
    total, kept = 0, 0
    first = get(world, LINES, line, SLOT)
    for slot in range(first, first + get(world, LINES, line, TEAM)):
        pair = get(state, SLOTS, slot, S_PAIR)
        if pair < 0:
            continue
        hours = get(state, SLOT_HOURS, slot, week)
        total += hours
        special = get(world, PAIRS, pair, SPECIAL)
        if special >= 0 and get(world, SPECIALS, special, OLD_P) >= 0:
            kept += min(hours, get(world, OLD_PAIRS, get(world, SPECIALS, special, OLD_P), week))
    return total, kept


@kernel
def churn(world: Ints, state: Ints, request: int) -> int:
    """Money charged for published hours of `request` that are lost or moved to others.

    With O published, N planned and K of them by the same people, lost + moved / 2 is
    (max(0, O - N) + O - K) / 2.
    """
    halves = 0
    for line in range(get(world, REQUESTS, request, LINE_A), get(world, REQUESTS, request, LINE_Z)):
        row = get(world, LINES, line, OLD)
        if row < 0:
            continue
        for week in range(weeks_of(world)):
            old = get(world, OLD_LINES, row, week)
            if old > 0:
                total, kept = _kept(world, state, line, week)
                halves += max(0, old - total) + old - kept
    return halves * get(world, FACTS, HALF_PRICE, 0)


@kernel
def last_worked(world: Ints, state: Ints, first: int, end: int, floor: int) -> int:
    """Last week with hours in the slots from `first` to before `end`, at least `floor`."""
    for slot in range(first, end):
        if get(state, SLOTS, slot, S_PAIR) >= 0:
            for week in range(weeks_of(world) - 1, floor, -1):
                if get(state, SLOT_HOURS, slot, week) > 0:
                    floor = week
                    break
    return floor


@kernel
def _bonuses(world: Ints, state: Ints, request: int) -> int:
    money = 0
    for slot in range(first_slot(world, request), end_slot(world, request)):
        pair = get(state, SLOTS, slot, S_PAIR)
        if pair >= 0 and get(world, PAIRS, pair, SPECIAL) >= 0:
            money += get(world, SPECIALS, get(world, PAIRS, pair, SPECIAL), BONUS)
    return money


@kernel
def _truest(world: Ints, state: Ints, request: int, mode: int) -> int:
    """The mode of the same option and level with the earliest last week that the plan keeps."""
    end = last_worked(world, state, first_slot(world, request), end_slot(world, request), -1)
    best = mode
    for other in range(get(world, REQUESTS, request, MODE_A), get(world, REQUESTS, request, MODE_Z)):
        if (
            get(world, MODES, other, OPTION) == get(world, MODES, mode, OPTION)
            and get(world, MODES, other, LEVEL) == get(world, MODES, mode, LEVEL)
            and end <= get(world, MODES, other, DEADLINE) < get(world, MODES, best, DEADLINE)
        ):
            best = other
    return best


@kernel
def handovers(world: Ints, state: Ints, request: int) -> int:
    """People on the lines of `request` beyond the first one of each."""
    extra = 0
    for line in range(get(world, REQUESTS, request, LINE_A), get(world, REQUESTS, request, LINE_Z)):
        people, first = 0, get(world, LINES, line, SLOT)
        for slot in range(first, first + get(world, LINES, line, TEAM)):
            if get(state, SLOTS, slot, S_PAIR) >= 0:
                people += 1
        extra += max(0, people - 1)
    return extra


@kernel
def _count(world: Ints, state: Ints, request: int, sign: int) -> None:
    """Add the request as it stands to the totals (`sign` 1) or take it off (-1)."""
    mode = get(state, GRANTS, request, MODE)
    increase(state, TOTALS, MONEY, 0, sign * get(state, GRANTS, request, GAIN))
    if mode < 0:
        increase(state, TOTALS, UNMET, 0, sign * get(world, REQUESTS, request, MUST))
    else:
        increase(state, TOTALS, HANDS, 0, sign * handovers(world, state, request))
        increase(state, TOTALS, TIES, 0, sign * get(world, REQUESTS, request, TIE))
    obliged = get(world, REQUESTS, request, OBLIGED)
    if obliged >= 0 and (mode < 0 or get(world, MODES, mode, LEVEL) < obliged):
        increase(state, TOTALS, BROKEN, 0, sign)
    worth = sign * get(state, GRANTS, request, WORTH)
    for i in range(get(world, REQUESTS, request, FLOOR_A), get(world, REQUESTS, request, FLOOR_Z)):
        increase(state, ATTAINED, get(world, FLOORS_OF, i, 0), 0, worth)


@kernel
def grant(world: Ints, state: Ints, request: int, mode: int) -> None:
    """Note that the slots of `request` hold a whole staffing of `mode`, and what that is worth."""
    _count(world, state, request, -1)
    mode = _truest(world, state, request, mode)
    worth = get(world, MODES, mode, VALUE) + _bonuses(world, state, request)
    assign(state, GRANTS, request, MODE, mode)
    assign(state, GRANTS, request, WORTH, worth)
    assign(state, GRANTS, request, GAIN, worth - churn(world, state, request))
    _count(world, state, request, 1)


@kernel
def empty_slots(world: Ints, state: Ints, request: int) -> None:
    """Take everyone off the lines of `request`."""
    for slot in range(first_slot(world, request), end_slot(world, request)):
        if get(state, SLOTS, slot, S_PAIR) >= 0:
            drop(world, state, slot)


@kernel
def refuse(world: Ints, state: Ints, request: int) -> None:
    """Take `request` out of the plan."""
    if get(state, GRANTS, request, MODE) < 0:
        return
    _count(world, state, request, -1)
    empty_slots(world, state, request)
    assign(state, GRANTS, request, MODE, -1)
    assign(state, GRANTS, request, WORTH, 0)
    assign(state, GRANTS, request, GAIN, get(world, REQUESTS, request, REFUSED))
    _count(world, state, request, 1)


@kernel
def adopt(world: Ints, state: Ints, request: int, other: Ints) -> None:
    """Plan a refused request as the state `other` has it."""
    mode = get(other, GRANTS, request, MODE)
    if mode < 0:
        return
    for slot in range(first_slot(world, request), end_slot(world, request)):
        pair = get(other, SLOTS, slot, S_PAIR)
        if pair >= 0:
            copy_row(other, SLOT_HOURS, slot, state, SLOT_HOURS, slot)
            put(world, state, slot, pair)
    grant(world, state, request, mode)
