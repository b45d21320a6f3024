"""Cards held to their word: what a card says is enough is applied and solved again, the step below too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from solver.bench.generate import SHAPES, Shape, Size, generate_shape
from solver.explain import card
from solver.families import NAMES, applied
from solver.forcing import granted_level
from solver.plan import Plan
from solver.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.explain import Card
    from solver.families import Name
    from solver.plan import Result
    from solver.problem import Problem
    from solver.settings import Settings

TINY = Shape(people=4, requests=8, weeks=5, skills=3)
"""So small that every solve of it is proven within seconds."""

COUNTS = ("told", "enough", "unknown", "below", "not_enough", "below_unknown")


@dataclass
class Tally:
    """What came of the changes that cards tell.

    Attributes:
        counts: By family and one of `COUNTS`: told, granted when applied, not granted and not proven either;
            the same for the step below that a card says is not enough.
        reasons: How many cards gave each reason.
        failed: Cards whose word did not hold: request, family, change.
    """

    cards: int = 0
    counts: Counter[tuple[Name, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The counts as planner-bench-cards/1."""
        return {
            "format": "planner-bench-cards/1",
            "cards": self.cards,
            "reasons": dict(sorted(self.reasons.items())),
            "families": {name: {count: self.counts[name, count] for count in COUNTS} for name in NAMES},
            "failed": self.failed,
        }


def hold_to_word(
    size: Size | None,
    count: int,
    settings: Settings,
    *,
    seed: int = 0,
    told: Callable[[Tally], None] | None = None,
) -> Tally:
    """Make `count` cards on generated companies, apply what each says, and solve again.

    Args:
        size: S to XL, or None for companies so small that plans are proven.
        count: How many cards.
        settings: Of every plan and re-solve; a card has the same limits for all its families.
        seed: Of the first company; the next one has the next seed.
        told: Called after each card.

    Returns:
        The counts. Only a step below whose re-solve grants the request is a broken word there; one that is
        not granted in an unproven plan is counted as unknown.
    """
    tally = Tally()
    shape = TINY if size is None else SHAPES[size]
    while tally.cards < count:
        problem = generate_shape(shape, f"{size or 'tiny'}-{seed}", seed)
        seed += 1
        result = solve(problem, settings)
        for request in _short(problem, result):
            if tally.cards == count:
                break
            found = card(problem, result, request, settings)
            tally.cards += 1
            tally.reasons[found.reason] += 1
            _apply(problem, found, settings, tally)
            if told is not None:
                told(tally)
    return tally


def _short(problem: Problem, result: Result) -> Iterator[str]:
    plan = result.plan or Plan()
    for request in problem.requests:
        if granted_level(plan, request.id) < len(request.levels) - 1:
            yield request.id


def _apply(problem: Problem, found: Card, settings: Settings, tally: Tally) -> None:
    """Apply each family of a card, and the step below where it tells one."""
    for name, family in found.families.items():
        if family is None:
            continue
        for change, told, right in (
            (family.change, "told", "enough"),
            (family.below, "below", "not_enough"),
        ):
            if change is None:
                continue
            tally.counts[name, told] += 1
            after = solve(applied(problem, found.request, found.level, name, change), settings)
            granted = granted_level(after.plan or Plan(), found.request) >= found.level
            if granted == (right == "enough"):
                sure = granted or after.status == "optimal"
                tally.counts[name, right if sure else "below_unknown"] += 1
            elif not granted and after.status != "optimal":
                tally.counts[name, "unknown"] += 1
            else:
                tally.failed.append(
                    {
                        "problem": problem.name,
                        "request": found.request,
                        "level": found.level,
                        "family": name,
                        "step": told,
                        "change": change,
                        "method": family.method,
                        "proven": family.proven,
                    }
                )
