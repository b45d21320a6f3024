"""Prices of people's weeks, and what no plan can exceed.

For any prices >= 0, no plan is worth more than what all requests are left with when each buys the staffing
that suits it best, plus the price of all hours there are (Lagrangian duality; Held, Wolfe and Crowder 1974).
The prices that make this least also say which weeks are scarce. Rules that only restrict further, locks
included, may be left out of such a bound. Prices stand on a grid fine enough for the search and coarse
enough that every sum is exact in double precision, so the bound is an integer without any rounding doubt.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil, floor, log2
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.search.auction import GRID, QUICK, U_ALL, U_USUAL, auction_for, rank_choices
from solver.search.buying import hold
from solver.tables.books import Costs, Prices, pages
from solver.tables.tables import (
    BIG,
    BONUS,
    CAPS,
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    DEPARTMENT,
    FIRST,
    HOURS,
    LAST,
    MODES,
    NEED_A,
    NEEDS,
    PEOPLE,
    REFUSED,
    REQUESTS,
    ROOM_ALL,
    ROOM_USUAL,
    SPECIALS,
    TEAM_MOST,
    VALUE,
    Case,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.search.auction import Auction

    Cancel = Callable[[], bool]

Floats = npt.NDArray[np.float64]

FIRST_STEP, LAST_STEP = 0.2, 0.002
"""Lengths of the first and the last step, as shares of the starting price."""

INERTIA, MEMORY = 0.8, 0.95
"""How much of the direction and of the squared slopes is carried from round to round."""

HURRY = 0.6
"""Part of the time after which rounds that are behind go by the clock."""

ORDERED_BY = 1.5
"""Part of the time at which choices are left in the order they have."""

ROWS_A_LOOK = 32
"""Requests or modes that are priced between two questions whether to stop."""

STEEPEST = 1024
"""How many times the highest sensible price the hours of a team may be tried at."""


@dataclass(frozen=True)
class Bound:
    """What no plan exceeds, and the prices that show it.

    Attributes:
        value: No plan has a greater stage-3 value; None when no plan can keep the locks.
        price: Money per quarter-hour by kind of line (0 usual, 1 expedite), person and week.
        profit: Money that each mode leaves at these prices above refusing its request.
        rounds: Rounds of pricing.
        cut: Whether the clock or the caller ended or bent the rounds.
        least: What each choice costs at least at these prices, in which order choices stand (see `Desk`);
            None when they were not put in order.
    """

    value: int | None
    price: Prices
    profit: Floats
    rounds: int
    cut: bool = False
    least: Costs | None = None


class _Market:
    """Prices of hours and caps, and what they prove. Each thread prices some of the requests.

    All sums are exact, so the number of threads changes nothing.
    """

    def __init__(self, case: Case, pool: ThreadPoolExecutor, threads: int) -> None:
        self.case = case
        self.pool = pool
        self.usual, self.all = case.table(ROOM_USUAL), case.table(ROOM_ALL)
        self.department = case.table(PEOPLE)[:, DEPARTMENT]
        caps = case.table(CAPS)
        self.caps = np.where(caps < BIG // 2, caps, 0)
        self.capped = caps < BIG // 2
        self.extra = self.all > self.usual
        self.base = int(case.table(REQUESTS)[:, REFUSED].sum())
        self.top, self.grid = _scale(case)
        shapes = self.all.shape, self.all.shape, caps.shape
        self.sizes = [int(np.prod(shape)) for shape in shapes]
        self.shapes = shapes
        self.price: Prices = np.zeros((2, *self.all.shape))
        self.profit: Costs = np.zeros((1, max(1, len(case.table(MODES)))))
        self.auctions = [
            auction_for(case, self.price, self.profit, self.grid, self.top * STEEPEST) for _ in range(threads)
        ]
        self.least: Costs = np.full((1, max(1, len(case.table(CHOICES)))), -np.inf)

    def open(self, weights: Floats, cancel: Cancel) -> tuple[float, Floats] | None:
        """The bound at `weights` and its slope (hours left over; negative where too much is bought).

        None when `cancel` ended it before all requests had bought.
        """
        every, usual, caps = self.split(weights)
        self._set(weights)
        for auction in self.auctions:
            pages(auction.book, U_ALL)[:] = 0
            pages(auction.book, U_USUAL)[:] = 0
        left = self._all(len(self.case.requests), hold, cancel)
        if left is None:
            return None
        bought_all = sum(pages(auction.book, U_ALL) for auction in self.auctions)
        bought_usual = sum(pages(auction.book, U_USUAL) for auction in self.auctions)
        bound = self.base + left + (every * self.all).sum() + (usual * self.usual).sum()
        bound += (caps * self.caps).sum()
        by_department = np.zeros(caps.shape)
        np.add.at(by_department[:, :-1], self.department, bought_all)
        by_department[:, -1] = by_department[:, :-1].sum(axis=1)
        slopes = (self.all - bought_all, self.usual - bought_usual, self.caps - by_department)
        return float(bound), np.concatenate([slope.ravel() for slope in slopes])

    def put_in_order(self, weights: Floats, cancel: Cancel) -> Costs:
        """Put the choices of each need in the order of what they cost at least; returns that cost."""
        self._set(weights)

        def rank(auction: Auction, first: int, end: int) -> float:
            rank_choices(auction, self.least, first, end)
            return 0.0

        self._all(len(self.case.table(MODES)), rank, cancel)
        return self.least

    def _all(self, count: int, work: Callable[[Auction, int, int], float], cancel: Cancel) -> float | None:
        """Sum of `work` over spans of `count` rows, each thread with some; None when `cancel` ended it."""
        ends = np.linspace(0, count, len(self.auctions) + 1).astype(int).tolist()

        def part(auction: Auction, first: int, end: int) -> float | None:
            total = 0.0
            for start in range(first, end, ROWS_A_LOOK):
                if cancel():
                    return None
                total += work(auction, start, min(start + ROWS_A_LOOK, end))
            return total

        parts = list(self.pool.map(part, self.auctions, ends[:-1], ends[1:]))
        return None if None in parts else sum(p for p in parts if p is not None)

    def split(self, weights: Floats) -> list[Floats]:
        """Prices of all hours, of usual hours beyond that, of caps."""
        ends = np.cumsum(self.sizes)
        return [
            weights[end - size : end].reshape(shape)
            for end, size, shape in zip(ends, self.sizes, self.shapes, strict=True)
        ]

    def _set(self, weights: Floats) -> None:
        """Let the auctions stand at the prices of `weights`."""
        every, usual, caps = self.split(weights)
        self.price[1] = every + caps[self.department, :-1] + caps[self.department, -1:]
        self.price[0] = self.price[1] + usual

    def snap(self, weights: Floats) -> Floats:
        """The nearest prices that are allowed and stand on the grid."""
        weights = np.clip(weights, 0.0, self.top)
        _, usual, caps = self.split(weights)
        usual *= self.extra
        caps *= self.capped
        snapped: Floats = np.round(weights / self.grid) * self.grid
        return snapped

    def start(self) -> Floats:
        """One price for all hours: money per hour of the request at which supply runs out."""
        modes, hours = self.case.table(MODES), mode_hours(self.case)
        worth = np.maximum(0, modes[:, VALUE]) / np.maximum(1, hours)
        order = np.argsort(-worth, kind="stable")
        sold = np.cumsum(hours[order])
        last = int(np.searchsorted(sold, self.all.sum()))
        price = float(worth[order[last]]) if last < len(order) else 0.0
        weights = np.zeros(sum(self.sizes))
        weights[: self.sizes[0]] = price
        return self.snap(weights)


def mode_hours(case: Case) -> npt.NDArray[np.int64]:
    """Hours of each mode over all its lines."""
    sums = np.concatenate([[0], np.cumsum(case.table(NEEDS)[:, HOURS])])
    modes = case.table(MODES)
    hours: npt.NDArray[np.int64] = sums[modes[:, NEED_A + 1]] - sums[modes[:, NEED_A]]
    return hours


def _scale(case: Case) -> tuple[float, float]:
    """The highest sensible price of an hour, and a grid on which every sum is exact.

    A request never pays more for an hour than it is worth, bonuses included. Sums of numbers that all stand
    on a grid are exact in double precision while they stay below 2^53 steps of it.
    """
    modes, hours = case.table(MODES), case.table(NEEDS)[:, HOURS]
    values = float(np.abs(modes[:, VALUE]).sum() + np.abs(case.table(SPECIALS)[:, BONUS]).sum() + 1)
    values += 2.0 * abs(float(case.table(REQUESTS)[:, REFUSED].sum()))
    room, longest = float(case.table(ROOM_ALL).sum() * 2 + 1), float(hours.max(initial=1))
    bonuses = float(np.abs(case.table(SPECIALS)[:, BONUS]).max(initial=0))
    most = float(np.abs(modes[:, VALUE]).max(initial=1)) + bonuses * case.fact(TEAM_MOST)
    dearest = most / max(1.0, float(hours.min(initial=2**20)))
    top = min(dearest, 2.0**50 / (room + STEEPEST * longest))
    largest = 4.0 * (values + top * (room + STEEPEST * longest))
    return top, 2.0 ** -(51 - ceil(log2(largest)))


def bound(
    case: Case,
    *,
    rounds: int,
    threads: int = 1,
    deadline: float | None = None,
    cancel: Cancel = lambda: False,
) -> Bound:
    """A bound on the stage-3 value of every plan, and the prices behind it.

    The choices in the tables of `case` are put in the order of what they cost at these prices.

    Args:
        case: The problem; what presolve struck or narrowed makes the bound tighter.
        rounds: Rounds of pricing; the result depends on nothing else unless one of the next two ends it.
        threads: How many price at the same time.
        deadline: On the clock of `time.monotonic`.
        cancel: Asked between some requests and the next.

    Returns:
        The best bound found; its value is None when some request that must be granted cannot be, and when
        not even one round was done.
    """
    began = monotonic()

    def gone() -> float:
        return 0.0 if deadline is None else (monotonic() - began) / max(1e-9, deadline - began)

    with ThreadPoolExecutor(threads) as pool:
        search = _Descent(_Market(case, pool, threads), rounds)
        cut = False
        while search.done < rounds and not (search.finished or cut):
            cut = not search.step(gone(), lambda: cancel() or gone() > 1.0)

        def late() -> bool:
            return cancel() or gone() > ORDERED_BY

        found = search.result(late)
        return replace(found, cut=found.cut or cut or late())


def choices_in_order(case: Case, price: Prices) -> Costs:
    """Put the choices of each need in the order of what they cost at least at `price`; returns that cost."""
    nothing: Costs = np.zeros((1, max(1, len(case.table(MODES)))))
    least: Costs = np.full((1, max(1, len(case.table(CHOICES)))), -np.inf)
    rank_choices(auction_for(case, price, nothing, 1.0, 1.0), least, 0, len(case.table(MODES)))
    return least


def round_steps(case: Case) -> int:
    """Steps of work in one round of pricing: weeks of each person who could be chosen."""
    needs = case.table(NEEDS)
    spans = np.maximum(1, needs[:, LAST] - needs[:, FIRST] + 3)
    return int(((needs[:, CHOICE_Z] - needs[:, CHOICE_A]) * spans).sum())


class _Descent:
    """Subgradient steps whose length is set cell by cell from the slopes seen (Kingma and Ba 2014).

    One price for all hours is far from the best prices, and the slope there is steep in the few weeks that
    everybody would buy; steps of one common length get nowhere.
    """

    def __init__(self, market: _Market, rounds: int) -> None:
        self.market = market
        self.rounds = rounds
        self.done = 0
        self.finished = False
        self.hurried = False
        self.weights = market.start()
        self.unit = max(float(self.weights.max(initial=0.0)), market.grid)
        self.mean = np.zeros_like(self.weights)
        self.square = np.zeros_like(self.weights)
        self.best = np.inf
        self.best_weights = self.weights
        self.profit = np.zeros_like(market.profit[0])

    def step(self, gone: float, late: Cancel) -> bool:
        """One round of pricing and one step; the last fifth of the rounds price teams exactly.

        Steps become shorter from round to round, or when time is short by the part of it that is `gone`.
        False when `late` ended the round, which then says nothing.
        """
        market, share = self.market, self.done / self.rounds
        if gone > max(share, HURRY):
            share, self.hurried = min(1.0, gone), True
        for auction in market.auctions:
            auction.costs[GRID, QUICK] = share < 0.8
        found = market.open(self.weights, late)
        if found is None:
            return False
        bound, slope = found
        self.done += 1
        if bound < self.best:
            self.best, self.best_weights = bound, self.weights
            self.profit = market.profit[0].copy()
        # Where a price is zero already and there are hours left over, nothing is to be lowered.
        slope = np.where((self.weights <= 0) & (slope > 0), 0.0, slope)
        self.finished = not (np.isfinite(bound) and slope.any())
        self.mean = INERTIA * self.mean + (1 - INERTIA) * slope
        self.square = MEMORY * self.square + (1 - MEMORY) * slope * slope
        mean = self.mean / (1 - INERTIA**self.done)
        scale = np.sqrt(self.square / (1 - MEMORY**self.done)) + 1e-9
        length = self.unit * FIRST_STEP * (LAST_STEP / FIRST_STEP) ** share
        self.weights = market.snap(self.weights - length * mean / scale)
        return True

    def result(self, cancel: Cancel) -> Bound:
        """The best bound and the prices that give it."""
        value = floor(self.best) if np.isfinite(self.best) else None
        least = self.market.put_in_order(self.best_weights, cancel)
        return Bound(value, self.market.price.copy(), self.profit, self.done, self.hurried, least)
