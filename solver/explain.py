"""Why not me: the card of a refused or cut request, planner-card/1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solver.cards.asking import Asking
from solver.cards.breakeven import DEFAULT, BreakEven, NothingToExplainError, asked_level, break_even, weigh
from solver.cards.contention import contention
from solver.cards.families import NAMES, Asked, Family, Name, Trials, families
from solver.cards.families_request import with_value
from solver.cards.forcing import granted_level, headline
from solver.cards.short import ALL_STAGES, reasons_for
from solver.cards.without import SMALL, breadth
from solver.files import problem_hash
from solver.plan import Plan, Result
from solver.referee import measure, rank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from solver.plan import Reason, Short
    from solver.problem import Problem
    from solver.settings import Settings

__all__ = ["BreakEven", "Card", "NothingToExplainError", "break_even", "card"]

IMPOSSIBLE_ALONE = ("no_skill", "no_capacity", "window")
"""Reasons that no value outweighs, for the level cannot be staffed even in an empty plan."""

JUDGING, REASON, WEIGHING, CHANGING = 0.15, 0.1, 0.35, 0.5
"""Parts of the limits for judging a bare plan, the reason, the break-even, and the other families."""

LESS = 0.3
"""Part of these where changes are only tried near the request; the rest is for runs that confirm them."""


@dataclass(frozen=True, slots=True)
class Card:
    """Why a request lacks a level, and what it would take.

    Attributes:
        granted: The level it has, -1 when refused.
        level: The level asked for.
        reason: The first reason that applies (`solver.cards.short`), with what it is about in `params`.
        binding: Full (specialist, week) among those who could do the work.
        holders: Requests with hours there.
        worth: Break-even and opportunity cost.
        families: What one change alone would do; what was not found to be enough is missing or None.
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
    families: Mapping[Name, Family | None]

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
            "estimate": worth.estimate,
            "families": {
                name: None if family is None else family.row()
                for name, family in ((name, self.families.get(name)) for name in NAMES)
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
    asked = Asked(problem, plan, request_id, asked_level(problem, plan, request_id, level))
    asking = Asking(settings, cancel)
    known = [*known, *(result.short if isinstance(result, Result) else ())]
    if not isinstance(result, Result):
        result = _judged(problem, plan, asking)
    sure = result.proven_stages == ALL_STAGES
    asked = replace(asked, sure=sure, near=not sure and breadth(problem) > SMALL)
    part = LESS if asked.near else 1.0
    reason = _reason(asked, result, known, asking.within(part))
    able = not (reason.reason in IMPOSSIBLE_ALONE and reason.params.get("proven"))
    if able:
        worth, forced = weigh(
            problem, result, request_id, asking.part(part * WEIGHING), level=asked.level, cancel=cancel
        )
    else:
        own = headline(asked.request.levels[asked.level])
        worth, forced = BreakEven(request_id, asked.level, own, possible=False), None
    found = families(asked, forced, asking.within(part * CHANGING), able=able)
    anyway = reason.reason in ("stability", "outbid")
    binding, holders = contention(problem, plan, request_id, asked.level, anyway=anyway)
    return Card(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        request=request_id,
        granted=granted_level(plan, request_id),
        level=asked.level,
        reason=reason.reason,
        params=reason.params,
        binding=binding,
        holders=holders,
        worth=worth,
        families={"value": _value_family(worth, asked, asking), **found},
    )


def _reason(asked: Asked, result: Result, known: Sequence[Short], asking: Asking) -> Short:
    """Why the level is not granted: as known, or found now."""
    for short in known:
        if short.request == asked.name and short.params.get("level") == asked.level:
            return short
    proven = result.proven_stages == ALL_STAGES
    # Reasons take a quarter of the limits they are given.
    limits, levels = asking.part(4 * REASON), {asked.name: asked.level}
    return reasons_for(asked.problem, asked.plan, levels, limits, proven=proven, cancel=asking.cancel)[0]


def _judged(problem: Problem, plan: Plan, asking: Asking) -> Result:
    """The plan with what a solve proves about it."""
    found = asking.solve(problem, JUDGING, plan)
    measures = measure(problem, plan)
    best = found.measures is not None and rank(measures) == rank(found.measures)
    stages = found.proven_stages if best else ()
    status = found.status if best else "feasible"
    return replace(found, plan=plan, measures=measures, proven_stages=stages, status=status)


def _value_family(worth: BreakEven, asked: Asked, asking: Asking) -> Family | None:
    """What it takes in value alone: by how much it must rise, and who then has less.

    Every best plan grants it then; whether runs find such a plan is asked as of the other families.
    """
    if worth.high is None:
        return None
    change = worth.high - worth.own_value
    confirmed = Trials(asked, asking, 1).confirms(
        lambda: with_value(asked.problem, asked.name, asked.level, change), change
    )
    return Family(
        change=change,
        below=change - 1 if worth.exact and change > 0 and not worth.tied else None,
        displaced=worth.displaced,
        method="exact" if worth.exact else "interval",
        proven=worth.exact,
        tested=2 if worth.exact else 0,
        confirmed=confirmed,
        more={
            "factor": round(worth.high / worth.own_value, 6) if worth.own_value > 0 else None,
            "estimate": None if worth.estimate is None else worth.estimate - worth.own_value,
        },
    )
