"""The five stages, one after the other, each holding what the earlier ones reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from solver import conflicts, referee
from solver.exact import Model, StoppedError
from solver.exact_relax import Relaxation, guide, relax
from solver.exact_run import Goal, run
from solver.exact_start import greedy
from solver.neighbourhoods import improve
from solver.terms import floors, handover, obligations, ties, value, worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.exact_run import Outcome
    from solver.exact_types import Expr
    from solver.exact_watch import Watch
    from solver.plan import Measures, Plan, Stopped
    from solver.problem import Lock, Problem
    from solver.settings import Settings

WORK_PER_SECOND = 0.5
"""Units of work a second of the wall limit is worth when deterministic settings name no limit of work."""

PROMPT = 0.05
"""Part of what is left for a first look at the value; most small problems are proven by it."""

PIECES = 0.6
"""Part of what is left for bettering the plan piece by piece; the rest goes to the bound."""

RELAX = 0.3
"""Part of the seconds left in which the relaxation must be found."""

LEAST_S = 0.05
"""Seconds below which no run is started."""

LEAST_WORK = 1e-6
"""Units of work below which no run is started."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What the stages reached, and how they ended. `settings` names the limit of work that held."""

    plan: Plan | None
    measures: Measures | None
    stopped: Stopped
    proven_stages: tuple[int, ...]
    bound: int | None
    reproducible: bool
    settings: Settings
    conflicts: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to be best at.

    Attributes:
        number: 1 to 5; stage 2 has two parts.
        doing: The stage in words.
        share: Part of the remaining time and work it may use.
        state: The expression in the model.
        read: The same from the measures of a plan.
        ideal: What no plan exceeds (or falls below), known without searching.
    """

    number: int
    doing: str
    maximise: bool
    share: float
    state: Callable[[Model], Expr]
    read: Callable[[Measures], int]
    ideal: int


def stages(problem: Problem) -> list[Stage]:
    """The stages in their order."""
    most = sum(worth.most(problem, request) for request in problem.requests)
    count = len(problem.requests)
    return [
        Stage(1, "obligations", False, 0.3, obligations.state, lambda m: len(m.broken_obligations), 0),
        Stage(2, "smallest share", True, 0.3, lambda x: x.floors()[0], lambda m: m.floor_share, floors.FULL),
        Stage(2, "shortfall", False, 0.3, lambda x: x.floors()[1], lambda m: m.floor_shortfall, 0),
        Stage(3, "value", True, 0.9, value.state, lambda m: m.value, most),
        Stage(4, "hand-overs", False, 0.6, handover.state, lambda m: m.handovers, 0),
        Stage(5, "ties", True, 1.0, ties.state, lambda m: m.tie, count * (count + 1) // 2),
    ]


def search(problem: Problem, settings: Settings, watch: Watch) -> Ending:
    """Go through the stages, beginning with the best plan that `watch` has seen.

    Raises:
        RefereeError: A plan breaks a rule or is worth something else than the engine says.
        SolverDisagreementError: The engine denies a plan that exists.
        ModelInvalidError: CP-SAT refuses the model.
    """
    if settings.mode == "deterministic" and settings.work_limit is None:
        settings = replace(settings, work_limit=settings.wall_limit_s * WORK_PER_SECOND)
    return _Search(problem, settings, watch).go()


class _Search:
    """One pass through the stages: the best plan so far, what is proven, and what is left to spend."""

    def __init__(self, problem: Problem, settings: Settings, watch: Watch) -> None:
        self._problem = problem
        self._settings = settings
        self._watch = watch
        self._best = watch.best
        self._proven: list[int] = []
        self._bound: int | None = None
        self._work = settings.work_limit
        self._fused = False
        self._conflicts: tuple[Lock, ...] = ()

    def go(self) -> Ending:
        try:
            model = Model(self._problem, self._watch.stopped)
        except StoppedError:
            self._fused = True
            return self._ending(complete=False)
        if self._best is None and not self._first_plan(model):
            return self._ending(complete=False)
        complete = True
        for stage in stages(self._problem):
            try:
                complete = self._reach(model, stage, after_proof=complete) and complete
            except StoppedError:
                # A stage may add to the model first, and is stopped there as the model itself is.
                self._fused = True
                return self._ending(complete=False)
            if complete and stage.doing != "smallest share":
                self._proven.append(stage.number)
        return self._ending(complete=complete)

    def _first_plan(self, model: Model) -> bool:
        """Find any plan; when there is none, find the locks that contradict each other."""
        outcome = self._run(model, Goal(None, True, 1, "first plan"), 1.0)
        if outcome is not None and outcome.status == "infeasible":
            self._conflicts = conflicts.find(self._problem, self._settings, self._watch)
            self._fused = self._fused or not self._conflicts
        if outcome is None or outcome.plan is None:
            return False
        self._best = (outcome.plan, self._watch.offer(outcome.plan))
        return True

    def _reach(self, model: Model, stage: Stage, *, after_proof: bool) -> bool:
        """Get as far as possible in `stage` and hold that; whether it is proven best."""
        expression = stage.state(model)
        goal = Goal(expression, stage.maximise, stage.number, stage.doing)
        limit = (
            self._pursue(model, goal, stage)
            if stage.number == 3
            else self._aim(model, goal, stage, stage.share)
        )
        reached = self._reached(stage)
        model.must(expression >= reached if stage.maximise else expression <= reached)
        if stage.number == 3 and after_proof:
            self._bound = limit
        return reached == limit

    def _pursue(self, model: Model, goal: Goal, stage: Stage) -> int:
        """Value: what is easy, then piece by piece from a plan the relaxation guides, then as a whole."""
        limit = self._aim(model, goal, stage, PROMPT)
        if self._reached(stage) == limit or self._watch.stopped():
            return limit
        relaxation = self._relax(model, goal)
        if relaxation is not None:
            limit = min(limit, relaxation.bound)
            self._offer(greedy(self._problem, guide(model, relaxation)))
        self._improve(model, goal)
        if self._reached(stage) == limit:
            return limit
        return min(limit, self._aim(model, goal, stage, stage.share))

    def _improve(self, model: Model, goal: Goal) -> None:
        """Better the plan piece by piece."""
        if goal.expression is None:
            return
        seconds, work = self._watch.left(), self._work
        used = improve(
            model,
            goal.expression,
            self._settings,
            self._watch,
            seconds=seconds * PIECES if work is None else seconds,
            work=None if work is None else work * PIECES,
        )
        if self._work is not None:
            self._work = max(0.0, self._work - used)
        if self._watch.best is not None:
            self._offer(self._watch.best[0])

    def _relax(self, model: Model, goal: Goal) -> Relaxation | None:
        try:
            return relax(model, goal, self._watch, self._watch.left() * RELAX)
        except TimeoutError:
            self._fused = True
            return None

    def _aim(self, model: Model, goal: Goal, stage: Stage, share: float) -> int:
        """One run for the stage from the best plan; the proven limit of what any plan reaches."""
        if self._reached(stage) == stage.ideal:
            return stage.ideal
        model.hint(self._known()[0])
        outcome = self._run(model, goal, share)
        if outcome is None:
            return stage.ideal
        self._take(outcome, stage)
        if outcome.bound is None:
            return stage.ideal
        if outcome.status == "optimal":
            return self._reached(stage)
        return min(stage.ideal, outcome.bound) if stage.maximise else max(stage.ideal, outcome.bound)

    def _reached(self, stage: Stage) -> int:
        return stage.read(self._known()[1])

    def _offer(self, plan: Plan | None) -> None:
        if plan is not None:
            measures = self._watch.offer(plan)
            if referee.rank(measures) > referee.rank(self._known()[1]):
                self._best = (plan, measures)

    def _take(self, outcome: Outcome, stage: Stage) -> None:
        """Keep the outcome's plan when it is the best, after comparing its worth with the engine's claim."""
        if outcome.status == "infeasible":
            raise conflicts.SolverDisagreementError(f"{stage.doing}: the engine denies a verified plan")
        if outcome.plan is None or outcome.objective is None:
            return
        seen, said = stage.read(referee.check(self._problem, outcome.plan)), outcome.objective
        # Falling values and churn may be understated while a search is unfinished, never overstated.
        better = said > seen if stage.maximise else said < seen
        if better or (outcome.status == "optimal" and said != seen):
            raise referee.RefereeError(
                (f"{stage.doing} is {seen}, the engine says {said} ({outcome.status})",)
            )
        self._offer(outcome.plan)

    def _run(self, model: Model, goal: Goal, share: float) -> Outcome | None:
        """One run within `share` of what is left; None when nothing is left."""
        seconds, work = self._watch.left(), self._work
        if self._watch.stopped() or seconds < LEAST_S or (work is not None and work < LEAST_WORK):
            self._fused = self._fused or seconds < LEAST_S
            return None
        # In deterministic mode the wall limit is a fuse for the whole, not something to be shared out.
        seconds = seconds * share if work is None else seconds
        work = work * share if work is not None else None
        outcome = run(model, goal, self._settings, self._watch, seconds=seconds, work=work)
        if self._work is not None and work is not None:
            self._work = max(0.0, self._work - outcome.work)
        if outcome.status in ("feasible", "unknown") and (work is None or outcome.work < work):
            self._fused = True
        return outcome

    def _known(self) -> tuple[Plan, Measures]:
        if self._best is None:
            raise RuntimeError("no plan is known yet")
        return self._best

    def _ending(self, *, complete: bool) -> Ending:
        stopped: Stopped = "work_limit"
        if self._conflicts:
            stopped = "conflict"
        elif complete:
            stopped = "proven"
        elif self._watch.cancelled:
            stopped = "cancelled"
        elif self._fused:
            stopped = "wall_limit"
        plan, measures = self._best or (None, None)
        unhurried = not self._watch.cancelled and not self._fused
        return Ending(
            plan=plan,
            measures=measures,
            stopped=stopped,
            proven_stages=tuple(self._proven),
            bound=self._bound,
            reproducible=unhurried and self._settings.mode == "deterministic",
            settings=self._settings,
            conflicts=self._conflicts,
        )
