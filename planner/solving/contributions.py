"""The question what each department brings: what the engine is told and how its answer is kept (C12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.records import Question

WALL_LIMIT_S = 60.0
"""Seconds for all coalitions of departments together."""

SUBJECT = "departments"
"""What the one question of a run is about."""


def contribution_task(task: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine is told; `task` holds the run's problem, plan and limits."""
    return {
        **task,
        "kind": "contribution",
        "settings": {**task["settings"], "wall_limit_s": WALL_LIMIT_S},
    }


def store_contribution(question: Question, reply: Mapping[str, Any]) -> None:
    """Keep planner-contribution/1 without the coalitions; the figure is the value of all together."""
    question.low_minor, question.high_minor = reply["whole"], reply["bound"]
    question.exact = reply["method"] == "exact"
    question.answer = {key: value for key, value in reply.items() if key != "coalitions"}
