"""What value costs against fairness, stability, strategy or cash: plans that no other beats on both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planner.records import JobState, PlanRun, Question, QuestionKind
from planner.solving.worths import early_cash, strategy_part

Data = dict[str, Any]

AXES = ("floor", "stability", "moves", "strategy", "cash")
"""What value is traded for: the smallest share, hours taken back, changes, strategy, early cash."""

STEPS = 6
WALL_LIMIT_S = 60.0
"""Seconds for one frontier; it may be stopped with the points found."""


def frontier_question(run: PlanRun, axis: str) -> Question:
    """The trade-offs of the run's problem along one of AXES."""
    return Question(
        run_id=run.id,
        kind=QuestionKind.FRONTIER,
        subject=axis,
        state=JobState.QUEUED,
        params={"axis": axis, "steps": STEPS},
    )


def frontier_task(question: Question, task: Data) -> Data:
    """The engine's task; strategy and cash are told as each level's second value."""
    axis, steps = question.params["axis"], question.params["steps"]
    problem = json.loads(task["problem"])
    if axis in ("strategy", "cash"):
        assert question.run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
        _seconds(problem, question.run.snapshot.inputs, axis)
    against = axis if axis in ("floor", "stability", "moves") else "second"
    return {
        **task,
        "kind": "frontier",
        "problem": json.dumps(problem),
        "against": against,
        "steps": steps,
        "settings": {**task["settings"], "wall_limit_s": WALL_LIMIT_S},
    }


def has_second(problem: Mapping[str, Any], inputs: Mapping[str, Any], axis: str) -> bool:
    """Whether any level has some of what "strategy" or "cash" counts."""
    copied = json.loads(json.dumps(problem))
    _seconds(copied, inputs, axis)
    return any(level["second"] for request in copied["requests"] for level in request["levels"])


def _seconds(problem: Data, inputs: Mapping[str, Any], axis: str) -> None:
    for request in problem["requests"]:
        known = inputs["requests"][request["id"]]
        for level, working in zip(request["levels"], known["levels"], strict=True):
            second = strategy_part(working) if axis == "strategy" else early_cash(known, working)
            level["second"] = second


def store_frontier(question: Question, reply: Mapping[str, Any]) -> None:
    """Keep the points, each with its complete plan."""
    question.answer = dict(reply)
    question.exact = None
