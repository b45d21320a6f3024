"""The stages under a limit of what is taken back, in the exact model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver import referee
from solver.exact.watch import Watch
from solver.files import problem_hash
from solver.plan import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.cards.asking import Asking
    from solver.exact.model import Model
    from solver.exact.run import Outcome
    from solver.exact.types import Expr
    from solver.plan import Plan, Stopped
    from solver.problem import Problem
    from solver.tradeoffs.taken import Limit

LIMITED = 0
"""The number of the stage before the first: nothing beyond the limit."""

ALL_STAGES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to be best at; see `solver.exact.stages.Stage`."""

    number: int
    doing: str
    maximise: bool
    share: float
    expression: Expr
    read: Callable[[Plan], int]
    ideal: int


def best_within(problem: Problem, limit: Limit, asking: Asking, start: Plan, *, sparing: bool) -> Result:
    """The best plan found that goes least beyond `limit`, with what is proven of it.

    Args:
        problem: A problem the exact engine can hold.
        limit: How much may be taken back.
        asking: The limits.
        start: A plan of the problem to begin from.
        sparing: Whether the least is sought that a plan of the best value takes back.
    """
    from solver.exact.model import Model, StoppedError

    watch = Watch(problem, asking.left_s(), None, asking.cancel)
    search = _Search(problem, asking, watch, start)
    try:
        model = Model(problem, watch.stopped)
        for step in _steps(model, limit, sparing=sparing):
            search.reach(model, step)
    except StoppedError:
        search.sure = False
    return search.result()


def _steps(model: Model, limit: Limit, *, sparing: bool) -> list[_Step]:
    from solver.exact.goals import stages

    problem = model.problem
    taken, over = limit.state(model)
    steps = [_Step(LIMITED, "limit", False, 0.3, over, lambda plan: limit.beyond(problem, plan), 0)]
    for stage in stages(problem):
        steps.append(
            _Step(
                0 if stage.doing == "smallest share" else stage.number,
                stage.doing,
                stage.maximise,
                stage.share,
                stage.state(model),
                lambda plan, read=stage.read: read(referee.measure(problem, plan)),  # type: ignore[misc]  # - the closure is typed by its use
                stage.ideal,
            )
        )
        if stage.number == 3 and sparing:
            steps.append(
                _Step(0, "taken back", False, 0.5, taken, lambda plan: limit.counted(problem, plan), 0)
            )
    return steps


class _Search:
    """One pass through the steps: the best plan so far and what is proven of it."""

    def __init__(self, problem: Problem, asking: Asking, watch: Watch, start: Plan) -> None:
        self._problem = problem
        self._asking = asking
        self._watch = watch
        self._best = start
        self._proven: list[int] = []
        self._bound: int | None = None
        self._work = _work(asking)
        self._fused = False
        self.sure = True

    def reach(self, model: Model, step: _Step) -> None:
        """Get as far as possible in one step and hold that."""
        limit = self._aim(model, step)
        reached = step.read(self._best)
        model.must(step.expression >= reached if step.maximise else step.expression <= reached)
        if step.number == 3 and self.sure:
            self._bound = limit
        self.sure = self.sure and reached == limit
        if self.sure and step.number:
            self._proven.append(step.number)

    def _aim(self, model: Model, step: _Step) -> int:
        """One run from the best plan; the proven limit of what any plan reaches."""
        from solver.exact.run import Goal, run

        known = step.read(self._best)
        if known == step.ideal or self._watch.stopped() or (self._work is not None and self._work <= 0):
            return step.ideal
        model.hint(self._best)
        goal = Goal(step.expression, step.maximise, max(1, step.number), step.doing, offers=False)
        seconds = self._watch.left() * (step.share if self._work is None else 1.0)
        work = None if self._work is None else self._work * step.share
        outcome = run(model, goal, self._asking.settings, self._watch, seconds=seconds, work=work)
        if self._work is not None and work is not None:
            self._work -= outcome.work
        if outcome.status in ("feasible", "unknown") and (work is None or outcome.work < work):
            self._fused = True
        self._take(outcome, step, known)
        if outcome.status == "optimal":
            return step.read(self._best)
        if outcome.bound is None:
            return step.ideal
        return min(step.ideal, outcome.bound) if step.maximise else max(step.ideal, outcome.bound)

    def _take(self, outcome: Outcome, step: _Step, known: int) -> None:
        """Keep the outcome's plan when it is better, or as good and proven."""
        if outcome.status == "infeasible":
            from solver.exact.conflicts import SolverDisagreementError

            raise SolverDisagreementError(f"{step.doing}: the engine denies a verified plan")
        if outcome.plan is None:
            return
        referee.check(self._problem, outcome.plan)
        found = step.read(outcome.plan)
        if found != known and (found > known) == step.maximise:
            self._best = outcome.plan

    def result(self) -> Result:
        """How it ended."""
        proven = tuple(self._proven)
        cancelled = self._asking.cancel is not None and self._asking.cancel()
        hurried = self._fused or self._watch.left() <= 0
        stopped: Stopped = "cancelled" if cancelled else "wall_limit" if hurried else "work_limit"
        return Result(
            problem=self._problem.name,
            problem_hash=problem_hash(self._problem),
            status="optimal" if 3 in proven else "feasible",
            stopped="proven" if proven == ALL_STAGES else stopped,
            proven_stages=proven,
            plan=self._best,
            measures=referee.check(self._problem, self._best),
            bound=self._bound,
            seconds=self._watch.seconds(),
            reproducible=not hurried and not cancelled and self._asking.settings.mode == "deterministic",
            settings=self._asking.settings,
        )


def _work(asking: Asking) -> float | None:
    """The work it may use: as set, or what the time is worth when plans must be the same again."""
    from solver.exact.stages import WORK_PER_SECOND

    settings = asking.settings
    if settings.mode == "deterministic" and settings.work_limit is None:
        return settings.wall_limit_s * WORK_PER_SECOND * settings.workers
    return settings.work_limit
