"""Why not me: the card of a refused or cut request, planner-card/1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solver.breakeven import DEFAULT, BreakEven, NothingToExplainError, asked_level, break_even
from solver.contention import contention
from solver.files import problem_hash
from solver.forcing import granted_level, headline
from solver.plan import Plan, Result
from solver.referee import measure, rank
from solver.short import ALL_STAGES, reasons_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from solver.plan import Reason, Short
    from solver.problem import Problem
    from solver.settings import Settings

__all__ = ["BreakEven", "Card", "NothingToExplainError", "break_even", "card"]

IMPOSSIBLE_ALONE = ("no_skill", "no_capacity", "window")
"""Reasons that no value outweighs, for the level cannot be staffed even in an empty plan."""


@dataclass(frozen=True, slots=True)
class Card:
    """Why a request lacks a level, and what it would take.

    Attributes:
        granted: The level it has, -1 when refused.
        level: The level asked for.
        reason: The first reason that applies (`solver.short`), with what it is about in `params`.
        binding: Full (specialist, week) among those who could do the work.
        holders: Requests with hours there.
        worth: Break-even and opportunity cost.
    """

    problem: str
    problem_hash: str
    request: str
    granted: int
    level: int
    reason: Reason
    params: Mapping[str, object]
    binding: tuple[tuple[str, int], ...]
    holders: tuple[str, ...]
    worth: BreakEven

    def row(self) -> dict[str, Any]:
        """The card as planner-card/1; what is unknown is null."""
        worth = self.worth
        return {
            "format": "planner-card/1",
            "problem": self.problem,
            "problem_hash": self.problem_hash,
            "request": self.request,
            "granted": self.granted,
            "level": self.level,
            "reason": self.reason,
            "params": dict(self.params),
            "binding": [{"specialist": person, "week": week} for person, week in self.binding],
            "holders": list(self.holders),
            "own_value": worth.own_value,
            "opportunity_cost": worth.opportunity_cost,
            "break_even": worth.value,
            "missing": None if worth.value is None else worth.value - worth.own_value,
            "possible": worth.possible,
            "exact": worth.exact,
            "low": worth.low,
            "high": worth.high,
            "families": {
                "value": _value_family(worth),
                "hours": None,
                "window": None,
                "level": None,
                "people": None,
                "yield": None,
            },
        }


def card(
    problem: Problem,
    result: Result | Plan,
    request_id: str,
    settings: Settings = DEFAULT,
    *,
    level: int | None = None,
    known: Sequence[Short] = (),
    cancel: Callable[[], bool] | None = None,
) -> Card:
    """Why `request_id` lacks a level, who holds the hours, and what it would have to be worth.

    Args:
        problem: The problem that was solved.
        result: The plan it has now, better with the ending of its solve.
        request_id: A request below its top level.
        settings: Limits of the whole question, shared by its solves.
        level: The level asked for; the next one up when None.
        known: Reasons found before, so that they need not be sought again; those of `result` are known too.
        cancel: Asked now and then; True ends the solves, and the card tells what is known.

    Raises:
        NothingToExplainError: Unknown request or level, or the level is granted already.
    """
    plan = (result.plan if isinstance(result, Result) else result) or Plan()
    asked = asked_level(problem, plan, request_id, level)
    known = [*known, *(result.short if isinstance(result, Result) else ())]
    if not isinstance(result, Result):
        result, settings = _judged(problem, plan, settings, cancel)
    reason = _known_reason(known, request_id, asked)
    if reason is None:
        proven = result.proven_stages == ALL_STAGES
        levels = {request_id: asked}
        reason = reasons_for(problem, plan, levels, settings, proven=proven, cancel=cancel)[0]
    if reason.reason in IMPOSSIBLE_ALONE and reason.params.get("proven"):
        own = headline(problem.request[request_id].levels[asked])
        worth = BreakEven(request_id, asked, own, possible=False)
    else:
        rest = _share(settings, 0.75)
        worth = break_even(problem, result, request_id, rest, level=asked, cancel=cancel)
    anyway = reason.reason in ("stability", "outbid")
    binding, holders = contention(problem, plan, request_id, asked, anyway=anyway)
    return Card(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        request=request_id,
        granted=granted_level(plan, request_id),
        level=asked,
        reason=reason.reason,
        params=reason.params,
        binding=binding,
        holders=holders,
        worth=worth,
    )


def _judged(
    problem: Problem, plan: Plan, settings: Settings, cancel: Callable[[], bool] | None
) -> tuple[Result, Settings]:
    """The plan with what a solve proves about it, and the limits that are left."""
    from solver.solve import solve

    found = solve(problem, _share(settings, 0.3), cancel=cancel, start=plan)
    measures = measure(problem, plan)
    best = found.measures is not None and rank(measures) == rank(found.measures)
    stages = found.proven_stages if best else ()
    status = found.status if best else "feasible"
    judged = replace(found, plan=plan, measures=measures, proven_stages=stages, status=status)
    return judged, _share(settings, 0.7)


def _known_reason(known: Sequence[Short], request_id: str, level: int) -> Short | None:
    """The reason found when the plan was made, when it is about the same level."""
    return next((s for s in known if s.request == request_id and s.params.get("level") == level), None)


def _share(settings: Settings, share: float) -> Settings:
    work = settings.work_limit
    return replace(
        settings,
        wall_limit_s=max(0.01, settings.wall_limit_s * share),
        work_limit=None if work is None else work * share,
    )


def _value_family(worth: BreakEven) -> dict[str, Any] | None:
    """What it takes in value alone: by how much it must rise, and who then has less."""
    if worth.high is None:
        return None
    return {
        "change": worth.high - worth.own_value,
        "displaced": list(worth.displaced),
        "method": "exact" if worth.exact else "interval",
    }
