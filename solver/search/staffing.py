"""Choosing people for the lines of a request and planning them, or finding that it does not fit now."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.filling import NEVER, cheapest_weeks, fill_one, hours_in_hand, line_in_hand, task
from solver.search.granting import empty_slots, grant, last_worked
from solver.search.scratch import (
    BEST,
    BEST_HOURS,
    BEYOND,
    BY_OFFER,
    BY_PIECE,
    MEMBER,
    OFFERS,
    PIECES,
    SIZE,
    T_FIRST,
    T_LAST,
    T_LEVEL,
    T_NEED,
    T_RUSH,
    TASK,
    TRIED,
    TRIED_HOURS,
    Desk,
    below,
    uniform,
)
from solver.search.state import SLOT_HOURS, behind_wall, fixed_hours, put, weeks_of
from solver.search.teams import fill_team, member, term
from solver.tables.books import Ints, assign, copy_row, get, row_sum
from solver.tables.tables import (
    AFTER,
    AFTER_A,
    AFTER_Z,
    BEFORE,
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    FIRST,
    FORCED,
    L_REQUEST,
    LAST,
    LEVEL,
    LINES,
    MODES,
    N_LINE,
    NEED_A,
    NEED_Z,
    NEEDS,
    OLD,
    PAIR_A,
    PAIR_Z,
    PAIRS,
    PERSON,
    PIN,
    REQUEST,
    SLOT,
    SPECIAL,
    TEAM,
    WEEK_MIN,
)

SPREAD = 0.15
"""How far apart two people may be in price and still change places by chance."""

ASKED = 48
"""People with free hours who are asked for a team, those with the lowest prices first."""

BLINK = 0.08
"""How often a person is passed over at full noise, so that the cheapest one is not always taken."""


@kernel
def _earliest(world: Ints, state: Ints, need: int) -> int:
    """First week of a need once the lines it waits for are planned."""
    first = get(world, NEEDS, need, FIRST)
    for i in range(get(world, NEEDS, need, AFTER_A), get(world, NEEDS, need, AFTER_Z)):
        line = get(world, NEEDS, get(world, AFTER, i, 0), N_LINE)
        slot = get(world, LINES, line, SLOT)
        first = last_worked(world, state, slot, slot + get(world, LINES, line, TEAM), first)
    return first


@kernel
def _keep(scratch: Ints, count: int) -> None:
    """Make the first `count` members the best team."""
    for i in range(count):
        assign(scratch, BEST, i, 0, member(scratch, i))
        copy_row(scratch, TRIED_HOURS, i, scratch, BEST_HOURS, i)


@kernel
def _best_single(desk: Desk, noise: float) -> float:
    """Cost of the cheapest person who can do the whole line, kept as the best team; NEVER when nobody can."""
    world, need, line = desk.world, task(desk, T_NEED), line_in_hand(desk)
    request = get(world, LINES, line, L_REQUEST)
    special = get(world, LINES, line, OLD) >= 0 or get(world, LINES, line, WEEK_MIN) > 0
    best = NEVER
    for c in range(get(world, NEEDS, need, CHOICE_A), get(world, NEEDS, need, CHOICE_Z)):
        # Everybody from here on is dearer than the best so far, or cannot do it alone.
        if desk.least[0, c] >= min(best, BEYOND):
            break
        pair = get(world, CHOICES, c, 0)
        if behind_wall(world, desk.state, request, get(world, PAIRS, pair, PERSON)):
            continue
        luck = uniform(desk.scratch)
        if luck > 1.0 - BLINK * noise:
            continue
        factor = 1.0 + SPREAD * noise * luck
        assign(desk.scratch, TRIED, 0, MEMBER, pair)
        if special or get(world, PAIRS, pair, SPECIAL) >= 0:
            cost = fill_team(desk, 1)
        else:
            cost = fill_one(desk, pair, best / factor)
        # Where promises or bonuses make it cheaper than nothing, the factor must not turn round.
        cost = cost * factor if cost > 0 else cost
        if cost < best:
            best = cost
            _keep(desk.scratch, 1)
    return best


@kernel
def _is_forced(world: Ints, pair: int) -> bool:
    """Whether a lock pins the pair or freezes hours of it."""
    if term(world, pair, PIN, 0) > 0:
        return True
    for week in range(weeks_of(world)):  # noqa: SIM110 - compiled code has no generators
        if fixed_hours(world, pair, week) > 0:
            return True
    return False


@kernel
def _in_team(scratch: Ints, count: int, pair: int) -> bool:
    for i in range(count):  # noqa: SIM110 - compiled code has no generators
        if member(scratch, i) == pair:
            return True
    return False


@kernel
def _offer(desk: Desk, pair: int, rest: int) -> tuple[int, float]:
    """Hours one person could give towards `rest`, and money per hour of the cheapest such hours."""
    count, total = cheapest_weeks(desk, pair)
    hours = min(rest, total)
    if hours <= 0:
        return 0, NEVER
    left, cost = hours, 0.0
    for k in range(count):
        given = min(left, get(desk.scratch, PIECES, k, SIZE))
        cost += given * desk.costs[BY_PIECE, k]
        left -= given
    return hours, cost / hours


@kernel
def _others_give(desk: Desk, count: int, rest: int) -> tuple[int, int]:
    """Write down what people outside the team could give towards `rest` hours.

    Returns the most that the places behind the next one could bring, where from the third place on the
    second largest offer stands for all, and the choice before which asking ended.
    """
    world, need, line = desk.world, task(desk, T_NEED), line_in_hand(desk)
    start, request = get(world, NEEDS, need, CHOICE_A), get(world, LINES, line, L_REQUEST)
    largest, second, offers, end = 0, 0, 0, get(world, NEEDS, need, CHOICE_Z)
    for c in range(start, end):
        if offers == ASKED:
            end = c
            break
        pair = get(world, CHOICES, c, 0)
        hours, cost = 0, NEVER
        if not _in_team(desk.scratch, count, pair) and not behind_wall(
            world, desk.state, request, get(world, PAIRS, pair, PERSON)
        ):
            hours, cost = _offer(desk, pair, rest)
        assign(desk.scratch, OFFERS, c - start, 0, hours)
        desk.costs[BY_OFFER, c - start] = cost
        if hours > 0 and desk.least[0, c] > -NEVER:
            offers += 1
        if hours > largest:
            largest, second = hours, largest
        elif hours > second:
            second = hours
    more = get(world, LINES, line, TEAM) - count - 1
    return 0 if more <= 0 else largest + second * (more - 1), end


@kernel
def _gather(desk: Desk, count: int, noise: float) -> int:
    """Add people to the first `count` members until they can do the line together.

    Each time the person with the cheapest hours is taken among those whose hours, with the largest offers
    of others for the remaining places, are enough. Returns the team's size; it may still be too small.
    """
    world, scratch = desk.world, desk.scratch
    start, rest = get(world, NEEDS, task(desk, T_NEED), CHOICE_A), hours_in_hand(desk)
    for i in range(count):
        rest -= _offer(desk, member(scratch, i), rest)[0]
    while rest > 0 and count < get(world, LINES, line_in_hand(desk), TEAM):
        # With chance nobody is asked for the whole line, so that teams are met where one person could do it.
        wanted = rest if count > 0 or uniform(scratch) >= noise else 1 + below(scratch, rest)
        behind, end = _others_give(desk, count, wanted)
        enough = wanted - behind
        best, best_cost = -1, NEVER
        for c in range(start, end):
            hours = get(scratch, OFFERS, c - start, 0)
            cost = desk.costs[BY_OFFER, c - start] * (1.0 + noise * SPREAD * uniform(scratch))
            if hours > 0 and hours >= enough and cost < best_cost:
                best, best_cost = c, cost
        if best < 0:
            return count
        assign(scratch, TRIED, count, MEMBER, get(world, CHOICES, best, 0))
        count += 1
        rest -= get(scratch, OFFERS, best - start, 0)
    return count


@kernel
def _forced_team(desk: Desk) -> int:
    """The people whom locks put on the line, and as many more as it takes."""
    world, line, count = desk.world, line_in_hand(desk), 0
    if get(world, LINES, line, FORCED) > get(world, LINES, line, TEAM):
        return 0
    for pair in range(get(world, LINES, line, PAIR_A), get(world, LINES, line, PAIR_Z)):
        if _is_forced(world, pair):
            request, person = get(world, LINES, line, L_REQUEST), get(world, PAIRS, pair, PERSON)
            if behind_wall(world, desk.state, request, person):
                return 0
            assign(desk.scratch, TRIED, count, MEMBER, pair)
            count += 1
    if fill_team(desk, count) == NEVER:
        count = _gather(desk, count, 0.0)
        if fill_team(desk, count) == NEVER:
            return 0
    _keep(desk.scratch, count)
    return count


@kernel
def best_team(desk: Desk, noise: float) -> int:
    """Put the cheapest team found for the line in hand into BEST; returns its size, 0 when none fits."""
    line = line_in_hand(desk)
    if task(desk, T_FIRST) > task(desk, T_LAST):
        return 0
    if get(desk.world, LINES, line, FORCED) > 0:
        return _forced_team(desk)
    cost = _best_single(desk, noise)
    count = 1 if cost < NEVER else 0
    if get(desk.world, LINES, line, TEAM) > 1 and (count == 0 or uniform(desk.scratch) < noise):
        size = _gather(desk, 0, noise)
        if size > 1 and fill_team(desk, size) < cost:
            _keep(desk.scratch, size)
            count = size
    return count


@kernel
def _staff_all(desk: Desk, mode: int, rushed: int, noise: float) -> bool:
    world, state, scratch = desk.world, desk.state, desk.scratch
    for need in range(get(world, MODES, mode, NEED_A), get(world, MODES, mode, NEED_Z)):
        assign(scratch, TASK, T_NEED, 0, need)
        assign(scratch, TASK, T_LEVEL, 0, get(world, MODES, mode, LEVEL))
        assign(scratch, TASK, T_FIRST, 0, _earliest(world, state, need))
        assign(scratch, TASK, T_LAST, 0, get(world, NEEDS, need, LAST))
        assign(scratch, TASK, T_RUSH, 0, rushed * get(world, NEEDS, need, BEFORE))
        count = best_team(desk, noise)
        if count == 0:
            return False
        slot = get(world, LINES, get(world, NEEDS, need, N_LINE), SLOT)
        for i in range(count):
            if row_sum(scratch, BEST_HOURS, i) > 0:
                copy_row(scratch, BEST_HOURS, i, state, SLOT_HOURS, slot)
                put(world, state, slot, get(scratch, BEST, i, 0))
                slot += 1
    return True


@kernel
def try_mode(desk: Desk, mode: int, noise: float) -> bool:
    """Plan a refused request by `mode` beside what is planned; False leaves everything as it was.

    Lines that others wait for are laid by the prices first and, should that leave no room behind them, as
    early as can be. `noise` (0 to 1) is how far chance has a say.
    """
    request = get(desk.world, MODES, mode, REQUEST)
    waited = 0
    for need in range(get(desk.world, MODES, mode, NEED_A), get(desk.world, MODES, mode, NEED_Z)):
        waited += get(desk.world, NEEDS, need, BEFORE)
    for rushed in range(2 if waited > 0 else 1):
        if _staff_all(desk, mode, rushed, noise):
            grant(desk.world, desk.state, request, mode)
            return True
        empty_slots(desk.world, desk.state, request)
    return False
