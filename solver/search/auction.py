"""What requests would buy at given prices of people's weeks, as if each were alone.

This is the inner problem of the price bound: every person-week has a price, every request takes the way to
be staffed that leaves it most money, or nothing. Rules that tie weeks together (chunks, parallel work,
precedence beyond windows, walls, pins) are left out, so nothing here is dearer than in any plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.compiling import kernel, machine_tuple
from solver.search.filling import NEVER
from solver.search.scratch import BEYOND
from solver.search.state import fixed_hours
from solver.search.teams import promised, term
from solver.tables.books import Costs, Ints, Prices, assign, bind, get, names
from solver.tables.tables import (
    BONUS,
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    CHOICES_MOST,
    CHUNK,
    FACTS,
    FIRST,
    FROZEN,
    HALF_PRICE,
    HOURS,
    KIND,
    LAST,
    LEVEL,
    LINES,
    MODES,
    N_LINE,
    NEED_A,
    NEED_Z,
    NEEDS,
    OLD,
    OLD_LINES,
    OWN,
    OWN_HOURS,
    PAIRS,
    PEOPLE,
    PERSON,
    ROOM_ALL,
    ROOM_USUAL,
    SPECIAL,
    TEAM_MOST,
    WEEK_MAX,
    WEEKS,
)

if TYPE_CHECKING:
    from solver.tables.tables import Case

# Tables of an auction's book: hours bought by person and week on usual lines, on all lines; the team of each
# need of the case, as pairs, -1 behind the last; hours for sale, see the columns below.
U_USUAL, U_ALL, BUYERS, LOTS = names(4)
# Columns of LOTS: the week of a member (rank * weeks + week); hours.
L_CELL, L_SIZE = range(2)
# Rows of the costs: money per hour of each piece; what each choice of a line saves; by need the price of an
# hour at which a team was found last; single numbers: the grid on which prices stand, the highest price tried
# for a team, whether few prices are tried.
BY_LOT, SAVING, TEAM_PRICE, GRID = range(4)
RANKED = 1e-12
"""How those who cannot do a line alone are told apart by the price of their cheapest hour."""

# Columns of the single numbers.
STEP, HIGHEST, QUICK = range(3)


class Auction(NamedTuple):
    """One round of pricing.

    Attributes:
        world: The problem.
        price: Money per quarter-hour.
        book: What is bought, and working memory.
        costs: Working memory for money.
        profit: One row, by mode: money above refusing it; minus infinity when it cannot be.
    """

    world: Ints
    price: Prices
    book: Ints
    costs: Costs
    profit: Costs


machine_tuple(Auction)


def auction_for(case: Case, price: Prices, profit: Costs, grid: float, most: float) -> Auction:
    """An auction at `price`, which must stand on the `grid` for its bound to be exact.

    The hours of a team are tried at prices up to `most`.
    """
    people, weeks = len(case.specialists), case.fact(WEEKS)
    needs, team = len(case.table(NEEDS)), case.fact(TEAM_MOST)
    lots = max(2 * team * weeks, 2 * weeks) + 1
    costs = np.zeros((4, max(3, lots, case.fact(CHOICES_MOST), needs, 1)))
    costs[GRID, :2] = grid, most
    book = bind(
        [
            np.zeros((people, weeks), np.int64),
            np.zeros((people, weeks), np.int64),
            np.full((needs, team), -1, np.int64),
            np.zeros((lots, 2), np.int64),
        ]
    )
    return Auction(case.world, price, book, costs, profit)


@kernel
def offered(world: Ints, need: int, pair: int, week: int, least: int) -> int:
    """Most hours the pair could work on the need's line in a week of an empty calendar."""
    line, person = get(world, NEEDS, need, N_LINE), get(world, PAIRS, pair, PERSON)
    room = ROOM_USUAL if get(world, LINES, line, KIND) == 0 else ROOM_ALL
    hours = min(get(world, room, person, week), get(world, LINES, line, WEEK_MAX))
    if hours < least or (get(world, PAIRS, pair, SPECIAL) >= 0 and fixed_hours(world, pair, week) >= 0):
        return 0
    return hours


@kernel
def own_hours(world: Ints, need: int, level: int, pair: int) -> int:
    """Hours that `pair` alone needs for the line, frozen ones included."""
    own = term(world, pair, OWN, -1)
    return get(world, OWN_HOURS, own, level) if own >= 0 else get(world, NEEDS, need, HOURS)


@kernel
def smallest(world: Ints, pair: int, hours: int) -> int:
    """Smallest hours the pair may work in a week when the whole line takes `hours`."""
    return max(1, min(get(world, PEOPLE, get(world, PAIRS, pair, PERSON), CHUNK), hours))


@kernel
def _cheapest_hour(auction: Auction, need: int, pair: int, least: int) -> tuple[float, int]:
    """Price of the pair's cheapest hour, and all its hours."""
    world = auction.world
    kind, person = get(world, LINES, get(world, NEEDS, need, N_LINE), KIND), get(world, PAIRS, pair, PERSON)
    best, total = NEVER, 0
    for week in range(get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST) + 1):
        hours = offered(world, need, pair, week, least)
        if hours > 0:
            total += hours
            best = min(best, auction.price[kind, person, week])
    return best, total


@kernel
def _add_lot(auction: Auction, count: int, cell: int, cost: float, size: int) -> int:
    """Insert a lot behind all that are not dearer; returns the number of lots then."""
    if size <= 0:
        return count
    k, book, costs = count, auction.book, auction.costs
    while k > 0 and costs[BY_LOT, k - 1] > cost:
        costs[BY_LOT, k] = costs[BY_LOT, k - 1]
        assign(book, LOTS, k, L_CELL, get(book, LOTS, k - 1, L_CELL))
        assign(book, LOTS, k, L_SIZE, get(book, LOTS, k - 1, L_SIZE))
        k -= 1
    costs[BY_LOT, k] = cost
    assign(book, LOTS, k, L_CELL, cell)
    assign(book, LOTS, k, L_SIZE, size)
    return count + 1


@kernel
def add_lots(auction: Auction, need: int, pair: int, rank: int, count: int, least: int) -> int:  # noqa: PLR0917 - kernels take no names
    """Add the pair's weeks as lots, cheaper by the churn that promised hours would save.

    Whoever keeps a line's published hours saves half the price, who keeps the own ones the whole; the first
    half is promised to each member of a team, which only makes the bound looser.
    """
    world = auction.world
    line, person = get(world, NEEDS, need, N_LINE), get(world, PAIRS, pair, PERSON)
    kind, old, half = (
        get(world, LINES, line, KIND),
        get(world, LINES, line, OLD),
        get(world, FACTS, HALF_PRICE, 0),
    )
    weeks = get(world, FACTS, WEEKS, 0)
    for week in range(get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST) + 1):
        hours = offered(world, need, pair, week, least)
        cost = auction.price[kind, person, week]
        if old >= 0 and hours > 0:
            kept = min(hours, promised(world, pair, week))
            moved = min(hours, get(world, OLD_LINES, old, week)) - kept
            count = _add_lot(auction, count, rank * weeks + week, cost - 2 * half, kept)
            count = _add_lot(auction, count, rank * weeks + week, cost - half, moved)
            hours -= kept + max(0, moved)
        count = _add_lot(auction, count, rank * weeks + week, cost, hours)
    return count


@kernel
def buy_lots(auction: Auction, count: int, hours: int) -> float:
    """Cost of `hours` from the lots, cheapest first; sizes become what is bought. NEVER when too few."""
    cost = 0.0
    for k in range(count):
        bought = min(hours, get(auction.book, LOTS, k, L_SIZE))
        assign(auction.book, LOTS, k, L_SIZE, bought)
        cost += bought * auction.costs[BY_LOT, k]
        hours -= bought
    return cost if hours == 0 else NEVER


@kernel
def single_cost(auction: Auction, need: int, level: int, pair: int, limit: float) -> float:
    """Least cost of the line by one person; `limit` or more when it is not below `limit`."""
    world, line = auction.world, get(auction.world, NEEDS, need, N_LINE)
    asked = own_hours(world, need, level, pair)
    hours, least = asked - get(world, LINES, line, FROZEN), smallest(world, pair, asked)
    if asked <= 0 or hours < 0:
        return NEVER
    bonus = term(world, pair, BONUS, 0)
    if hours == 0:
        return float(-bonus)
    cheapest, total = _cheapest_hour(auction, need, pair, least)
    if total < hours or (get(world, LINES, line, OLD) < 0 and cheapest * hours - bonus >= limit):
        return NEVER
    return buy_lots(auction, add_lots(auction, need, pair, 0, 0, least), hours) - bonus


@kernel
def _least(auction: Auction, need: int, level: int, pair: int) -> float:
    """What the pair costs at least alone on the need; BEYOND and more when it only serves in a team."""
    cost = single_cost(auction, need, level, pair, NEVER)
    if cost < BEYOND:
        return cost
    hours = smallest(auction.world, pair, own_hours(auction.world, need, level, pair))
    return min(NEVER, BEYOND * (1.0 + max(0.0, _cheapest_hour(auction, need, pair, hours)[0]) * RANKED))


@kernel
def rank_choices(auction: Auction, least: Costs, first: int, end: int) -> None:
    """Put the choices of the modes from `first` to before `end` in the order of what they cost at least."""
    world = auction.world
    for mode in range(first, end):
        level = get(world, MODES, mode, LEVEL)
        for need in range(get(world, MODES, mode, NEED_A), get(world, MODES, mode, NEED_Z)):
            start = get(world, NEEDS, need, CHOICE_A)
            for c in range(start, get(world, NEEDS, need, CHOICE_Z)):
                pair, k = get(world, CHOICES, c, 0), c
                cost = _least(auction, need, level, pair)
                while k > start and least[0, k - 1] > cost:
                    least[0, k] = least[0, k - 1]
                    assign(world, CHOICES, k, 0, get(world, CHOICES, k - 1, 0))
                    k -= 1
                least[0, k] = cost
                assign(world, CHOICES, k, 0, pair)


@kernel
def single(auction: Auction, need: int, level: int) -> float:
    """Least cost of the line by anybody alone; the person is noted in BUYERS."""
    world, best = auction.world, NEVER
    # Who was cheapest last time probably is again, and then everybody else is passed over quickly.
    known = get(auction.book, BUYERS, need, 0)
    if known >= 0:
        best = single_cost(auction, need, level, known, NEVER)
    for c in range(get(world, NEEDS, need, CHOICE_A), get(world, NEEDS, need, CHOICE_Z)):
        pair = get(world, CHOICES, c, 0)
        if pair != known:
            cost = single_cost(auction, need, level, pair, best)
            if cost < best:
                best = cost
                assign(auction.book, BUYERS, need, 0, pair)
    return best
