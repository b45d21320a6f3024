"""What a line costs at given prices when several people may share it."""

from __future__ import annotations

import numpy as np

from solver.compiling import kernel
from solver.search.auction import (
    BUYERS,
    GRID,
    HIGHEST,
    L_SIZE,
    LOTS,
    QUICK,
    SAVING,
    STEP,
    TEAM_PRICE,
    Auction,
    offered,
    smallest,
)
from solver.search.teams import promised, term
from solver.tables.books import assign, get
from solver.tables.tables import (
    BONUS,
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    FACTS,
    FIRST,
    FROZEN,
    HALF_PRICE,
    HOURS,
    KIND,
    LAST,
    LINES,
    N_LINE,
    NEEDS,
    OLD,
    OLD_LINES,
    PAIRS,
    PERSON,
    ROOM_ALL,
    ROOM_USUAL,
    SPECIAL,
    TEAM,
    TEAM_MOST,
    WEEK_MAX,
    WEEKS,
)

HALVINGS = 12
"""Steps in which the price of a team's dearest hour is narrowed down; any price gives a valid bound."""

NEAR = 1 / 32
"""First step from the price of a team's dearest hour in the round before, as a share of it."""


@kernel
def _plain_saving(auction: Auction, need: int, pair: int, price: float, least: int) -> tuple[float, int]:
    """`_saving` for a pair without special terms, quickly."""
    world = auction.world
    line, person = get(world, NEEDS, need, N_LINE), get(world, PAIRS, pair, PERSON)
    kind, most = get(world, LINES, line, KIND), get(world, LINES, line, WEEK_MAX)
    room = (world[ROOM_USUAL] if kind == 0 else world[ROOM_ALL]) + person * get(world, FACTS, WEEKS, 0)
    saved, total = 0.0, 0
    for week in range(get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST) + 1):
        margin = price - auction.price[kind, person, week]
        hours = min(world[room + week], most)
        if margin > 0.0 and hours >= least:
            saved += hours * margin
            total += hours
    return saved, total


@kernel
def _saving(auction: Auction, need: int, pair: int, price: float, least: int) -> tuple[float, int]:
    """What the pair's hours cheaper than `price` save against it, bonus included, and those hours."""
    world = auction.world
    line, person = get(world, NEEDS, need, N_LINE), get(world, PAIRS, pair, PERSON)
    kind, old, half = (
        get(world, LINES, line, KIND),
        get(world, LINES, line, OLD),
        get(world, FACTS, HALF_PRICE, 0),
    )
    if old < 0 and get(world, PAIRS, pair, SPECIAL) < 0:
        return _plain_saving(auction, need, pair, price, least)
    saved, total = float(term(world, pair, BONUS, 0)), 0
    for week in range(get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST) + 1):
        hours = offered(world, need, pair, week, least)
        if hours <= 0:
            continue
        margin = price - auction.price[kind, person, week]
        if old >= 0:
            kept = min(hours, promised(world, pair, week))
            moved = max(0, min(hours, get(world, OLD_LINES, old, week)) - kept)
            if margin + 2 * half > 0:
                saved += kept * (margin + 2 * half)
                total += kept
            if margin + half > 0:
                saved += moved * (margin + half)
                total += moved
            hours -= kept + moved
        if margin > 0:
            saved += hours * margin
            total += hours
    return saved, total


@kernel
def _team_at(auction: Auction, need: int, price: float) -> tuple[float, int]:
    """What the best team saves at a price of an hour, and the hours it then gives; noted in BUYERS."""
    world, book, costs = auction.world, auction.book, auction.costs
    size = get(world, LINES, get(world, NEEDS, need, N_LINE), TEAM)
    hours = get(world, NEEDS, need, HOURS)
    count, total = 0, 0
    for c in range(get(world, NEEDS, need, CHOICE_A), get(world, NEEDS, need, CHOICE_Z)):
        pair = get(world, CHOICES, c, 0)
        saved, given = _saving(auction, need, pair, price, smallest(world, pair, hours))
        if saved <= 0.0 or (count == size and saved <= costs[SAVING, count - 1]):
            continue
        if count < size:
            count += 1
        else:
            total -= get(book, LOTS, count - 1, L_SIZE)
        k = count - 1
        while k > 0 and costs[SAVING, k - 1] < saved:
            costs[SAVING, k] = costs[SAVING, k - 1]
            assign(book, BUYERS, need, k, get(book, BUYERS, need, k - 1))
            assign(book, LOTS, k, L_SIZE, get(book, LOTS, k - 1, L_SIZE))
            k -= 1
        costs[SAVING, k] = saved
        assign(book, BUYERS, need, k, pair)
        assign(book, LOTS, k, L_SIZE, given)
        total += given
    saving = 0.0
    for k in range(count):
        saving += costs[SAVING, k]
    for k in range(count, get(world, FACTS, TEAM_MOST, 0)):
        assign(book, BUYERS, need, k, -1)
    return saving, total


@kernel
def _at_price(auction: Auction, need: int, price: float) -> tuple[float, bool]:
    """What the team's bound says at a price of an hour, and whether the team then has hours enough."""
    world = auction.world
    line = get(world, NEEDS, need, N_LINE)
    hours = get(world, NEEDS, need, HOURS) - get(world, LINES, line, FROZEN)
    saving, given = _team_at(auction, need, price)
    return price * hours - saving, given >= hours


@kernel
def team(auction: Auction, need: int) -> float:  # noqa: C901 - one search along one line
    """A cost that no team of the allowed size goes below.

    At any price x of an hour, the line's hours cost at least x each less what the best people save against
    x; the greatest such number is looked for from the price that was best the round before. It is exact but
    for steps between teams.
    """
    line, grid = get(auction.world, NEEDS, need, N_LINE), auction.costs[GRID, STEP]
    if get(auction.world, NEEDS, need, HOURS) == get(auction.world, LINES, line, FROZEN):
        return 0.0
    start = max(grid, auction.costs[TEAM_PRICE, need])
    best, enough = _at_price(auction, need, start)
    low, high, best_price = 0.0, start, start
    if get(auction.world, LINES, line, OLD) >= 0:
        low = -2.0 * get(auction.world, FACTS, HALF_PRICE, 0)
    # Upwards until there are hours enough, each step twice as long as the last.
    step = max(grid, np.floor(start * NEAR / grid) * grid)
    while not enough and high < auction.costs[GRID, HIGHEST]:
        low, high = high, high + step
        step *= 2.0
        bound, enough = _at_price(auction, need, high)
        if bound > best:
            best, best_price = bound, high
    quick = auction.costs[GRID, QUICK] > 0.0
    if quick and best_price == start and enough:
        # Downwards one step, so that the price follows from round to round.
        low = high - step
    for _ in range(1 if quick else HALVINGS):
        if high - low <= grid:
            break
        middle = low if quick else np.floor((low + high) / 2.0 / grid) * grid
        bound, enough = _at_price(auction, need, middle)
        if bound > best:
            best, best_price = bound, middle
        if enough:
            high = middle
        else:
            low = middle
    if not enough:
        # The last price tried must be one with hours enough: it says who buys.
        _team_at(auction, need, high)
    auction.costs[TEAM_PRICE, need] = best_price
    return best
