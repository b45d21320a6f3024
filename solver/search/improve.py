"""Bettering a plan for a number of moves on several threads that share their best plan now and then."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from solver.search.plans import plan_of, state_of
from solver.search.scratch import T_STEPS, TASK
from solver.search.state import GRANTS, MODE, empty_state
from solver.search.tour import COUNTS, DIALS, HEAT, MOST, MOVE, R_MONEY, RANKS, TOP, rebuild, tour_from
from solver.search.walk import tidy, walk
from solver.tables.books import pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.plan import Plan
    from solver.search.bounds import Bound
    from solver.search.tour import Tour
    from solver.tables.books import Ints
    from solver.tables.tables import Case

SHARINGS = 24
"""How often workers begin anew from the best plan of them all."""

SLICES = 8
"""Settings of the temperature between two sharings."""

SLICE = 400_000
"""Steps between two looks at the clock."""

HOT, COLD = 0.2, 0.008
"""First and last temperature, as shares of the mean money of a granted request."""

LARGEST_RUIN = 16
"""Most requests taken out in one move."""

MENDERS = 8
"""Tries at granting what locks ask for beside a plan that does not; the best is kept."""

LATE = 0.85
"""Part of the time after which a search that is behind with its steps goes by the clock."""

SHOWING = 0.05
"""Most part of the time in which plans are verified while the search goes on."""

POLL_S = 0.1
"""Seconds between two looks at working threads."""


@dataclass
class Pace:
    """How far a search has come, by its steps or by the clock.

    Attributes:
        steps: Steps of each worker; None when only the clock says when to stop.
        deadline: On the clock of `time.monotonic`.
        hurried: The clock had a say although steps were set, so another run may end elsewhere.
    """

    steps: int | None
    deadline: float
    began: float = field(default_factory=monotonic)
    hurried: bool = False

    def share(self, done: int) -> float:
        """Part of the way gone after `done` steps, 0 to 1.

        Should the steps set not be made in time, the clock takes over, so that the end is calm and not cut.
        """
        by_clock = min(1.0, (monotonic() - self.began) / max(1e-9, self.deadline - self.began))
        if self.steps is None:
            return by_clock
        by_steps = done / self.steps
        if by_clock > LATE and by_steps < by_clock:
            self.hurried = True
            return by_clock
        return by_steps


@dataclass(frozen=True)
class Improved:
    """The best plan of a search.

    Attributes:
        plan: It keeps every rule and is never worse than the start; None when a grant that locks ask for was
            not found.
        steps: Steps made by all workers.
        moves: Moves made by all workers.
        hurried: Whether the clock or the caller ended or bent the search.
    """

    plan: Plan | None
    steps: int
    moves: int
    hurried: bool


@dataclass(frozen=True)
class Terms:
    """How a search is run.

    Attributes:
        seed: With `steps` and `workers` it fixes the result.
        deadline: On the clock of `time.monotonic`.
        steps: Steps of each worker; None to go on until the deadline.
        workers: Threads; each works on its own plan and now and then on the best of all.
        heat: First temperature as a share of the usual one; less keeps nearer to the start.
    """

    seed: int
    deadline: float
    steps: int | None = None
    workers: int = 1
    heat: float = 1.0


def improve(
    case: Case,
    start: Ints,
    bound: Bound,
    terms: Terms,
    *,
    show: Callable[[Plan | None], None],
    stopped: Callable[[], bool],
) -> Improved:
    """Better the plan in the state `start`.

    Args:
        case: The problem, tightened or not.
        start: A state that keeps every rule; locks that ask for a grant may be open.
        bound: Prices that guide the search.
        terms: Limits, seed and workers.
        show: Called about every `POLL_S` from the caller's thread, with a better plan or with None.
        stopped: Asked as often; True ends the search with the best plan.
    """
    team = [_Worker(case, start, bound, terms, k) for k in range(terms.workers)]
    leader, stop = team[0], threading.Event()
    best, shown = rank_in(leader.tour), _Shown(case, show)
    with ThreadPoolExecutor(terms.workers) as pool:
        for sharing in range(1, SHARINGS + 1):
            jobs = [pool.submit(worker.go, sharing / SHARINGS, stop) for worker in team]
            try:
                # A plan is verified while the walks go on.
                shown.next()
                while wait(jobs, timeout=POLL_S).not_done:
                    show(None)
                    if stopped():
                        stop.set()
            except BaseException:
                # What the caller's own function raises must not wait for the search.
                stop.set()
                raise
            for job in jobs:
                job.result()
            leader = max(team, key=lambda worker: (rank_in(worker.tour), -worker.number))
            if rank_in(leader.tour) > best:
                best = rank_in(leader.tour)
                shown.keep(leader.tour)
            if stop.is_set() or sharing == SHARINGS:
                break
            for worker in team:
                if worker is not leader:
                    worker.follow(leader)
    hurried = stop.is_set() or terms.steps is None or any(worker.pace.hurried for worker in team)
    moves = sum(int(pages(worker.tour.memo, COUNTS)[MOVE, 0]) for worker in team)
    return Improved(_plan(case, leader.tour), sum(worker.done for worker in team), moves, hurried)


def mend(case: Case, state: Ints, bound: Bound, seed: int) -> Ints:
    """The state with the grants that locks ask for, everything else as near to it as chance finds.

    It may still lack some of them when they are hard to find.
    """
    tours = [tour_from(case, state.copy(), bound, seed * 64 + k) for k in range(MENDERS)]
    if rank_in(tours[0])[0] == 0:
        return state
    for tour in tours:
        tour.keys[DIALS, MOST] = LARGEST_RUIN // 2
        for part in range(1, SLICES + 1):
            if rank_in(tour)[0] < 0:
                walk(tour, part * SLICE // 4)
        # Without heat the walk then finds back what it need not have lost.
        walk(tour, steps_of(tour) + SLICE)
    best = max(tours, key=rank_in)
    rebuild(best, best.best, empty_state(case))
    return best.desk.state


def tidied(case: Case, plan: Plan, bound: Bound) -> Plan:
    """`plan` with fewer hand-overs where a request can be staffed so beside the others, else as it is."""
    tour = tour_from(case, state_of(case, plan), bound, 0)
    tidy(tour)
    return plan_of(case, tour.best)


def _plan(case: Case, tour: Tour) -> Plan | None:
    """The best plan of a tour; None while it lacks a grant that locks ask for."""
    return plan_of(case, tour.best) if rank_in(tour)[0] == 0 else None


def rank_in(tour: Tour) -> tuple[int, ...]:
    """How good the best plan of a tour is; the greater the better."""
    *before, money, hands, ties = (int(x) for x in pages(tour.memo, RANKS)[TOP])
    return (*(-x for x in before), money, -hands, ties)


def steps_of(tour: Tour) -> int:
    """Steps made in a tour so far."""
    return int(pages(tour.desk.scratch, TASK)[T_STEPS, 0])


def warmth(tour: Tour, hot: float, share: float) -> float:
    """The temperature in money after a share of the way from `hot` down to cold."""
    granted = int(np.count_nonzero(pages(tour.desk.state, GRANTS)[:, MODE] >= 0))
    mean = abs(int(pages(tour.memo, RANKS)[TOP, R_MONEY])) / max(1, granted)
    return float(mean * hot * (COLD / hot) ** share)


class _Shown:
    """Shows the best plans while the search goes on, as far as that takes little of its time."""

    def __init__(self, case: Case, show: Callable[[Plan | None], None]) -> None:
        self._case = case
        self._show = show
        self._began = monotonic()
        self._spent = 0.0
        self._kept: Ints | None = None

    def keep(self, tour: Tour) -> None:
        """Remember the best plan of a tour, unless it lacks a grant that locks ask for."""
        self._kept = tour.best.copy() if rank_in(tour)[0] == 0 else None

    def next(self) -> None:
        """Show the plan remembered last, or leave it for later."""
        now = monotonic()
        if self._kept is not None and self._spent <= SHOWING * (now - self._began):
            self._show(plan_of(self._case, self._kept))
            self._kept = None
            self._spent += monotonic() - now


class _Worker:
    """One thread's walk."""

    def __init__(self, case: Case, start: Ints, bound: Bound, terms: Terms, number: int) -> None:
        self.case = case
        self.number = number
        self.pace = Pace(terms.steps, terms.deadline)
        self.hot = HOT * terms.heat
        self.tour = tour_from(case, start.copy(), bound, terms.seed * 64 + number)
        self.tour.keys[DIALS, MOST] = LARGEST_RUIN

    @property
    def done(self) -> int:
        """Steps made so far."""
        return steps_of(self.tour)

    def go(self, until: float, stop: threading.Event) -> None:
        """Walk until this part of the way is gone."""
        tour, steps = self.tour, self.pace.steps
        share = self.pace.share(self.done)
        while share < until and not stop.is_set():
            tour.keys[DIALS, HEAT] = warmth(tour, self.hot, share)
            slice_ = SLICE if steps is None else min(SLICE, 1 + steps // (SHARINGS * SLICES))
            walk(tour, self.done + slice_)
            share = self.pace.share(self.done)

    def follow(self, leader: _Worker) -> None:
        """Go on from the leader's best plan."""
        rebuild(self.tour, leader.tour.best, empty_state(self.case))
