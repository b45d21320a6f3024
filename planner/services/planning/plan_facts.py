"""A plan in figures, whether official, supposed or a point of a trade-off: worth, fairness, stability, cash.

Works on the plain data of a snapshot and a plan, so that every plan is measured alike.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.records import PlanRun
from planner.solving.demand import FULL
from planner.solving.outside import costs
from planner.solving.prices import levels_of
from planner.solving.worths import early_cash, money_only

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """A plan in figures. Money in minor units, effort in quarter-hours, shares per mille; None is unknown.

    Attributes:
        value: What the plan counts: `money` + `strategy` + `wishes` - `churn`.
        bound: What no plan of the same problem exceeds.
        money: Worth in money alone.
        strategy: What strategic weights add to it.
        cash: What is expected to come within three months.
        wishes: What people add whom requests would rather have; no money, so that of two plans worth as much
            the one with them is taken.
        outside: What is paid to others who do the work; money and cash are less it.
        least_share: The smallest share that a key account manager reaches of what the manager would have
            alone; None before that was computed.
        evenness: Jain's index of those shares, 1 when all are equal.
        churn: The price of promised hours taken back.
        withdrawn: Promised quarter-hours taken back, those that only move to somebody else at half.
        moves: Promised person-weeks with fewer hours.
        hours: Quarter-hours planned.
        granted: Requests with all their hours.
        partly: With fewer.
        refused: Without.
    """

    value: int | None
    bound: int | None
    money: int
    strategy: int
    cash: int
    wishes: int
    outside: int
    least_share: int | None
    evenness: float | None
    churn: int
    withdrawn: float
    moves: int
    hours: int
    granted: int
    partly: int
    refused: int


def problem_of(run: PlanRun) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a finished run was given: the problem, and how its values were found."""
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    return json.loads(run.snapshot.problem), run.snapshot.inputs


def plan_of(run: PlanRun) -> dict[str, Any]:
    """What a finished run came to, planner-plan/1."""
    found: dict[str, Any] = json.loads(run.result or "{}")
    return found


def facts_of(problem: Data, inputs: Data, result: Data, solo: Mapping[str, int] | None = None) -> Facts:
    """Measure a plan.

    Args:
        problem: As planner-problem/1.
        inputs: How its values were found, as a snapshot holds it.
        result: The plan with its ending, planner-plan/1.
        solo: What each key account manager would have alone, minor units by user id, where known.
    """
    levels = levels_of(result)
    known = {name: inputs["requests"][name] for name in levels if name in inputs["requests"]}
    workings = {name: row["levels"][levels[name]] for name, row in known.items()}
    outside = sum(costs(problem, result).values())
    money = sum(money_only(working) for working in workings.values())
    worth = sum(working["value_minor"] for working in workings.values())
    shares = _shares(problem, workings, solo or {})
    withdrawn, moves = _taken_back(problem, result)
    fractions = [working["fraction"] for working in workings.values()]
    return Facts(
        value=result["value"],
        bound=result["bound"],
        money=money - outside,
        strategy=worth - money,
        cash=sum(early_cash(known[name], working) for name, working in workings.items()) - outside,
        wishes=_wishes(problem, result),
        outside=outside,
        least_share=min(shares) if shares else None,
        evenness=_jain(shares),
        churn=result["churn"] or 0,
        withdrawn=withdrawn,
        moves=moves,
        hours=sum(row["hours"] for row in result["hours"]),
        granted=sum(fraction >= FULL for fraction in fractions),
        partly=sum(fraction < FULL for fraction in fractions),
        refused=len(problem["requests"]) - len(fractions),
    )


def _wishes(problem: Data, result: Data) -> int:
    """The bonuses of wished-for people who work where they were wished for."""
    at_work = {(row["line"], row["specialist"]) for row in result["hours"]}
    wished = [(line["id"], line["preferred"]) for line in problem["lines"] if line.get("preferred")]
    return sum(wish["bonus"] for line, wish in wished if (line, wish["specialist"]) in at_work)


def _shares(problem: Data, workings: Mapping[str, Data], solo: Mapping[str, int]) -> list[int]:
    """Per mille of the solo value that each manager reaches; who would have nothing alone is left out."""
    reached: defaultdict[str, int] = defaultdict(int)
    for request in problem["requests"]:
        if request["id"] in workings:
            reached[request["kam"]] += workings[request["id"]]["value_minor"]
    return [FULL * reached[kam] // alone for kam, alone in sorted(solo.items()) if alone > 0]


def _jain(shares: list[int]) -> float | None:
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else None


def _taken_back(problem: Data, result: Data) -> tuple[float, int]:
    """Promised quarter-hours that the plan does not keep, and in how many person-weeks (C11)."""
    published = problem["published"]
    if not published:
        return 0, 0
    new = {(row["line"], row["specialist"], row["week"]): row["hours"] for row in result["hours"]}
    due = [row for row in published["hours"] if row["week"] < published["free_from_week"]]
    cut: defaultdict[tuple[str, int], int] = defaultdict(int)
    net: defaultdict[tuple[str, int], int] = defaultdict(int)
    moves = 0
    for row in due:
        missing = max(0, row["hours"] - new.get((row["line"], row["specialist"], row["week"]), 0))
        cut[row["line"], row["week"]] += missing
        net[row["line"], row["week"]] += row["hours"]
        moves += missing > 0
    for (line, _, week), hours in new.items():
        if (line, week) in net:
            net[line, week] -= hours
    lost = {key: max(0, hours) for key, hours in net.items()}
    return sum(lost[key] + (cut[key] - lost[key]) / 2 for key in net), moves
