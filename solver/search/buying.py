"""One round of pricing: each request buys the way to be staffed that leaves it most money."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.auction import (
    BUYERS,
    L_CELL,
    L_SIZE,
    LOTS,
    U_ALL,
    U_USUAL,
    Auction,
    add_lots,
    buy_lots,
    own_hours,
    single,
    smallest,
)
from solver.search.auction_teams import team
from solver.search.filling import NEVER
from solver.search.teams import term
from solver.tables.books import get, increase
from solver.tables.tables import (
    BONUS,
    FACTS,
    FROZEN,
    HALF_PRICE,
    KIND,
    LEVEL,
    LINES,
    MODE_A,
    MODE_Z,
    MODES,
    MUST,
    N_LINE,
    NEED_A,
    NEED_Z,
    NEEDS,
    OLD,
    PAIR_A,
    PAIR_Z,
    PAIRS,
    PERSON,
    POSSIBLE,
    REQUESTS,
    TEAM,
    VALUE,
    WEEKS,
)


@kernel
def need_cost(auction: Auction, need: int, level: int) -> float:
    """A cost below which the need cannot be staffed, churn it saves included."""
    world, line = auction.world, get(auction.world, NEEDS, need, N_LINE)
    if get(world, LINES, line, TEAM) == 0:
        return NEVER
    cost = team(auction, need) if get(world, LINES, line, TEAM) > 1 else single(auction, need, level)
    if get(world, LINES, line, FROZEN) > 0:
        # What is frozen costs nothing, keeps promises and may carry bonuses.
        if get(world, LINES, line, OLD) >= 0:
            cost -= 2.0 * get(world, FACTS, HALF_PRICE, 0) * get(world, LINES, line, FROZEN)
        for pair in range(get(world, LINES, line, PAIR_A), get(world, LINES, line, PAIR_Z)):
            cost -= max(0, term(world, pair, BONUS, 0))
    return cost


@kernel
def _use(auction: Auction, need: int, level: int) -> None:
    """Add the hours that the buyers of a need take to what is bought."""
    world, book = auction.world, auction.book
    line, weeks = get(world, NEEDS, need, N_LINE), get(world, FACTS, WEEKS, 0)
    kind, count, hours = get(world, LINES, line, KIND), 0, 0
    for rank in range(get(world, LINES, line, TEAM)):
        pair = get(book, BUYERS, need, rank)
        if pair >= 0:
            hours = own_hours(world, need, level, pair)
            count = add_lots(auction, need, pair, rank, count, smallest(world, pair, hours))
    buy_lots(auction, count, hours - get(world, LINES, line, FROZEN))
    for k in range(count):
        pair = get(book, BUYERS, need, get(book, LOTS, k, L_CELL) // weeks)
        week, person = get(book, LOTS, k, L_CELL) % weeks, get(world, PAIRS, pair, PERSON)
        increase(book, U_ALL, person, week, get(book, LOTS, k, L_SIZE))
        if kind == 0:
            increase(book, U_USUAL, person, week, get(book, LOTS, k, L_SIZE))


@kernel
def _price_mode(auction: Auction, mode: int) -> float:
    """Money the mode leaves at most, above what refusing brings; minus infinity when it is impossible."""
    world = auction.world
    if get(world, MODES, mode, POSSIBLE) == 0:
        return -NEVER
    profit = float(get(world, MODES, mode, VALUE))
    for need in range(get(world, MODES, mode, NEED_A), get(world, MODES, mode, NEED_Z)):
        profit -= need_cost(auction, need, get(world, MODES, mode, LEVEL))
    return profit


@kernel
def hold(auction: Auction, first: int, end: int) -> float:
    """Let the requests from `first` to before `end` buy; returns the money they are left with above refusal.

    What they buy is added to U_USUAL and U_ALL, the money of each mode is written to `profit`.
    """
    world, total = auction.world, 0.0
    for request in range(first, end):
        best, best_mode = 0.0, -1
        if get(world, REQUESTS, request, MUST) > 0:
            best = -NEVER
        for mode in range(get(world, REQUESTS, request, MODE_A), get(world, REQUESTS, request, MODE_Z)):
            profit = _price_mode(auction, mode)
            auction.profit[0, mode] = profit
            if profit > best:
                best, best_mode = profit, mode
        if best_mode >= 0:
            total += best
            for need in range(get(world, MODES, best_mode, NEED_A), get(world, MODES, best_mode, NEED_Z)):
                _use(auction, need, get(world, MODES, best_mode, LEVEL))
    return total
