"""The five stages, one after the other, each holding what the earlier ones reached."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from threading import Event
from typing import TYPE_CHECKING

from solver import referee
from solver.cards.without import breadth
from solver.exact import conflicts, others, shares
from solver.exact.beside import Beside, plan_in
from solver.exact.core import ASKING, core_of
from solver.exact.ending import Ending
from solver.exact.goals import assigns, stages
from solver.exact.model import Model, StoppedError
from solver.exact.run import Goal, run
from solver.terms import floors, worth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.exact.goals import Stage
    from solver.exact.relaxed import Relaxed
    from solver.exact.run import Outcome
    from solver.exact.watch import Watch
    from solver.motor import Motored
    from solver.plan import Measures, Plan, Stopped
    from solver.problem import Lock, Problem
    from solver.settings import Settings

WORK_PER_SECOND = 0.7
"""Units of work a second of the wall limit is worth when deterministic settings name no limit of work."""

_LOADED = Event()
"""Whether the motor was used in this process before."""


def search(problem: Problem, settings: Settings, watch: Watch, near: Plan | None = None) -> Ending:
    """Go through the stages, beginning with the best plan that `watch` has seen.

    The motor searches near the plan `near` when that is given, which may lack grants that locks ask for.

    Raises:
        RefereeError: A plan breaks a rule or is worth something else than the engine says.
        SolverDisagreementError: The engine denies a plan that exists.
        ModelInvalidError: CP-SAT refuses the model.
    """
    limited = settings.work_limit is not None
    if settings.mode == "deterministic" and not limited:
        settings = replace(settings, work_limit=settings.wall_limit_s * WORK_PER_SECOND * settings.workers)
    return _Search(problem, settings, watch, near, limited=limited).go()


class _Search:
    """One pass through the stages: the best plan so far, what is proven, and what is left to spend."""

    def __init__(
        self, problem: Problem, settings: Settings, watch: Watch, near: Plan | None, *, limited: bool
    ) -> None:
        self._near = near
        self._problem = problem
        self._settings = settings
        self._watch = watch
        self._best = watch.best
        self._proven: list[int] = []
        self._bound: int | None = None
        self._work = settings.work_limit
        self._fused = False
        self._conflicts: tuple[Lock, ...] = ()
        self._motored: Motored | None = None
        self._built: Model | None = None
        self._beside = Beside(watch)
        self._assigns = assigns(problem)
        # In a race the better answer counts, whoever has it, unless a limit of work asks for the same one.
        self._may_race = self._assigns and (settings.mode == "free" or not limited)
        self._entered: Plan | None = None
        self._settled = False
        self._relaxed: Relaxed | None = None

    def go(self) -> Ending:
        try:
            complete = self._stages()
        except StoppedError:  # A model may be large and is then stopped while it is made.
            self._fused, complete = True, False
        except BaseException:
            self._beside.end()
            raise
        self._note_the_ideal()
        self._beside.wait(self._bound)
        self._use_beside()
        return self._ending(complete=complete)

    def _stages(self) -> bool:
        """Go through the stages as the size of the problem allows; whether all are proven."""
        size = breadth(self._problem)
        asking = any(lock.kind in ASKING for lock in self._problem.locks)
        # The greedy plan knows little of locks.
        if self._best is None and asking and not self._first_plan():
            return False
        if size > (shares.MODELLED if self._assigns else shares.LOOKED_AT) and not self._watch.stopped():
            if size <= shares.MODELLED:
                self._begin_beside()
            self._drive(shares.MOTOR if size <= shares.MODELLED else 1.0)
        if size > shares.MODELLED:
            self._fused = self._fused or self._motored is None
            return False
        model = self._model()
        complete = True
        for stage in stages(self._problem):
            complete = self._reach(model, stage, after_proof=complete) and complete
            if complete and stage.doing != "smallest share":
                self._proven.append(stage.number)
        return complete

    def _model(self) -> Model:
        """The exact model, made when it is first needed."""
        if self._built is None:
            self._built = Model(self._problem, self._watch.stopped)
        return self._built

    def _left(self) -> float:
        """Seconds or units of work left to each worker, whichever is less."""
        seconds = self._watch.left()
        return seconds if self._work is None else min(seconds, self._work / self._settings.workers)

    def _spent(self) -> bool:
        """Whether nothing is left for another run, for which writing a hint may take seconds."""
        late = self._watch.left() < shares.LEAST_S
        self._fused = self._fused or late
        return self._watch.stopped() or late or (self._work is not None and self._work < shares.LEAST_WORK)

    def _crew(self) -> Settings:
        """The settings for work beside HiGHS, which has one of the workers."""
        busy = self._beside.begun() and not self._beside.done() and self._settings.workers > 1
        mode = "free" if self._entered is not None else self._settings.mode
        return replace(self._settings, mode=mode, workers=self._settings.workers - busy)

    def _drive(self, share: float) -> None:
        """Run the motor for a share of what is left."""
        settings = self._crew()
        work = None if self._work is None else self._work * share * settings.workers / self._settings.workers
        seconds = self._watch.left() * (share if work is None else 1.0)
        start = self._near or (None if self._watch.best is None else self._watch.best[0])
        if not _LOADED.is_set() and self._watch.left() < shares.LOADING_S:
            self._fused = self._watch.hurried = True
            return
        _LOADED.set()
        # The motor takes a second to load, which problems that are proven at once need not wait for.
        motor = self._watch.during(3, "loading", lambda: import_module("solver.motor"))
        small = breadth(self._problem) <= shares.MODELLED
        found: Motored | None = motor.drive(
            self._problem, settings, self._watch, seconds=seconds, work=work, small=small, start=start
        )
        if found is None:
            # Where its code is there in time another run goes on from its plans.
            self._fused = self._fused or self._watch.hurried
            return
        self._motored = found
        self._fused = self._fused or (found.hurried and work is not None)
        if self._work is not None:
            self._work = max(0.0, self._work - self._work * share)
        if self._watch.best is not None:
            self._offer(self._watch.best[0])

    def _begin_beside(self) -> None:
        """Let HiGHS look for a bound beside the search, when there is time enough."""
        if not self._beside.begun() and self._left() >= shares.CUT_FROM:
            share = shares.CUTTING if self._entered is None else shares.RACING
            self._beside.begin(self._model(), stages(self._problem)[:4], self._left() * share)

    def _use_beside(self) -> None:
        """Keep the bound found beside the search when it is better."""
        found = self._beside.end()
        value = None if self._best is None else self._best[1].value
        if found is None or found.bound is None or self._bound is None or value is None:
            return
        # A bound below a verified plan would be wrong: it is dropped.
        if value <= found.bound < self._bound:
            self._bound = found.bound
            if found.bound == value and 3 not in self._proven:
                self._proven.append(3)

    def _finish(self, model: Model, goal: Goal, stage: Stage) -> int:
        """The whole model from the best plan, until HiGHS has the answer beside it."""
        share = shares.ASSIGNED if self._assigns else shares.FINISH
        limit = self._among_likely(model, goal, stage) if self._assigns else stage.ideal
        limit = min(limit, self._aim(model, goal, stage, share))
        if self._entered is not None and self._reached(stage) != limit:
            self._beside.wait(limit)
        if (self._entered is not None or self._settings.mode == "free") and self._beside.done():
            found = self._beside.end()
            if found is not None:
                self._offer(plan_in(model, found))
                if found.bound is not None and found.bound >= self._reached(stage):
                    limit = min(limit, found.bound)
        return limit

    def _among_likely(self, model: Model, goal: Goal, stage: Stage) -> int:
        """Search among ever more choices, those first that lose least; its plans are plans of the whole."""
        latest, over = shares.RELAXING * self._watch.left(), self._beside.over
        module = self._watch.during(3, "loading", lambda: import_module("solver.exact.relaxed"))
        relaxed: Relaxed | None = self._watch.during(
            3, "prices", lambda: module.relax(model, goal, latest, over)
        )
        if relaxed is None:
            self._fused = True
            return stage.ideal
        self._relaxed, before, values = relaxed, self._best, None
        limit = min(stage.ideal, worth.floored(self._problem, relaxed.bound))
        for count in relaxed.counts():
            if self._spent() or self._reached(stage) == limit or (self._entered and self._beside.done()):
                break
            model.hint(self._known()[0])
            outcome = self._run(
                model, replace(goal, doing="likely choices"), shares.LIKELY, relaxed.likely(count, values)
            )
            self._offer(None if outcome is None else outcome.plan)
            # A plan from a list makes choices that no good plan does: only those found here stay open.
            values = None if self._best is before else model.values(self._known()[0])
        return limit

    def _note_the_ideal(self) -> None:
        """What is as good as can be is proven without the exact model, which may be too large or too late."""
        if self._best is None or self._motored is None:
            return
        measures = self._best[1]
        if not self._proven and len(measures.broken_obligations) == self._motored.broken:
            self._proven.append(1)
        if self._proven == [1] and (measures.floor_share, measures.floor_shortfall) == (floors.FULL, 0):
            self._proven.append(2)
        if self._proven == [1, 2] and self._bound is None:
            self._bound = self._motored.bound
        if self._proven == [1, 2] and self._bound == measures.value:
            self._proven.append(3)

    def _first_plan(self) -> bool:
        """Find any plan; when there is none, find the locks that contradict each other."""
        core = core_of(self._problem)
        model = Model(core, self._watch.stopped)
        outcome = self._run(model, Goal(None, maximise=True, stage=1, doing="first plan", offers=False), 1.0)
        if outcome is not None and outcome.status == "infeasible":
            self._conflicts = conflicts.find(core, self._settings, self._watch)
            self._fused = self._fused or not self._conflicts
        if outcome is None or outcome.plan is None:
            return False
        self._best = (outcome.plan, self._watch.offer(outcome.plan))
        return True

    def _reach(self, model: Model, stage: Stage, *, after_proof: bool) -> bool:
        """Get as far as possible in `stage` and hold that; whether it is proven best."""
        expression = stage.state(model)
        goal = Goal(expression, stage.maximise, stage.number, stage.doing)
        if stage.number == 3:
            limit = self._pursue(model, goal, stage)
        elif stage.number == 5 and self._settled:
            limit = self._reached(stage)
        else:
            limit = self._aim(model, goal, stage, stage.share)
        reached = self._reached(stage)
        model.must(expression >= reached if stage.maximise else expression <= reached)
        if stage.number == 3 and after_proof:
            self._bound = limit
            if reached == limit:
                # What is known to be exact lets the next stages conclude more.
                model.must(expression == reached)
                self._settle(model)
        return reached == limit

    def _settle(self, model: Model) -> None:
        """Hold the grants when no others are worth as much; then only who works when is still open."""
        plan, measures = self._known()
        if all(stage.read(measures) == stage.ideal for stage in stages(self._problem)[-2:]):
            return
        goal = others.ask(model, plan)
        model.hint(plan)
        outcome = self._run(model, goal, shares.SETTLING)
        self._settled = outcome is not None and (outcome.status, outcome.objective) == ("optimal", 0)
        others.close(model, goal, plan if self._settled else None)

    def _pursue(self, model: Model, goal: Goal, stage: Stage) -> int:
        """Value: a look at the whole model, the motor, and the whole model again from its plan."""
        limit = stage.ideal
        if self._motored is None:
            if not self._may_race or breadth(self._problem) <= shares.RACED_AT_ONCE:
                longest = shares.SHORTEST_LOOK if self._may_race else shares.LONGEST_LOOK
                limit = self._aim(model, goal, stage, min(shares.LOOK, longest / max(longest, self._left())))
            if self._reached(stage) == limit or self._watch.stopped():
                return limit
            if self._may_race:
                # From here on the clock says when to stop.
                self._entered, self._work = self._known()[0], None
            self._begin_beside()
            if self._entered is None:
                self._drive(shares.ASSIGNED_MOTOR if self._assigns else shares.MOTOR)
        if self._motored is not None and self._motored.bound is not None:
            limit = min(limit, self._motored.bound)
        if self._reached(stage) == limit:
            return limit
        return min(limit, self._finish(model, goal, stage))

    def _aim(self, model: Model, goal: Goal, stage: Stage, share: float) -> int:
        """One run for the stage from the best plan; the proven limit of what any plan reaches."""
        if self._reached(stage) == stage.ideal or self._spent():
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
        if stage.number == 3:
            return min(stage.ideal, worth.floored(self._problem, outcome.bound))
        return min(stage.ideal, outcome.bound) if stage.maximise else max(stage.ideal, outcome.bound)

    def _reached(self, stage: Stage) -> int:
        return stage.read(self._known()[1])

    def _offer(self, plan: Plan | None) -> None:
        if plan is not None:
            measures = self._watch.offer(plan)
            if self._best is None or referee.rank(measures) > referee.rank(self._best[1]):
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

    def _run(
        self, model: Model, goal: Goal, share: float, held: Mapping[int, int] | None = None
    ) -> Outcome | None:
        """One run within `share` of what is left; None when nothing is left. What is `held` is not open."""
        seconds, work = self._watch.left(), self._work
        if self._spent():
            return None
        # In deterministic mode the wall limit is a fuse for the whole, not something to be shared out.
        if work is None:
            seconds *= share
        elif self._may_race and goal.stage == 3:
            seconds = min(seconds, max(shares.PUT_OFF_S, shares.PUT_OFF * seconds))
        work = work * share if work is not None else None
        # In deterministic mode the end of another process must not end this one.
        enough = self._beside.done if work is None and self._beside.begun() else None
        if self._relaxed is not None:
            # What no plan of this value chooses otherwise need not be searched for in any stage.
            held = {**self._relaxed.decided(self._known()[1].value), **(held or {})}
        outcome = run(
            model, goal, self._crew(), self._watch, seconds=seconds, work=work, enough=enough, held=held
        )
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
        elif self._fused or self._work is None:
            stopped = "wall_limit"
        plan, measures = self._best or (None, None)
        unhurried = not self._watch.cancelled and not self._fused
        if self._entered is not None:
            # Another run may end the race otherwise, unless the plan that entered it is proven best.
            unhurried = complete and plan == self._entered
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
