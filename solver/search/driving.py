"""One run of the motor: first plan, tightening, prices and bound, search.

Work is counted in steps of the compiled loops, never in seconds, so the same limit of work ends at the same
plan on any machine and under any load.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from solver import spread
from solver.motor import Motored
from solver.search.bounds import Bound, bound, round_steps
from solver.search.construct import first_state, guided_state, rank_of
from solver.search.improve import Terms, improve, mend, tidied
from solver.search.plans import plan_of, state_of
from solver.search.presolve import keep_obligations, obligations_lost, tighten
from solver.search.pressing import pressed
from solver.search.state import TOTALS, UNMET, empty_state
from solver.tables.arrays import case_of
from solver.tables.books import pages
from solver.terms.worth import floored

if TYPE_CHECKING:
    from solver.exact.watch import Watch
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.search.presolve import Tightened
    from solver.settings import Settings
    from solver.tables.books import Ints
    from solver.tables.tables import Case

STEPS = 56_000_000
"""Steps of work in one unit; about what one core does in a second."""

ROUNDS = (24, 2000)
"""Fewest and most rounds of pricing."""

PRICING = 0.075
"""Part of the work that goes into prices and bound."""

PRICING_LATEST = 0.3
"""Part of the seconds left then after which pricing ends in any case."""

TIGHTENING = 0.05
"""Part of the work after which no doubtful mode is proven impossible any more."""

TIGHTENING_LATEST = 0.2
"""The same of the seconds."""

LAST_LOOK = 3.0
"""How many times what it takes to hand over a plan, the most so far, is kept free at the end."""

CALM = 0.1
"""First temperature when the search begins with a plan handed in, as a share of the usual one."""


@dataclass(frozen=True)
class Early:
    """The tables of a problem, and the first plan made with them.

    Attributes:
        state: The plan as compiled code has it.
        plan: None when locks ask for more than it grants.
    """

    case: Case
    state: Ints
    plan: Plan | None


def early(problem: Problem, settings: Settings, watch: Watch, start: Plan | None = None) -> Early | None:
    """The first plan of all, offered to `watch`; nothing when there is a plan to begin from.

    None when the locks contradict each other.
    """
    case = watch.during(3, "reading", lambda: case_of(problem))
    if case.conflict:
        return None
    if start is not None:
        return Early(case, empty_state(case), None)

    def over() -> bool:
        return watch.cancelled or watch.left() <= 0

    state = watch.during(3, "first plan", lambda: first_state(case, over, settings.workers))
    plan = plan_of(case, state) if pages(state, TOTALS)[UNMET, 0] == 0 else None
    if plan is not None:
        watch.offer(plan)
    watch.show(3, None, "search")
    return Early(case, state, plan)


class Drive:
    """One run; `go` is called once."""

    def __init__(
        self, problem: Problem, settings: Settings, watch: Watch, seconds: float, work: float | None
    ) -> None:
        """`seconds` are a fuse when `work` is given."""
        self.problem = problem
        self.settings = settings
        self.watch = watch
        self.began = monotonic()
        self.deadline = self.began + seconds
        self.work = work
        self.bound: int | None = None
        self.handing_s = watch.verifying_s

    def go(self, start: Plan | None) -> Motored | None:
        """All of it, in order; None when the locks contradict each other."""
        during = self.watch.during
        begun = self.watch.early or early(self.problem, self.settings, self.watch, start)
        if begun is None:
            return None
        case, first = begun.case, begun.state
        tight = during(3, "tightening", lambda: self._tighten(case))
        hopeless = obligations_lost(case)
        best, promised = self.watch.best, any(r.obligation is not None for r in self.problem.requests)
        if promised and best is not None and len(best[1].broken_obligations) == hopeless:
            known, case = plan_of(case, first), keep_obligations(case)
            first = state_of(case, known)
        prices = during(3, "prices", lambda: self._prices(case))
        self.bound = None if prices.value is None else floored(self.problem, prices.value)
        hurried = tight.cut or prices.cut
        used = prices.rounds * round_steps(case)
        if self._over():
            return Motored(self.bound, hopeless, hurried=True, work=used / STEPS)
        guided = self._offer(case, during(3, "search", lambda: guided_state(case, prices, self._over)))
        state, heat = max(first, guided, key=lambda s: rank_of(case, s)), 1.0
        if start is not None and start is not begun.plan:
            # What is asked for beyond the plan handed in is granted first, with few changes.
            given = during(3, "search", lambda: mend(case, state_of(case, start), prices, self.settings.seed))
            if rank_of(case, given) >= rank_of(case, state):
                state, heat = self._offer(case, given), CALM
                state, steps = during(3, "search", lambda: self._pressed(case, given, prices))
                state, used = self._offer(case, state), used + steps
        terms = self._terms(used, heat)
        if spread.pays(case, state):
            done = spread.improve_in_parts(case, state, prices, terms, self.watch, show=self._show)
        else:
            done = improve(case, state, prices, terms, show=self._show, stopped=self.watch.stopped)
        plan = done.plan
        # Whoever cancelled waits for no fewer hand-overs.
        if plan is not None and not self.watch.cancelled:
            if self._in_time():
                plan = tidied(case, plan, prices)
            else:
                hurried = True
        self._show(plan)
        return Motored(self.bound, hopeless, hurried or done.hurried, (used + done.steps) / STEPS)

    def _pressed(self, case: Case, state: Ints, prices: Bound) -> tuple[Ints, int]:
        """The plan handed in with what it refuses pressed in, where that pays."""
        if pages(state, TOTALS)[UNMET, 0] > 0:
            return state, 0
        seconds = max(0.0, self.deadline - monotonic())
        # It has one of the workers only, and takes no longer than its part of the search does.
        units = seconds if self.work is None else self.work / self.settings.workers
        steps = round(units * STEPS)
        return pressed(case, state, prices, self.settings.seed, steps=steps, over=self._over)

    def _terms(self, used: int, heat: float) -> Terms:
        """The limits of the search after so many steps of pricing."""
        deadline = self.deadline - LAST_LOOK * self.handing_s
        steps = None
        if self.work is not None:
            steps = max(1, round((self.work * STEPS - used) / self.settings.workers))
        return Terms(self.settings.seed, deadline, steps, self.settings.workers, heat)

    def _offer(self, case: Case, state: Ints) -> Ints:
        """Show what a state holds, unless locks ask for more than it grants."""
        began = monotonic()
        if pages(state, TOTALS)[UNMET, 0] == 0:
            self._show(plan_of(case, state))
        self.handing_s = max(self.handing_s, self.watch.verifying_s, monotonic() - began)
        return state

    def _in_time(self) -> bool:
        """Whether there is time for more than verifying the last plan."""
        return self.deadline - monotonic() > (LAST_LOOK - 1) * self.watch.verifying_s

    def _show(self, plan: Plan | None) -> None:
        if plan is not None:
            self.watch.offer(plan, hasty=True)
        self.watch.show(3, self.bound, "search")

    def _over(self) -> bool:
        """Whether to stop, asked from any thread; the caller himself is asked from his own only."""
        return self.watch.cancelled or self.watch.left() <= 0

    def _tighten(self, case: Case) -> Tightened:
        """What each request alone allows to conclude; the exact model is asked only for a while."""
        latest = monotonic() + TIGHTENING_LATEST * max(0.0, self.deadline - monotonic())
        work = None if self.work is None else TIGHTENING * self.work
        return tighten(self.problem, case, work=work, deadline=latest, cancel=self._over)

    def _prices(self, case: Case) -> Bound:
        """The bound and its prices."""
        fewest, most = ROUNDS
        each = max(1, round_steps(case))
        left = max(0.0, self.deadline - monotonic())
        units = left if self.work is None else self.work
        rounds = max(fewest, min(most, int(PRICING * units * STEPS / each)))
        latest = monotonic() + PRICING_LATEST * left
        return bound(case, rounds=rounds, threads=self.settings.workers, deadline=latest, cancel=self._over)
