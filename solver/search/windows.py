"""Narrowing the windows and the choices of each mode by counting hours on an empty calendar."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.auction import offered, own_hours, smallest
from solver.tables.books import Ints, assign, get
from solver.tables.tables import (
    AFTER,
    AFTER_A,
    AFTER_Z,
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    FIRST,
    FROZEN,
    HOURS,
    L_FIRST,
    L_LAST,
    LAST,
    LEVEL,
    LINES,
    MODES,
    N_LINE,
    NEED_A,
    NEED_Z,
    NEEDS,
    POSSIBLE,
    TEAM,
    WEEK_MAX,
    WEEK_MIN,
)


@kernel
def _given(world: Ints, need: int, level: int, pair: int, first: int, last: int) -> int:  # noqa: PLR0917 - kernels take no names
    """Hours the pair could give the need between two weeks."""
    least, total = smallest(world, pair, own_hours(world, need, level, pair)), 0
    for week in range(first, last + 1):
        total += offered(world, need, pair, week, least)
    return total


@kernel
def _enough(world: Ints, top: Ints, need: int, level: int, first: int, last: int) -> bool:  # noqa: PLR0917 - kernels take no names
    """Whether the people with most hours between two weeks could do the line.

    `top` is working memory; it keeps the hours of the best team, most first.
    """
    line = get(world, NEEDS, need, N_LINE)
    team, hours = get(world, LINES, line, TEAM), get(world, NEEDS, need, HOURS)
    if first > last or (team > 1 and hours > get(world, LINES, line, WEEK_MAX) * (last - first + 1)):
        return False
    top[: team + 1] = 0
    for c in range(get(world, NEEDS, need, CHOICE_A), get(world, NEEDS, need, CHOICE_Z)):
        pair = get(world, CHOICES, c, 0)
        given = _given(world, need, level, pair, first, last)
        if team == 1:
            asked = own_hours(world, need, level, pair)
            # Own hours differ from person to person, so each is measured against what they need.
            given = hours if 0 < asked <= given else 0
        k = team
        while k > 0 and top[k - 1] < given:
            top[k] = top[k - 1]
            k -= 1
        top[k] = given
    return bool(top[:team].sum() >= hours)


@kernel
def _rigid(world: Ints, need: int) -> bool:
    """Whether the line is worked in given weeks whatever happens: a weekly least or frozen hours."""
    line = get(world, NEEDS, need, N_LINE)
    return get(world, LINES, line, WEEK_MIN) > 0 or get(world, LINES, line, FROZEN) > 0


@kernel
def _earliest_end(world: Ints, top: Ints, need: int, level: int) -> int:
    """A week before which the need cannot be done; the week after its window when it cannot at all."""
    if _rigid(world, need):
        return get(world, NEEDS, need, FIRST)
    for week in range(get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST) + 1):
        if _enough(world, top, need, level, get(world, NEEDS, need, FIRST), week):
            return week
    return get(world, NEEDS, need, LAST) + 1


@kernel
def _latest_start(world: Ints, top: Ints, need: int, level: int) -> int:
    """A week after which the need cannot be begun; the week before its window when it cannot at all."""
    if _rigid(world, need):
        return get(world, NEEDS, need, LAST)
    for week in range(get(world, NEEDS, need, LAST), get(world, NEEDS, need, FIRST) - 1, -1):
        if _enough(world, top, need, level, week, get(world, NEEDS, need, LAST)):
            return week
    return get(world, NEEDS, need, FIRST) - 1


@kernel
def _whole(world: Ints, need: int) -> bool:
    """Whether a line with a weekly least still has its whole window and hours enough for it."""
    line = get(world, NEEDS, need, N_LINE)
    least, first, last = (
        get(world, LINES, line, WEEK_MIN),
        get(world, LINES, line, L_FIRST),
        get(world, LINES, line, L_LAST),
    )
    if least == 0:
        return True
    inside = get(world, NEEDS, need, FIRST) == first and get(world, NEEDS, need, LAST) == last
    # A candidate's own hours may be more than the line's.
    single = get(world, LINES, line, TEAM) == 1
    return inside and (single or get(world, NEEDS, need, HOURS) >= least * (last - first + 1))


@kernel
def _narrow(world: Ints, top: Ints, mode: int) -> bool:
    """Narrow the windows of a mode's needs by what they wait for and what waits; False when impossible."""
    level = get(world, MODES, mode, LEVEL)
    for need in range(get(world, MODES, mode, NEED_A), get(world, MODES, mode, NEED_Z)):
        for i in range(get(world, NEEDS, need, AFTER_A), get(world, NEEDS, need, AFTER_Z)):
            end = _earliest_end(world, top, get(world, AFTER, i, 0), level)
            assign(world, NEEDS, need, FIRST, max(end, get(world, NEEDS, need, FIRST)))
    for need in range(get(world, MODES, mode, NEED_Z) - 1, get(world, MODES, mode, NEED_A) - 1, -1):
        for i in range(get(world, NEEDS, need, AFTER_A), get(world, NEEDS, need, AFTER_Z)):
            before = get(world, AFTER, i, 0)
            start = _latest_start(world, top, need, level)
            assign(world, NEEDS, before, LAST, min(start, get(world, NEEDS, before, LAST)))
    for need in range(get(world, MODES, mode, NEED_A), get(world, MODES, mode, NEED_Z)):
        if not _whole(world, need):
            return False
    return True


@kernel
def _useful(world: Ints, top: Ints, need: int, level: int) -> bool:
    """Drop the choices that are in no team with hours enough; False when none is left."""
    line, first, last = (
        get(world, NEEDS, need, N_LINE),
        get(world, NEEDS, need, FIRST),
        get(world, NEEDS, need, LAST),
    )
    if get(world, LINES, line, FROZEN) > 0:
        single = get(world, LINES, line, TEAM) == 1
        return single or get(world, NEEDS, need, HOURS) >= get(world, LINES, line, FROZEN)
    if not _enough(world, top, need, level, first, last):
        return False
    team, hours, kept = (
        get(world, LINES, line, TEAM),
        get(world, NEEDS, need, HOURS),
        get(world, NEEDS, need, CHOICE_A),
    )
    best = top[:team].sum()
    for c in range(kept, get(world, NEEDS, need, CHOICE_Z)):
        pair = get(world, CHOICES, c, 0)
        given, asked = _given(world, need, level, pair, first, last), own_hours(world, need, level, pair)
        # Beside this person the others of the largest team: its last member makes room.
        fits = given >= asked if team == 1 else best - top[team - 1] + given >= hours
        if given > 0 and asked > 0 and fits:
            assign(world, CHOICES, kept, 0, pair)
            kept += 1
    assign(world, NEEDS, need, CHOICE_Z, kept)
    return kept > get(world, NEEDS, need, CHOICE_A)


@kernel
def narrow_modes(world: Ints, top: Ints, first: int, end: int) -> int:
    """Narrow the modes from `first` to before `end`.

    Returns how many are struck because counting shows that they cannot be staffed.
    """
    struck = 0
    for mode in range(first, end):
        if get(world, MODES, mode, POSSIBLE) == 0:
            continue
        possible = _narrow(world, top, mode)
        for need in range(get(world, MODES, mode, NEED_A), get(world, MODES, mode, NEED_Z)):
            possible = possible and _useful(world, top, need, get(world, MODES, mode, LEVEL))
        if not possible:
            assign(world, MODES, mode, POSSIBLE, 0)
            struck += 1
    return struck
