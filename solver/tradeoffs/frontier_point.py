"""One plan along a trade-off, and which of them are worth showing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from solver.files import problem_hash
from solver.plan import Plan, Progress
from solver.referee import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from solver.cards.asking import Asking
    from solver.plan import Result
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Point:
    """A complete plan.

    Attributes:
        setting: What was asked for: a floor 0 to 1, at most so many quarter-hours withdrawn or moves, or the
            weight of the second value.
        value: Stage 3 in money; against stability and moves before churn.
        other: What value is traded against, in its own unit.
        bound: No plan that is at least as good in the other respect is worth more; None when unknown.
        proven: Whether no plan is better at this setting.
        ending: The solve that found it, with its plan as one of the problem itself.
        more: Further figures of this kind of trade-off.
    """

    setting: float
    value: int
    other: float
    bound: int | None
    proven: bool
    ending: Result
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.ending.plan or Plan()

    def cost(self, first: Point) -> float | None:
        """The share of the first point's value that this one gives up; None when that value is 0 or less."""
        return None if first.value <= 0 else round((first.value - self.value) / first.value, 6)


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade-off to be followed.

    Attributes:
        steps: How many settings are tried beyond the best value.
        asking: Its solves and their limits.
        start: A plan to begin from.
        progress: Told which point is sought.
        at: Limits of what may be taken back, rising; empty where they are to be chosen.
    """

    problem: Problem
    steps: int
    asking: Asking
    start: Plan
    progress: Callable[[Progress], None] | None
    at: tuple[float, ...] = ()

    def tell(self, newest: Point | None, doing: str) -> None:
        """Say which point is sought, with the value of the newest one."""
        if self.progress is not None:
            value, bound = (newest.value, newest.bound) if newest else (None, None)
            self.progress(Progress(self.asking.seconds(), 3, value, bound, None, doing))


@dataclass(frozen=True, slots=True)
class Found:
    """What one step along a trade-off brought: perhaps a point, and what is known of the whole.

    Attributes:
        best_floor: The highest reachable floor so far known.
        best_floor_proven: Whether no plan reaches a higher one.
        solo: What each KAM would have alone.
        complete: Whether this was the last step.
    """

    point: Point | None = None
    best_floor: float | None = None
    best_floor_proven: bool | None = None
    solo: Mapping[str, int] = field(default_factory=dict)
    complete: bool = False


def kept(points: Iterable[Point], *, rising: bool) -> list[Point]:
    """Points that no other one beats or equals in both respects, by falling value.

    `rising` says that more of the other is better.
    """
    sign = 1 if rising else -1
    best: list[Point] = []
    # Of equal plans the one stands for all whose setting asks the most.
    for point in sorted(points, key=lambda p: (-p.value, -sign * p.other, -sign * p.setting)):
        if not best or sign * point.other > sign * best[-1].other:
            best.append(point)
    return best


def restated(problem: Problem, ending: Result) -> Result:
    """The ending of a solve of a changed problem, told of the plan as one of `problem` itself."""
    return replace(
        ending,
        problem=problem.name,
        problem_hash=problem_hash(problem),
        measures=None if ending.plan is None else check(problem, ending.plan),
        status="none" if ending.plan is None else "feasible",
        proven_stages=(),
        bound=None,
    )
