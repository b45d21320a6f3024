"""The plan and how the search for it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from solver.problem import Hours
from solver.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

Status = Literal["optimal", "feasible", "none"]
Stopped = Literal["proven", "wall_limit", "work_limit", "cancelled", "conflict"]
Reason = Literal[
    "no_skill", "no_capacity", "window", "lock", "wall", "department_cap", "floor", "stability", "outbid"
]


@dataclass(frozen=True, slots=True)
class Grant:
    """A request granted at `level` (index >= 0) by `option`; refused requests have no grant."""

    request: str
    level: int
    option: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who works on what, when. Only grants with level >= 0 and hours > 0 are listed, sorted by id."""

    granted: tuple[Grant, ...] = ()
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Short:
    """A request granted below its top level, and why.

    Attributes:
        level: The granted level, -1 when refused.
        reason: The first reason that applies to the next level up, each defined by a re-solve.
        params: What the reason is about: `line` of a bundle, `weeks`, `lock` ...
    """

    request: str
    level: int
    reason: Reason
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Measures:
    """What a plan is worth, recomputed from the plan alone.

    Attributes:
        broken_obligations: Ids of requests whose promise is not kept, sorted.
        floor_share: Smallest attained share of a floor in per mille, at most 1,000; 1,000 without floors.
        floor_shortfall: Money missing to the floors, summed.
        value: Stage 3 in money: levels + bonuses - churn.
        churn: Money charged for promises withdrawn or moved.
        handovers: People per staffed line beyond one, summed.
        tie: Stage 5: sum of (n - rank) over granted requests.
        second: Sum of the granted levels' second values.
    """

    broken_obligations: tuple[str, ...]
    floor_share: int
    floor_shortfall: int
    value: int
    churn: int
    handovers: int
    tie: int
    second: int


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken by a plan: which rule, what it is about, both sides of the mismatch in words."""

    rule: str
    where: Mapping[str, object]
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """The plan found, and the facts about the ending. Unknown numbers are None, never 0 or infinity.

    Attributes:
        plan: None when no plan was found.
        measures: Recomputed by the referee; None exactly when plan is None.
        proven_stages: Stages 1-5 proven best, in order.
        bound: No plan has a greater stage-3 value; None unless stages 1 and 2 are proven.
        reproducible: Whether the same problem and settings give the same plan again.
        conflicts: The smallest set of locks found that contradict each other or the rules, as rows of
            the problem file; empty unless `stopped` is "conflict".
        conflicts_smallest: Whether each of them is proven to be needed for that; None when nobody asked
            (`solver.exact.conflicts.smallest`).
        first_plan_s: Seconds until the first plan was shown; None when there was none.
        uncompiled: Whether the search was left out because its loops were not compiled in time; another run
            finds better plans.
    """

    problem: str
    problem_hash: str
    status: Status
    stopped: Stopped
    proven_stages: tuple[int, ...]
    plan: Plan | None
    measures: Measures | None
    bound: int | None
    seconds: float
    reproducible: bool
    settings: Settings
    short: tuple[Short, ...] = ()
    conflicts: tuple[Mapping[str, object], ...] = ()
    conflicts_smallest: bool | None = None
    first_plan_s: float | None = None
    uncompiled: bool = False

    @property
    def gap(self) -> float | None:
        """(bound - value) / value; None when the value is 0 or the bound unknown."""
        if self.measures is None or self.bound is None or self.measures.value == 0:
            return None
        return (self.bound - self.measures.value) / self.measures.value


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known while the search goes on: seconds, stage 1-5, best value, bound, gap, and what runs."""

    seconds: float
    stage: int
    value: int | None
    bound: int | None
    gap: float | None
    doing: str
