"""The motor: tighten, price, construct, search. A plan and a bound for problems of any size.

Work is counted in steps of the compiled loops, never in seconds, so the same limit of work ends at the same
plan on any machine and under any load.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from solver import spread
from solver.books import pages
from solver.bounds import Bound, bound, round_steps
from solver.compiling import ready, warm
from solver.construct import first_state, rank_of
from solver.presolve import keep_obligations, obligations_lost, tighten
from solver.search.improve import Terms, improve, mend
from solver.search.plans import plan_of, state_of
from solver.search.state import TOTALS, UNMET

if TYPE_CHECKING:
    from solver.books import Ints
    from solver.exact_watch import Watch
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.settings import Settings
    from solver.tables import Case

STEPS = 20_000_000
"""Steps of work in one unit; about what one core does in a second."""

ROUNDS = (60, 2000)
"""Fewest and most rounds of pricing."""

PRICING = 0.12
"""Part of the work that goes into prices and bound."""

TIGHTENING = 0.2
"""Part of the seconds after which no doubtful mode is proven impossible any more."""

COMPILING_S = 150.0
"""Seconds without which compiling is not begun while another engine is at hand."""

LAST_LOOK = 3.0
"""How many times the time to verify a plan is kept free at the end."""

CALM = 0.1
"""First temperature when the search begins with a plan handed in, as a share of the usual one."""


@dataclass(frozen=True)
class Motored:
    """What the motor found; its plans were offered to the watch.

    Attributes:
        bound: No plan has a greater stage-3 value; None when it is not known or no plan can keep the locks.
        broken: Obligations that no plan keeps; fewer cannot be broken.
        hurried: The clock or the caller bent the search, so another run may end elsewhere.
        work: Units of work used.
    """

    bound: int | None
    broken: int
    hurried: bool
    work: float


def drive(
    problem: Problem,
    settings: Settings,
    watch: Watch,
    *,
    seconds: float,
    work: float | None,
    small: bool,
    start: Plan | None = None,
) -> Motored | None:
    """Search for plans that are good in stages 1 to 3 and offer them to `watch`.

    Args:
        problem: A valid problem.
        settings: Seed and workers.
        watch: Told every better plan, which is verified there; asked whether to stop.
        seconds: How long at most; a fuse when `work` is given.
        work: Units of work over all workers; None to use all of `seconds`.
        small: Whether another engine can do without the motor, should its code first have to be compiled.
        start: A plan to search near; it keeps every rule but for grants that locks ask for.

    Returns:
        None when the locks contradict each other, or the compiled code was not ready in time.

    Raises:
        RefereeError: A plan breaks a rule.
    """
    if not warm() and small and seconds < COMPILING_S:
        return None
    if not ready(watch.stopped):
        return None
    return _Drive(problem, settings, watch, seconds, work).go(start)


class _Drive:
    """One run of the motor."""

    def __init__(
        self, problem: Problem, settings: Settings, watch: Watch, seconds: float, work: float | None
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.watch = watch
        self.began = monotonic()
        self.deadline = self.began + seconds
        self.work = work
        self.bound: int | None = None

    def go(self, start: Plan | None) -> Motored | None:
        """All of it, in order."""
        share = self.began + TIGHTENING * (self.deadline - self.began)
        during, over = self.watch.during, self._over
        tight = during(3, "tightening", lambda: tighten(self.problem, deadline=share, cancel=over))
        case, hurried = tight.case, tight.open > 0
        if case.conflict:
            return None
        early = self._offer(case, during(3, "first plan", lambda: first_state(case)))
        hopeless = obligations_lost(case)
        if self.watch.best is not None and len(self.watch.best[1].broken_obligations) == hopeless:
            known, case = plan_of(case, early), keep_obligations(case)
            early = state_of(case, known)
        prices = during(3, "prices", lambda: self._prices(case))
        self.bound = prices.value
        guided = self._offer(case, during(3, "search", lambda: first_state(case, prices)))
        state = max(early, guided, key=lambda s: rank_of(case, s))
        heat = 1.0
        if start is not None:
            # What is asked for beyond the plan handed in is granted first, with few changes.
            given = during(3, "search", lambda: mend(case, state_of(case, start), prices, self.settings.seed))
            if rank_of(case, given) >= rank_of(case, state):
                state, heat = self._offer(case, given), CALM
        # The last plan is read, verified when it is offered and once more when it is handed over.
        deadline = self.deadline - LAST_LOOK * self.watch.verifying_s
        used = prices.rounds * round_steps(case)
        steps = None
        if self.work is not None:
            steps = max(1, round((self.work * STEPS - used) / self.settings.workers))
        terms = Terms(self.settings.seed, deadline, steps, self.settings.workers, heat)
        if spread.pays(case, state):
            done = spread.improve_in_parts(case, state, prices, terms, self.watch, show=self._show)
        else:
            done = improve(case, state, prices, terms, show=self._show, stopped=self.watch.stopped)
        self._show(done.plan)
        hurried = hurried or prices.cut or done.hurried
        return Motored(self.bound, hopeless, hurried, (used + done.steps) / STEPS)

    def _offer(self, case: Case, state: Ints) -> Ints:
        """Show what a state holds, unless locks ask for more than it grants."""
        if pages(state, TOTALS)[UNMET, 0] == 0:
            self._show(plan_of(case, state))
        return state

    def _show(self, plan: Plan | None) -> None:
        if plan is not None:
            self.watch.offer(plan)
        self.watch.show(3, self.bound, "search")

    def _over(self) -> bool:
        """Whether to stop, asked from any thread; the caller himself is asked from his own only."""
        return self.watch.cancelled or self.watch.left() <= 0

    def _prices(self, case: Case) -> Bound:
        """The bound and its prices."""
        fewest, most = ROUNDS
        each = max(1, round_steps(case))
        units = (self.deadline - monotonic()) if self.work is None else self.work
        rounds = max(fewest, min(most, int(PRICING * units * STEPS / each)))
        late = monotonic() + 0.5 * max(0.0, self.deadline - monotonic())
        return bound(case, rounds=rounds, threads=self.settings.workers, deadline=late, cancel=self._over)


def main() -> None:
    """Compile all that is not kept on disk yet: `python -m solver.motor`, once, at set-up."""
    ready()


if __name__ == "__main__":
    main()
