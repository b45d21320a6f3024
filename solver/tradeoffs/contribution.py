"""What each department adds to the plan: Shapley values of the best values of coalitions (C12).

The value of a coalition is the best plan when only its departments lend people. Up to eight departments all
coalitions are solved; above, coalitions along random orders of joining. Locks that ask for hours and
promises of an earlier plan are left out, because no coalition could keep them without their people.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial, sqrt
from statistics import stdev
from typing import TYPE_CHECKING, Any, Literal

from solver.cards.asking import Asking
from solver.files import problem_hash
from solver.parts import of_departments, plan_within
from solver.plan import Plan, Progress
from solver.referee import measure, rank, violations
from solver.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from solver.problem import Problem

DEFAULT = Settings()

EXACT_UP_TO = 8
"""Most departments of which all coalitions are solved: 256 solves."""

ROUNDS = 4
"""Random orders, each turned round once per department, from which larger companies are estimated."""

Coalition = frozenset[str]
Method = Literal["exact", "interval", "sampled"]


@dataclass(frozen=True, slots=True)
class Worth:
    """The best value of a coalition: found and, where known, the most possible. Money in minor units."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one department adds. Money in minor units; unknown is None.

    Attributes:
        value: Its Shapley value; all of them sum to the value of the whole.
        low: It is at least this; None when sampled or unknown.
        high: It is at most this; None when sampled or unknown.
        error: Standard error of `value` when sampled.
        last_in: What the whole loses without it; these do not sum to anything.
    """

    department: str
    value: int
    low: int | None
    high: int | None
    error: float | None
    last_in: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """What every department adds.

    Attributes:
        method: "exact" when every coalition is solved and proven, "interval" when every one is solved,
            "sampled" when some are.
        whole: The value of all departments together, found.
        bound: The most that it could be; None when unknown.
        shares: One per department, sorted.
        coalitions: Every coalition solved.
        orders: Orders of joining that were sampled; None when all coalitions were solved.
        complete: Whether all were solved in time; else those not reached count with what smaller ones inside
            them attain.
    """

    problem: str
    problem_hash: str
    method: Method
    whole: int
    bound: int | None
    shares: tuple[Share, ...]
    coalitions: Mapping[Coalition, Worth]
    orders: int | None
    complete: bool

    def row(self) -> dict[str, Any]:
        """The contribution as planner-contribution/1; what is unknown is null."""
        return {
            "format": "planner-contribution/1",
            "problem": self.problem,
            "problem_hash": self.problem_hash,
            "method": self.method,
            "complete": self.complete,
            "whole": self.whole,
            "bound": self.bound,
            "orders": self.orders,
            "departments": [
                {
                    "department": share.department,
                    "value": share.value,
                    "low": share.low,
                    "high": share.high,
                    "error": share.error,
                    "last_in": share.last_in,
                }
                for share in self.shares
            ],
            "coalitions": [
                {"departments": sorted(names), "value": worth.low, "bound": worth.high}
                for names, worth in sorted(
                    self.coalitions.items(), key=lambda item: (len(item[0]), sorted(item[0]))
                )
            ],
        }


def contribution(
    problem: Problem,
    settings: Settings = DEFAULT,
    *,
    plan: Plan | None = None,
    rounds: int = ROUNDS,
    cancel: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Contribution:
    """The Shapley value of every department of `problem`.

    Args:
        problem: The problem that was solved.
        settings: Limits of the whole question; each coalition gets an equal part. The seed draws the orders.
        plan: A plan of the problem to begin from.
        rounds: Random orders to draw when there are more than `EXACT_UP_TO` departments, at least 2.
        cancel: Asked now and then; True ends the solves, and what is known is kept.
        progress: Called after each coalition with the best value of the largest so far.

    Raises:
        ProblemErrors: The problem is malformed.
    """
    names = sorted({s.department for s in problem.specialists})
    orders = None if len(names) <= EXACT_UP_TO else _orders(names, settings.seed, max(2, rounds))
    wanted = _all(names) if orders is None else _along(names, orders)
    solves = _Coalitions(problem, Asking(settings, cancel), plan or Plan(), wanted, progress)
    worth, complete = solves.go()
    whole = worth[frozenset(names)]
    if orders is None:
        shares = exact_shares(names, worth)
        proven = complete and all(value.low == value.high for value in worth.values())
        method: Method = "exact" if proven else "interval"
    else:
        shares, method = sampled_shares(names, worth, orders), "sampled"
    return Contribution(
        problem=problem.name,
        problem_hash=problem_hash(problem),
        method=method,
        whole=whole.low,
        bound=whole.high,
        shares=shares,
        coalitions=worth,
        orders=None if orders is None else len(orders),
        complete=complete,
    )


def exact_shares(names: Sequence[str], worth: Mapping[Coalition, Worth]) -> tuple[Share, ...]:
    """Shapley values from all coalitions: `worth` has every subset of `names`. They sum to the whole."""
    everybody, count = frozenset(names), len(names)
    values: dict[str, Fraction] = {}
    bounds: dict[str, tuple[int | None, int | None]] = {}
    for name in names:
        value, low, high = Fraction(0), Fraction(0), Fraction(0)
        known = True
        for before in _all([other for other in names if other != name]):
            size = len(before)
            weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
            out, into = worth[before], worth[before | {name}]
            value += weight * (into.low - out.low)
            if out.high is None or into.high is None:
                known = False
                continue
            low += weight * (into.low - out.high)
            high += weight * (into.high - out.low)
        values[name] = value
        bounds[name] = (low.__floor__(), high.__ceil__()) if known else (None, None)
    whole = worth[everybody].low - worth[frozenset()].low
    rounded = _rounded(values, whole)
    exact = all(value.low == value.high for value in worth.values())
    return tuple(
        Share(
            name,
            rounded[name],
            rounded[name] if exact else bounds[name][0],
            rounded[name] if exact else bounds[name][1],
            None,
            worth[everybody].low - worth[everybody - {name}].low,
        )
        for name in names
    )


def sampled_shares(
    names: Sequence[str], worth: Mapping[Coalition, Worth], orders: Sequence[Sequence[str]]
) -> tuple[Share, ...]:
    """Shapley values from orders of joining, a whole number of rounds of as many turns as there are names."""
    everybody, turns = frozenset(names), len(names)
    means: dict[str, list[float]] = defaultdict(list)
    sums: dict[str, Fraction] = dict.fromkeys(names, Fraction(0))
    for start in range(0, len(orders), turns):
        round_: dict[str, int] = dict.fromkeys(names, 0)
        for order in orders[start : start + turns]:
            for place, name in enumerate(order):
                round_[name] += worth[frozenset(order[: place + 1])].low - worth[frozenset(order[:place])].low
        for name in names:
            sums[name] += Fraction(round_[name], len(orders))
            means[name].append(round_[name] / turns)
    rounded = _rounded(sums, worth[everybody].low - worth[frozenset()].low)
    return tuple(
        Share(
            name,
            rounded[name],
            None,
            None,
            round(stdev(means[name]) / sqrt(len(means[name])), 1),
            worth[everybody].low - worth[everybody - {name}].low,
        )
        for name in names
    )


def _rounded(values: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Whole numbers next to `values` that sum to `total`, the largest remainders rounded up."""
    floors = {name: value.__floor__() for name, value in values.items()}
    missing = total - sum(floors.values())
    by_rest = sorted(values, key=lambda name: (floors[name] - values[name], name))
    return {name: floors[name] + (place < missing) for place, name in enumerate(by_rest)}


def _all(names: Sequence[str]) -> list[Coalition]:
    """Every subset, small ones first."""
    return [frozenset(group) for size in range(len(names) + 1) for group in combinations(names, size)]


def _orders(names: Sequence[str], seed: int, rounds: int) -> list[list[str]]:
    """Random orders, each turned so that everybody stands once at each place (stratified by place)."""
    dice = random.Random(seed)  # noqa: S311 - sampling, no secret
    orders = []
    for _ in range(rounds):
        order = dice.sample(list(names), len(names))
        orders += [order[turn:] + order[:turn] for turn in range(len(order))]
    return orders


def _along(names: Sequence[str], orders: Iterable[Sequence[str]]) -> list[Coalition]:
    """The coalitions that form along `orders`, and those that lack one department."""
    found = {frozenset(order[:size]) for order in orders for size in range(len(order) + 1)}
    found |= {frozenset(names) - {name} for name in names}
    return sorted(found, key=lambda group: (len(group), sorted(group)))


class _Coalitions:
    """The solves of one question, small coalitions first, each begun from the best known inside it."""

    def __init__(
        self,
        problem: Problem,
        asking: Asking,
        plan: Plan,
        wanted: Sequence[Coalition],
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._problem = problem
        self._asking = asking
        self._given = plan
        self._wanted = wanted
        self._progress = progress
        self._plans: dict[Coalition, Plan] = {}
        self._worth: dict[Coalition, Worth] = {}

    def go(self) -> tuple[dict[Coalition, Worth], bool]:
        """The value of each coalition, and whether the caller let all be solved."""
        complete = True
        for done, group in enumerate(self._wanted, start=1):
            complete = complete and not self._asking.stopped()
            self._take(group, solved=complete)
            if self._progress is not None:
                best, doing = self._worth[group], f"coalition {done} of {len(self._wanted)}"
                self._progress(Progress(self._asking.seconds(), 3, best.low, best.high, None, doing))
        return self._worth, complete

    def _take(self, group: Coalition, *, solved: bool) -> None:
        """The best plan of `group`, never worse than of coalitions inside it; solved only if `solved`."""
        problem = of_departments(self._problem, group)
        starts = [plan_within(self._problem, self._given, group)]
        starts += [plan for known, plan in self._plans.items() if known < group]
        legal = [plan for plan in starts if not violations(problem, plan)] or [Plan()]
        plan = max(legal, key=lambda start: rank(measure(problem, start)))
        high = None
        if solved:
            found = self._asking.solve(problem, 1.0 / len(self._wanted), plan)
            plan, high = found.plan or plan, found.bound
        self._plans[group] = plan
        self._worth[group] = Worth(measure(problem, plan).value, high)
