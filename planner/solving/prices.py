"""What an exception would cost: the engine's task and its answer.

A price is first sought with everything decided still standing. Where that is impossible, because published or
approved hours fill the very weeks, it is sought once more with those in the way lifted; the hours then taken
back are charged at the price of churn, and the requests are named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planner.records import JobState, PlanRun, Question, QuestionKind
from planner.solving.alterations import REFUSED, forced, in_the_way, request_of
from planner.solving.worths import money_of

Data = dict[str, Any]

WALL_LIMIT_S = 20.0
"""Seconds for one price; who signs by it can wait for a narrower interval."""

NO_PLAN = "none"
CONFLICT = "conflict"


def digest(params: Mapping[str, Any]) -> str:
    """A short name for what is asked, equal for equal questions."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def price_question(run: PlanRun, target: Mapping[str, Any]) -> Question:
    """What the plan of `run` loses when `target` is ordered; `target` as `alterations.forced` takes it."""
    params = {"target": dict(target)}
    return Question(
        run_id=run.id,
        kind=QuestionKind.PRICE,
        subject=digest(params),
        request_id=target.get("request"),
        state=JobState.QUEUED,
        params=params,
    )


def capacity_target(weeks: Sequence[str], rows: Iterable[tuple[str, str, int]]) -> Data:
    """Quarter-hours added in person-weeks given as (specialist, ISO week, quarter-hours), as one change."""
    index = {week: i for i, week in enumerate(weeks)}
    return {
        "kind": "capacities",
        "rows": [[who, index[week], hours] for who, week, hours in rows if week in index],
    }


def price_task(question: Question, task: Data) -> Data:
    """The engine's task: the price as things stand, or the plan with what is in the way lifted."""
    target, lifted = question.params["target"], question.params.get("lifted")
    if question.asked_at is not None:
        task = {**task, "settings": {**task["settings"], "wall_limit_s": WALL_LIMIT_S}}
    if lifted is None:
        change = {key: value for key, value in target.items() if key != "quarter_hours"}
        return {**task, "kind": "price", "change": {**change, "hours": target.get("quarter_hours")}}
    bent = forced(json.loads(task["problem"]), target, lifted)
    return {**task, "kind": "solve", "problem": json.dumps(bent)}


def levels_of(plan: Mapping[str, Any]) -> dict[str, int]:
    """The level of every granted request."""
    return {grant["request"]: grant["level"] for grant in plan["granted"]}


def store_price(question: Question, reply: Mapping[str, Any]) -> bool:
    """Keep the price; false when the question goes back to be asked with what stands in the way lifted."""
    run = question.run
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    before = json.loads(run.result or "{}")
    lifted = question.params.get("lifted")
    if lifted is None:
        after = reply["plan"]
        conflict, conflicts = reply["possible"] is False, reply["conflicts"]
        low, high = reply["low"], reply["high"]
    else:
        after = json.loads(reply["result"])
        conflict, conflicts = after["stopped"] == CONFLICT, after["conflicts"]
        low, high = (None, None) if after["status"] == NO_PLAN else interval(before, after)
    if conflict and lifted is None and _lift(question, json.loads(run.snapshot.problem)):
        return False
    question.low_minor, question.high_minor = low, high
    question.exact = low is not None and low == high
    if after is None or after["status"] == NO_PLAN:
        question.answer = {"possible": False if conflict else None, "conflicts": conflicts}
        return True
    inputs = run.snapshot.inputs
    old, new = levels_of(before), levels_of(after)
    question.answer = {
        "possible": True,
        "value_before": before["value"],
        "value_after": after["value"],
        "money": money_of(inputs, old) - money_of(inputs, new),
        "churn": (after["churn"] or 0) - (before["churn"] or 0),
        "broken": sorted({*(after["broken_obligations"] or ())} - {*(before["broken_obligations"] or ())}),
        "lifted": list(lifted or ()),
        **effects(inputs, old, new),
        "plan": after,
    }
    return True


def _lift(question: Question, problem: Mapping[str, Any]) -> bool:
    """Note what is in the way of the target; false when nothing that could be lifted is."""
    target = question.params["target"]
    own = target.get("request") or request_of(target.get("line") or "")
    bound = any(own in (lock.get("request"), request_of(lock.get("line") or "")) for lock in problem["locks"])
    lifted = in_the_way(problem, target)
    if lifted or (own and bound):
        question.params = {**question.params, "lifted": list(lifted)}
        return True
    return False


def interval(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Least and most that an exception costs when something decided is lifted for it; None without a bound.

    With the plan worth f and at most F, the excepted one g and at most G: from f - G to F - g (C9). Negative
    is a gain that what was decided keeps from being made.
    """
    value, bound, found, most = before["value"], before["bound"], after["value"], after["bound"]
    low = None if most is None else value - most
    high = None if bound is None else bound - found
    if low is not None and high is not None and low > high:
        low = high
    return low, high


def effects(inputs: Mapping[str, Any], old: Mapping[str, int], new: Mapping[str, int]) -> Data:
    """Winners and losers: requests whose level differs, with the worth they gain or lose."""
    changes: list[Data] = []
    for name in sorted({*old, *new}):
        before, after = old.get(name, REFUSED), new.get(name, REFUSED)
        if before != after:
            value = _worth(inputs, name, after) - _worth(inputs, name, before)
            changes.append({"request": name, "before": before, "after": after, "value": value})
    return {
        "winners": [row for row in changes if row["after"] > row["before"]],
        "losers": [row for row in changes if row["after"] < row["before"]],
    }


def _worth(inputs: Mapping[str, Any], name: str, level: int) -> int:
    known = inputs["requests"].get(name)
    return int(known["levels"][level]["value_minor"]) if known and level >= 0 else 0
