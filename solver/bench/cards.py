"""Cards held to their word: what a card says is enough is applied and solved again, the step below too."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from solver.bench.generate import SHAPES, Shape, generate_shape
from solver.cards.families import ALL_STAGES, CONFIRMING, NAMES, applied
from solver.cards.forcing import granted_level, headline, held
from solver.cards.without import SMALL, breadth
from solver.explain import card
from solver.plan import Plan
from solver.referee import rank
from solver.solve import solve
from solver.validate import money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from solver.cards.families import Family, Name
    from solver.explain import Card
    from solver.plan import Result
    from solver.problem import Problem
    from solver.settings import Settings

TINY = Shape(people=4, requests=8, weeks=5, skills=3)
"""So small that every solve of it is proven within seconds."""

PIECE = Shape(people=8, requests=16, weeks=6, skills=4)
"""About the largest piece of size S of whose plans a good part is proven within a minute of one core."""

Kind = Literal["tiny", "piece", "S", "M"]
Group = Literal["proven", "unproven"]

GROUPS: tuple[Group, ...] = ("proven", "unproven")
"""Cards of plans that are proven best in all stages, and of others."""

COUNTS = ("told", "enough", "again", "unknown", "conditional", "below", "not_enough", "tied", "below_unknown")

RUNS = round(1 / CONFIRMING)
"""How many times the limits of a run a card has where it confirms what it tells by such runs."""

MOST_OF_ONE = 25
"""Cards of one company; of more requests that lack something every so many is taken."""


@dataclass
class Tally:
    """What came of the changes that cards tell, and where to go on.

    Attributes:
        size: How large the companies are.
        seed: Of the company whose cards come next.
        done: How many of its cards are made.
        counts: By group, family and one of `COUNTS`: told, granted when applied, neither granted nor proven,
            granted with another seed too (unproven plans only), told on condition that the rest of the plan
            stays, which is not judged; the same for the step below that a card says is not enough, `tied`
            where a plan with it is worth exactly as much as the best without it.
        cards: By group.
        reasons: How many cards gave each reason.
        impossible: Levels that cards call impossible, and how many of them were granted all the same when
            they were worth more than everything together.
        seconds: What each card took.
        failed: Cards whose word did not hold: request, family, change.
    """

    size: Kind
    seed: int
    done: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    cards: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    impossible: list[int] = field(default_factory=lambda: [0, 0])
    seconds: list[float] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The counts as planner-bench-cards/1."""
        return {
            "format": "planner-bench-cards/1",
            "size": self.size,
            "next": {"seed": self.seed, "done": self.done},
            "cards": {group: self.cards[group] for group in GROUPS},
            "median_s": round(median(self.seconds), 1) if self.seconds else None,
            "most_s": max(self.seconds, default=None),
            "seconds": self.seconds,
            "reasons": dict(sorted(self.reasons.items())),
            "impossible": {"told": self.impossible[0], "granted": self.impossible[1]},
            "families": {
                group: {name: {count: self.counts[group, name, count] for count in COUNTS} for name in NAMES}
                for group in GROUPS
            },
            "failed": self.failed,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Tally:
        """The tally of a document, to go on with.

        Raises:
            KeyError: It is no planner-bench-cards/1.
        """
        families = document["families"]
        return cls(
            size=document["size"],
            seed=document["next"]["seed"],
            done=document["next"]["done"],
            counts=Counter(
                {
                    (group, name, count): families[group][name][count]
                    for group in GROUPS
                    for name in NAMES
                    for count in COUNTS
                }
            ),
            cards=Counter(document["cards"]),
            reasons=Counter(document["reasons"]),
            impossible=[document["impossible"]["told"], document["impossible"]["granted"]],
            seconds=list(document["seconds"]),
            failed=list(document["failed"]),
        )


def hold_to_word(
    tally: Tally,
    count: int,
    settings: Settings,
    *,
    stop: Callable[[], bool] = lambda: False,
    told: Callable[[Tally], None] | None = None,
) -> Tally:
    """Make cards on generated companies, apply what each says, and solve again.

    Args:
        tally: Where to begin or go on; it is filled.
        count: How many cards there shall be in all.
        settings: Of every plan, card and re-solve; a card has the same limits for all its families, of large
            unproven plans `RUNS` times them, so that each change it confirms is confirmed by such a run.
        stop: Asked before each plan and card, and during them; a card that was stopped counts nothing.
        told: Called after each card.

    Returns:
        The tally. Of a proven plan what a card says is solved from nothing with another seed, of others from
        the plan in hand, as a new run of the planner begins. Only a step below that is granted by a better
        plan is a broken word there; one that is not granted in an unproven plan is counted as unknown.
    """
    shape = {"tiny": TINY, "piece": PIECE, "S": SHAPES["S"], "M": SHAPES["M"]}[tally.size]
    while tally.cards.total() < count and not stop():
        problem = generate_shape(shape, f"{tally.size}-{tally.seed}", tally.seed)
        result = solve(problem, settings, cancel=stop)
        for request in list(_short(problem, result))[tally.done :]:
            if tally.cards.total() == count or stop():
                return tally
            began, judge = time.monotonic(), _Judge(problem, result, settings, stop)
            found = card(problem, result, request, _of_a_card(problem, result, settings), cancel=stop)
            seconds = round(time.monotonic() - began, 1)
            judge.judge(found)
            if stop():
                return tally
            judge.add_to(tally, found, seconds)
            if told is not None:
                told(tally)
        tally.seed, tally.done = tally.seed + 1, 0
    return tally


def _of_a_card(problem: Problem, result: Result, settings: Settings) -> Settings:
    """The limits of a card."""
    if result.proven_stages == ALL_STAGES or breadth(problem) <= SMALL:
        return settings
    work = settings.work_limit
    return replace(
        settings,
        wall_limit_s=RUNS * settings.wall_limit_s,
        work_limit=None if work is None else RUNS * work,
    )


def _short(problem: Problem, result: Result) -> Iterator[str]:
    """Requests below their top level, spread over all of them."""
    plan = result.plan or Plan()
    found = [r.id for r in problem.requests if granted_level(plan, r.id) < len(r.levels) - 1]
    yield from found[:: max(1, -(-len(found) // MOST_OF_ONE))]


class _Judge:
    """One card held to its word; nothing is counted before all of it is judged."""

    def __init__(
        self, problem: Problem, result: Result, settings: Settings, stop: Callable[[], bool]
    ) -> None:
        self._problem = problem
        self._result = result
        self._settings = settings
        self._stop = stop
        self._group: Group = "proven" if result.proven_stages == ALL_STAGES else "unproven"
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._impossible = [0, 0]
        self._failed: list[dict[str, Any]] = []

    def judge(self, found: Card) -> None:
        """Apply each family of a card, and the step below where it tells one."""
        for name, family in found.families.items():
            if family is not None:
                self._enough(found, name, family)
                self._below(found, name, family)
        if not found.worth.possible:
            most = 2 * sum(map(abs, money(self._problem))) + 1
            worth = most - headline(self._problem.request[found.request].levels[found.level])
            self._impossible[0] += 1
            self._impossible[1] += self._granted(found, self._solved(found, "value", worth))

    def add_to(self, tally: Tally, found: Card, seconds: float) -> None:
        """Count the card."""
        tally.counts += self._counts
        tally.cards[self._group] += 1
        tally.reasons[found.reason] += 1
        tally.impossible = [a + b for a, b in zip(tally.impossible, self._impossible, strict=True)]
        tally.seconds.append(seconds)
        tally.failed += self._failed
        tally.done += 1

    def _count(self, name: Name, what: str) -> None:
        self._counts[self._group, name, what] += 1

    def _enough(self, found: Card, name: Name, family: Family) -> None:
        if not family.confirmed:
            self._count(name, "conditional")
            return
        self._count(name, "told")
        after = self._solved(found, name, family.change)
        if self._granted(found, after):
            self._count(name, "enough")
            if self._group == "unproven":
                again = self._solved(found, name, family.change, later=1)
                self._counts[self._group, name, "again"] += self._granted(found, again)
        elif self._group == "proven" and after.status != "optimal":
            self._count(name, "unknown")
        else:
            self._fail(found, name, "told", family.change)

    def _below(self, found: Card, name: Name, family: Family) -> None:
        if family.below is None:
            return
        self._count(name, "below")
        after = self._solved(found, name, family.below)
        if not self._granted(found, after):
            self._count(name, "not_enough" if after.status == "optimal" else "below_unknown")
        elif self._tied(found, name, family.below, after):
            self._count(name, "tied")
        else:
            self._fail(found, name, "below", family.below)

    def _solved(self, found: Card, name: Name, change: Any, later: int = 0) -> Result:
        """The changed problem solved, from nothing with another seed where the plan is proven."""
        changed = applied(self._problem, found.request, found.level, name, change)
        proven = self._group == "proven"
        settings = replace(self._settings, seed=self._settings.seed + later + proven)
        return solve(changed, settings, cancel=self._stop, start=None if proven else self._result.plan)

    def _granted(self, found: Card, after: Result) -> bool:
        return granted_level(after.plan or Plan(), found.request) >= found.level

    def _tied(self, found: Card, name: Name, change: Any, after: Result) -> bool:
        """Whether the best plan without the level is worth exactly as much in all stages."""
        changed = applied(self._problem, found.request, found.level, name, change)
        without = solve(held(changed, found.request, found.level - 1), self._settings, cancel=self._stop)
        if without.measures is None or after.measures is None:
            return False
        return rank(without.measures) == rank(after.measures)

    def _fail(self, found: Card, name: Name, step: str, change: Any) -> None:
        self._failed.append(
            {
                "problem": self._problem.name,
                "group": self._group,
                "request": found.request,
                "level": found.level,
                "family": name,
                "step": step,
                "change": change,
            }
        )
