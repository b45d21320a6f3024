"""The question what an hour of each skill is worth in each week: what the engine is told, how it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.records import JobState, PlanRun, Question, QuestionKind

SUBJECT = "scarcity"
"""What the one question of a run is about; other prices name a change."""

WALL_LIMIT_S = 20.0
"""Seconds for the prices of all skills and weeks together."""


def scarcity_question(run: PlanRun) -> Question:
    """What one more hour of each skill would be worth in the run's problem."""
    return Question(
        run_id=run.id,
        kind=QuestionKind.PRICE,
        subject=SUBJECT,
        state=JobState.QUEUED,
        params={"of": "skills"},
    )


def is_scarcity(question: Question) -> bool:
    """Whether it asks for the prices of skills, not for that of a change."""
    return question.subject == SUBJECT


def scarcity_task(task: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine is told; `task` holds the run's problem and limits."""
    return {**task, "kind": "scarcity", "settings": {**task["settings"], "wall_limit_s": WALL_LIMIT_S}}


def store_scarcity(question: Question, reply: Mapping[str, Any]) -> None:
    """Keep the prices by skill and week; an estimate has no proven figure."""
    question.exact = False
    question.answer = {key: reply[key] for key in ("cells", "rounds", "cut")}
