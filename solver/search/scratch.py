"""Memory that compiled code works in, made once, and its own random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.compiling import kernel, machine_tuple
from solver.tables.books import Costs, Ints, Prices, assign, bind, get, names
from solver.tables.tables import CHOICES, CHOICES_MOST, TEAM_MOST, WEEKS

if TYPE_CHECKING:
    from solver.tables.tables import Case

# fmt: off
(
    # The team being tried, see the columns below; its hours and what each could still give, by week.
    TRIED, TRIED_HOURS, TRIED_ROOM,
    # Hours the line still takes by week; pieces of work, cheapest first, see the columns below.
    WEEK_LEFT, PIECES,
    # The best team so far and its hours by week.
    BEST, BEST_HOURS,
    # Hours that each choice of a line could give; state of the random numbers.
    OFFERS, SEED,
    # The line being staffed, see the rows below.
    TASK,
) = names(10)

# Columns of TRIED: the pair; the smallest useful hours in a week.
MEMBER, LEAST = range(2)
# Columns of PIECES: the week of a member (member * weeks + week); hours.
CELL, SIZE = range(2)
# Rows of TASK: the need, the level, the first and the last week; which prices hold (0 price, 1 rushed);
# steps of work done so far.
T_NEED, T_LEVEL, T_FIRST, T_LAST, T_RUSH, T_STEPS = range(6)
# Rows of the costs: money per hour of each piece; of each offer.
BY_PIECE, BY_OFFER = range(2)
# fmt: on

BEYOND = 1e30
"""Costs from which a choice only serves in a team; the cost of its cheapest hour is on top."""


def _scratch(case: Case, seed: int) -> Ints:
    """Working memory for a case; each thread needs its own."""
    weeks, team = case.fact(WEEKS), case.fact(TEAM_MOST)
    # A zero would stay zero for ever, and near seeds must not give near numbers.
    mixed = (seed + 1) * 0x9E3779B97F4A7C15 % 2**63 or 1
    by_week = np.zeros((team, weeks), np.int64)
    return bind(
        [
            np.zeros((team, 2), np.int64),
            by_week,
            by_week,
            np.zeros(weeks, np.int64),
            np.zeros((2 * team * weeks + 1, 2), np.int64),
            np.zeros(team, np.int64),
            by_week,
            np.zeros(case.fact(CHOICES_MOST), np.int64),
            np.array([mixed], np.int64),
            np.zeros(6, np.int64),
        ]
    )


def _costs(case: Case) -> Costs:
    """Working memory for money, beside `_scratch`."""
    return np.zeros((2, max(2 * case.fact(TEAM_MOST) * case.fact(WEEKS) + 1, case.fact(CHOICES_MOST))))


@kernel
def uniform(scratch: Ints) -> float:
    """A random number in [0, 1) by xorshift64*."""
    x = np.uint64(get(scratch, SEED, 0, 0))
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    assign(scratch, SEED, 0, 0, int(np.int64(x)))
    return ((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def below(scratch: Ints, count: int) -> int:
    """A random whole number from 0 to count - 1."""
    return int(uniform(scratch) * count)


class Desk(NamedTuple):
    """All that compiled code has before it while it staffs requests.

    Attributes:
        world: The problem.
        state: The plan in the making.
        scratch: Working memory, with the task in hand: which line to staff, and when.
        costs: Working memory for money.
        price: Money per quarter-hour by kind of line (0 usual, 1 expedite), person and week.
        least: One row, by choice: what it costs at least, and choices stand in this order; minus infinity
            when unknown, BEYOND or more when the pair cannot do the line alone.
        rushed: Prices that rise so steeply by week that work is done as early as can be.
    """

    world: Ints
    state: Ints
    scratch: Ints
    costs: Costs
    price: Prices
    least: Costs
    rushed: Prices


machine_tuple(Desk)


def desk_for(case: Case, state: Ints, seed: int, price: Prices, least: Costs | None = None) -> Desk:
    """A desk with fresh working memory; all that is handed in is used as it is."""
    if least is None:
        least = np.full((1, max(1, len(case.table(CHOICES)))), -np.inf)
    return Desk(case.world, state, _scratch(case, seed), _costs(case), price, least, rush(price))


def rush(price: Prices) -> Prices:
    """Prices under which any hour in an earlier week is cheaper than one in a later week."""
    step = float(price.max(initial=0.0)) + 1.0
    return price + step * np.arange(price.shape[2])
