"""Laying the line in hand into the weeks of a given team, every special term included."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.filling import NEVER, add_piece, hours_in_hand, line_in_hand, price_of, task
from solver.search.scratch import (
    CELL,
    LEAST,
    MEMBER,
    PIECES,
    SIZE,
    T_FIRST,
    T_LAST,
    T_LEVEL,
    T_STEPS,
    TASK,
    TRIED,
    TRIED_HOURS,
    TRIED_ROOM,
    WEEK_LEFT,
    Desk,
)
from solver.search.state import LEFT, fixed_hours, spare, weeks_of
from solver.tables.books import Ints, assign, column_sum, fill_row, get, increase, row_sum
from solver.tables.tables import (
    BIG,
    BONUS,
    CAPS,
    CHUNK,
    DEPARTMENT,
    FACTS,
    HALF_PRICE,
    KIND,
    L_FIRST,
    L_LAST,
    L_REQUEST,
    LINES,
    OLD,
    OLD_LINES,
    OLD_P,
    OLD_PAIRS,
    OWN,
    OWN_HOURS,
    PAIRS,
    PEOPLE,
    PERSON,
    PIN,
    SPECIAL,
    SPECIALS,
    WEEK_MAX,
    WEEK_MIN,
)


@kernel
def term(world: Ints, pair: int, column: int, missing: int) -> int:
    """A special term of a pair, or `missing` when it has none."""
    special = get(world, PAIRS, pair, SPECIAL)
    return get(world, SPECIALS, special, column) if special >= 0 else missing


@kernel
def promised(world: Ints, pair: int, week: int) -> int:
    """Published hours of a pair in a week, 0 when taking them back costs nothing."""
    row = term(world, pair, OLD_P, -1)
    return get(world, OLD_PAIRS, row, week) if row >= 0 else 0


@kernel
def member(scratch: Ints, i: int) -> int:
    """The pair of a member of the team being tried."""
    return get(scratch, TRIED, i, MEMBER)


@kernel
def _asked(desk: Desk, count: int) -> int:
    """Hours the team needs in all: a single candidate may have own hours."""
    own = term(desk.world, member(desk.scratch, 0), OWN, -1)
    if count == 1 and own >= 0:
        return get(desk.world, OWN_HOURS, own, task(desk, T_LEVEL))
    return hours_in_hand(desk)


@kernel
def _give(scratch: Ints, i: int, week: int, hours: int) -> None:
    increase(scratch, TRIED_HOURS, i, week, hours)
    increase(scratch, TRIED_ROOM, i, week, -hours)
    increase(scratch, WEEK_LEFT, week, 0, -hours)


@kernel
def _open(desk: Desk, count: int) -> int:
    """Write down what each member could give; returns hours beyond the frozen ones, -1 when impossible."""
    world, scratch, line = desk.world, desk.scratch, line_in_hand(desk)
    request, kind = get(world, LINES, line, L_REQUEST), get(world, LINES, line, KIND)
    weeks, asked = weeks_of(world), _asked(desk, count)
    rest = asked
    for week in range(weeks):
        assign(scratch, WEEK_LEFT, week, 0, get(world, LINES, line, WEEK_MAX))
    for i in range(count):
        pair = member(scratch, i)
        person = get(world, PAIRS, pair, PERSON)
        least = max(1, min(get(world, PEOPLE, person, CHUNK), asked))
        assign(scratch, TRIED, i, LEAST, least)
        fill_row(scratch, TRIED_HOURS, i, 0)
        fill_row(scratch, TRIED_ROOM, i, 0)
        for week in range(weeks):
            fixed = fixed_hours(world, pair, week)
            inside = task(desk, T_FIRST) <= week <= task(desk, T_LAST)
            if fixed > 0:
                if not inside or fixed < least or fixed > get(scratch, WEEK_LEFT, week, 0):
                    return -1
                _give(scratch, i, week, fixed)
                rest -= fixed
                assign(scratch, TRIED_ROOM, i, week, 0)
            elif fixed < 0 and inside:
                assign(scratch, TRIED_ROOM, i, week, spare(world, desk.state, request, kind, person, week))
    return rest if asked > 0 else -1


@kernel
def _room(scratch: Ints, i: int, week: int) -> int:
    """Hours a member could still give the line in a week."""
    return min(get(scratch, TRIED_ROOM, i, week), get(scratch, WEEK_LEFT, week, 0))


@kernel
def _weekly_least(desk: Desk, count: int, rest: int) -> int:
    """Give every week of the window its weekly least, each by the cheapest member; -1 when impossible."""
    world, scratch, line = desk.world, desk.scratch, line_in_hand(desk)
    for week in range(get(world, LINES, line, L_FIRST), get(world, LINES, line, L_LAST) + 1):
        short = get(world, LINES, line, WEEK_MIN) - column_sum(scratch, TRIED_HOURS, count, week)
        if short <= 0:
            continue
        best, best_hours, best_cost = -1, 0, NEVER
        for i in range(count):
            started = get(scratch, TRIED_HOURS, i, week) > 0
            hours = short if started else max(short, get(scratch, TRIED, i, LEAST))
            person = get(world, PAIRS, member(scratch, i), PERSON)
            cost = price_of(desk, line, person, week) * hours
            if hours <= min(_room(scratch, i, week), rest) and cost < best_cost:
                best, best_hours, best_cost = i, hours, cost
        if best < 0:
            return -1
        _give(scratch, best, week, best_hours)
        rest -= best_hours
    return rest


@kernel
def _give_pinned(desk: Desk, i: int, rest: int) -> int:
    """Give a pinned member a first useful amount in the cheapest week; -1 when impossible."""
    scratch, least = desk.scratch, get(desk.scratch, TRIED, i, LEAST)
    person = get(desk.world, PAIRS, member(scratch, i), PERSON)
    best, best_cost = -1, NEVER
    for week in range(weeks_of(desk.world)):
        cost = price_of(desk, line_in_hand(desk), person, week)
        if _room(scratch, i, week) >= least and cost < best_cost:
            best, best_cost = week, cost
    if best < 0 or least > rest:
        return -1
    _give(scratch, i, best, least)
    return rest - least


@kernel
def _pieces(desk: Desk, count: int) -> int:
    """Sort what members could give into pieces; hours that keep a promise are cheaper by its churn."""
    world, scratch, line = desk.world, desk.scratch, line_in_hand(desk)
    old, half = get(world, LINES, line, OLD), get(world, FACTS, HALF_PRICE, 0)
    weeks, number = weeks_of(world), 0
    for i in range(count):
        pair = member(scratch, i)
        for week in range(weeks):
            room = get(scratch, TRIED_ROOM, i, week)
            if room <= 0:
                continue
            cost = price_of(desk, line, get(world, PAIRS, pair, PERSON), week)
            kept = min(room, max(0, promised(world, pair, week) - get(scratch, TRIED_HOURS, i, week)))
            if kept > 0:
                add_piece(desk, number, i * weeks + week, cost - 2 * half, kept)
                number += 1
            if room > kept:
                if old >= 0 and get(world, OLD_LINES, old, week) > kept:
                    cost -= half
                add_piece(desk, number, i * weeks + week, cost, room - kept)
                number += 1
    return number


@kernel
def _weeks(scratch: Ints) -> int:
    """Weeks of the problem, from the width of a table."""
    return int(scratch[TRIED_HOURS + 1])


@kernel
def _over(scratch: Ints, k: int) -> int:
    """Hours beyond a useful amount in the week of a piece."""
    i, week = (
        get(scratch, PIECES, k, CELL) // _weeks(scratch),
        get(scratch, PIECES, k, CELL) % _weeks(scratch),
    )
    return max(0, get(scratch, TRIED_HOURS, i, week) - get(scratch, TRIED, i, LEAST))


@kernel
def _again(scratch: Ints, j: int, k: int) -> bool:
    """Whether the week of piece `j` stands in another piece before `k`: it counts where it stands last."""
    for other in range(j + 1, k):
        if get(scratch, PIECES, other, CELL) == get(scratch, PIECES, j, CELL):
            return True
    return False


@kernel
def _shave(scratch: Ints, k: int, lack: int) -> bool:
    """Take `lack` hours back from the weeks before piece `k`, dearest first, leaving useful amounts.

    Nothing is taken when that much cannot be.
    """
    movable = 0
    for j in range(k):
        if not _again(scratch, j, k):
            movable += _over(scratch, j)
    if movable < lack:
        return False
    for j in range(k - 1, -1, -1):
        i, week = (
            get(scratch, PIECES, j, CELL) // _weeks(scratch),
            get(scratch, PIECES, j, CELL) % _weeks(scratch),
        )
        given = min(lack, _over(scratch, j))
        _give(scratch, i, week, -given)
        lack -= given
    return True


@kernel
def _clear_one(scratch: Ints, k: int, fewest: int, most: int) -> int:
    """Empty one week laid before piece `k` that holds between `fewest` and `most` hours; returns its hours.

    Frozen weeks are no pieces and stay. 0 when there is no such week.
    """
    weeks = _weeks(scratch)
    for j in range(k - 1, -1, -1):
        i, week = get(scratch, PIECES, j, CELL) // weeks, get(scratch, PIECES, j, CELL) % weeks
        hours = get(scratch, TRIED_HOURS, i, week)
        if fewest <= hours <= most and hours > 0:
            _give(scratch, i, week, -hours)
            return hours
    return 0


@kernel
def _pour(scratch: Ints, rest: int, count: int) -> bool:
    """Use the pieces in order until nothing is left to do; False when something is."""
    weeks = _weeks(scratch)
    for k in range(count):
        if rest == 0:
            break
        i, week = get(scratch, PIECES, k, CELL) // weeks, get(scratch, PIECES, k, CELL) % weeks
        most, least = _room(scratch, i, week), get(scratch, TRIED, i, LEAST)
        hours = min(rest, get(scratch, PIECES, k, SIZE), most)
        if get(scratch, TRIED_HOURS, i, week) == 0 and hours < least:
            if most < least:
                continue
            hours = least
            if rest < least and _shave(scratch, k, least - rest):
                rest = least
            elif rest < least:
                rest += _clear_one(scratch, k, least - rest, most - rest)
                if rest < least:
                    continue
                hours = rest
        if hours > 0:
            _give(scratch, i, week, hours)
            rest -= hours
    return rest == 0


@kernel
def _within_caps(desk: Desk, person: int, count: int) -> bool:
    """Whether the team's people of this person's department stay within what its caps leave."""
    world, weeks = desk.world, weeks_of(desk.world)
    department = get(world, PEOPLE, person, DEPARTMENT)
    total = 0
    for week in range(weeks):
        hours = 0
        for i in range(count):
            pair = member(desk.scratch, i)
            if get(world, PEOPLE, get(world, PAIRS, pair, PERSON), DEPARTMENT) == department:
                hours += get(desk.scratch, TRIED_HOURS, i, week) - max(0, fixed_hours(world, pair, week))
        if hours > get(desk.state, LEFT, department, week):
            return False
        total += hours
    return get(world, CAPS, department, weeks) >= BIG // 2 or total <= get(
        desk.state, LEFT, department, weeks
    )


@kernel
def _promises_kept(desk: Desk, count: int) -> float:
    """Churn that the hours laid out avoid, in money."""
    world, scratch = desk.world, desk.scratch
    old = get(world, LINES, line_in_hand(desk), OLD)
    if old < 0:
        return 0.0
    halves = 0
    for week in range(weeks_of(world)):
        if get(world, OLD_LINES, old, week) > 0:
            halves += min(column_sum(scratch, TRIED_HOURS, count, week), get(world, OLD_LINES, old, week))
            for i in range(count):
                hours = get(scratch, TRIED_HOURS, i, week)
                halves += min(hours, promised(world, member(scratch, i), week))
    return float(halves * get(world, FACTS, HALF_PRICE, 0))


@kernel
def _bill(desk: Desk, count: int) -> float:
    """Cost of the hours laid out; NEVER when they break the weekly least, a pin or a department's cap."""
    world, scratch, line = desk.world, desk.scratch, line_in_hand(desk)
    for week in range(get(world, LINES, line, L_FIRST), get(world, LINES, line, L_LAST) + 1):
        if column_sum(scratch, TRIED_HOURS, count, week) < get(world, LINES, line, WEEK_MIN):
            return NEVER
    cost = 0.0
    for i in range(count):
        pair = member(scratch, i)
        if row_sum(scratch, TRIED_HOURS, i) == 0:
            if term(world, pair, PIN, 0) > 0:
                return NEVER
            continue
        cost -= term(world, pair, BONUS, 0)
        person = get(world, PAIRS, pair, PERSON)
        for week in range(weeks_of(world)):
            hours = get(scratch, TRIED_HOURS, i, week)
            if hours > 0 and fixed_hours(world, pair, week) <= 0:
                cost += hours * price_of(desk, line, person, week)
        if not _within_caps(desk, person, count):
            return NEVER
    return cost - _promises_kept(desk, count)


@kernel
def fill_team(desk: Desk, count: int) -> float:
    """Cost of the line by the first `count` members of the team.

    NEVER when this way of laying it out does not fit, although another one may. Bonuses and promises kept
    make it cheaper, so the cost may be negative. Frozen hours cost nothing.
    """
    world, scratch, line = desk.world, desk.scratch, line_in_hand(desk)
    increase(scratch, TASK, T_STEPS, 0, 4 * count * weeks_of(world))
    rest = _open(desk, count)
    if rest >= 0 and get(world, LINES, line, WEEK_MIN) > 0:
        if task(desk, T_FIRST) > get(world, LINES, line, L_FIRST) or task(desk, T_LAST) < get(
            world, LINES, line, L_LAST
        ):
            return NEVER
        rest = _weekly_least(desk, count, rest)
    for i in range(count):
        if rest > 0 and term(world, member(scratch, i), PIN, 0) > 0 and row_sum(scratch, TRIED_HOURS, i) == 0:
            rest = _give_pinned(desk, i, rest)
    if rest < 0 or not _pour(scratch, rest, _pieces(desk, count)):
        return NEVER
    return _bill(desk, count)
