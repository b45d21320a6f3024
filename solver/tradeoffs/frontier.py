"""What value costs in fairness, stability or a second value: complete plans along a trade-off (C8, C11).

Every point is a plan the referee has verified. A point that another one beats or equals in both respects is
dropped. What is found is kept when the caller stops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

from solver.cards.asking import Asking
from solver.files import problem_hash, result_row
from solver.plan import Plan
from solver.settings import Settings
from solver.tradeoffs.compare import Difference, difference
from solver.tradeoffs.frontier_fair import fair_points
from solver.tradeoffs.frontier_point import Point, Trade, kept
from solver.tradeoffs.frontier_second import second_points
from solver.tradeoffs.frontier_stable import moves_points, stable_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from solver.plan import Progress
    from solver.problem import Problem
    from solver.tradeoffs.frontier_point import Found

__all__ = ["Against", "Frontier", "Point", "UnknownTradeError", "frontier"]

DEFAULT = Settings()

Against = Literal["floor", "stability", "moves", "second"]
"""What value is traded against."""


class UnknownTradeError(ValueError):
    """Value cannot be traded against this, or not in this problem."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """Plans along a trade-off, by falling value.

    Attributes:
        against: What value is traded against.
        points: None is beaten by another in both respects.
        differences: What each point gives and takes compared with the one before; the first has none.
        best_floor: The highest reachable floor, 0 to 1; None unless traded against floors.
        best_floor_proven: Whether no plan reaches a higher one.
        solo: What each KAM would have with all people to itself, by KAM; only against floors.
        complete: Whether every setting was tried.
    """

    problem: str
    problem_hash: str
    against: Against
    points: tuple[Point, ...]
    differences: tuple[Difference | None, ...]
    best_floor: float | None = None
    best_floor_proven: bool | None = None
    solo: dict[str, int] = field(default_factory=dict)
    complete: bool = True

    def row(self) -> dict[str, Any]:
        """The frontier as planner-frontier/1; what is unknown is null."""
        return {
            "format": "planner-frontier/1",
            "problem": self.problem,
            "problem_hash": self.problem_hash,
            "against": self.against,
            "complete": self.complete,
            "best_floor": self.best_floor,
            "best_floor_proven": self.best_floor_proven,
            "solo": self.solo,
            "points": [
                {
                    "setting": point.setting,
                    "value": point.value,
                    "other": point.other,
                    "bound": point.bound,
                    "proven": point.proven,
                    "cost": point.cost(self.points[0]),
                    **point.more,
                    "difference": None if change is None else change.row(),
                    "plan": result_row(point.ending),
                }
                for point, change in zip(self.points, self.differences, strict=True)
            ],
        }


def frontier(
    problem: Problem,
    against: Against,
    steps: int = 10,
    settings: Settings = DEFAULT,
    *,
    at: Sequence[float] = (),
    start: Plan | None = None,
    cancel: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Frontier:
    """Plans that trade value against something else.

    Args:
        problem: The problem that was solved.
        against: "floor" (smallest share of what each KAM would have alone), "stability" (quarter-hours of
            promises withdrawn), "moves" (published line-person-weeks that lose hours), "second"
            (sum of second values).
        steps: How many settings are tried beyond the best value, 1 to 100.
        settings: Limits of the whole question, shared by its solves.
        at: Against stability and moves: the limits of what may be taken back, in place of `steps`.
        start: A plan of the problem to begin from.
        cancel: Asked now and then; True keeps the points found so far.
        progress: Told which point is sought, with the value of the newest one.

    Raises:
        UnknownTradeError: `against` or `steps` is not one of these, or the problem has nothing of the kind.
        ProblemErrors: The problem is malformed.
    """
    if against not in get_args(Against):
        raise UnknownTradeError(
            f"Value cannot be traded against {against!r}, only {', '.join(get_args(Against))}."
        )
    if not 1 <= steps <= 100:
        raise UnknownTradeError(f"{steps} steps cannot be taken, only 1 to 100.")
    if against in ("stability", "moves") and (problem.published is None or not problem.published.hours):
        raise UnknownTradeError(
            "Nothing is published in this problem, so there is nothing to be stable about."
        )
    if against == "second" and not any(level.second for r in problem.requests for level in r.levels):
        raise UnknownTradeError("No level of this problem has a second value.")
    if at and against not in ("stability", "moves"):
        raise UnknownTradeError(f"There are no limits of {against}, only of stability and moves.")
    if len(at) > 100 or any(limit < 0 for limit in at):
        raise UnknownTradeError("Give 1 to 100 limits, 0 or more each.")
    asking = Asking(settings, cancel)
    trade = Trade(problem, steps, asking, start or Plan(), progress, tuple(sorted(set(at))))
    sources: dict[Against, Callable[[Trade], Iterator[Found]]] = {
        "floor": fair_points,
        "stability": stable_points,
        "moves": moves_points,
        "second": second_points,
    }
    seen: list[Point] = []
    last: Found | None = None
    for last in sources[against](trade):
        if last.point is not None and last.point.ending.plan is not None:
            seen.append(last.point)
    points = kept(seen, rising=against in ("floor", "second"))
    changes = [difference(problem, a.plan, b.plan) for a, b in pairwise(points)]
    return Frontier(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        against=against,
        points=tuple(points),
        differences=(None, *changes)[: len(points)],
        best_floor=None if last is None else last.best_floor,
        best_floor_proven=None if last is None else last.best_floor_proven,
        solo=dict(last.solo) if last is not None else {},
        complete=last is not None and last.complete,
    )
