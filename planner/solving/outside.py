"""Lines that somebody outside could do for money: each way to divide a request is an option of the engine.

An option leaves out the lines that are bought and carries their price as a negative bonus, so that the
optimum decides between own people and money. A price holds for the whole line, whatever level is granted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from planner.records import RequestLine, ResourceRequest

MOST_OUTSIDE = 4
"""Lines of one request that may have an outside price: each doubles the options."""


@dataclass(frozen=True, slots=True)
class Division:
    """One way to do a request: lines for own people, and lines that are bought, with their price together."""

    own: tuple[RequestLine, ...]
    bought: tuple[RequestLine, ...]
    cost_minor: int


def divisions(
    request: ResourceRequest, bought: Collection[str] = (), begun: Collection[str] = ()
) -> tuple[Division, ...]:
    """Every way to do the request within its budget of money, own people alone first.

    Args:
        request: Its record.
        bought: Record ids of lines that a publication has bought; those stay bought.
        begun: Record ids of lines on which own people have worked; those are finished by them.
    """
    fixed = {line.id for line in request.lines} & set(bought) - set(begun)
    numbers: list[int | None] = [
        *sorted({n for line in request.lines if (n := line.alternative) is not None})
    ]
    found = [
        division
        for number in numbers or [None]
        for division in _within(request, number, fixed, begun)
        if fixed <= {line.id for line in division.bought}
    ]
    budget = request.money_budget_minor
    return tuple(d for d in found if budget is None or d.cost_minor <= budget)


def _within(
    request: ResourceRequest, number: int | None, fixed: Collection[str], begun: Collection[str]
) -> Iterator[Division]:
    """The divisions of one alternative, the fewest bought lines first."""
    lines = [line for line in request.lines if line.alternative in (None, number)]
    stays = {line.id for line in lines if line.id in fixed}
    priced = [
        line
        for line in lines
        if line.outside_cost_minor is not None and line.id not in fixed and line.id not in begun
    ]
    for size in range(len(priced) + 1):
        for more in combinations(priced, size):
            out = stays | {line.id for line in more}
            yield Division(
                own=tuple(line for line in lines if line.id not in out),
                bought=tuple(line for line in lines if line.id in out),
                cost_minor=sum(line.outside_cost_minor or 0 for line in lines if line.id in out),
            )


def costs(problem: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, int]:
    """What a plan buys outside, minor units by request.

    Args:
        problem: As planner-problem/1.
        plan: As planner-plan/1.
    """
    bonuses = {row["id"]: row.get("option_bonus") or () for row in problem["requests"]}
    return {
        grant["request"]: -bonuses[grant["request"]][grant["option"]]
        for grant in plan["granted"]
        if bonuses[grant["request"]] and bonuses[grant["request"]][grant["option"]]
    }
