"""The question what one line of a refused request may cost outside, its other lines being done by own people.

It is the break-even of the request without that line: what is left of its worth may be paid for the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planner.records import JobState, PlanRun, Question, QuestionKind, ResourceRequest
from planner.solving.demand import line_id
from planner.solving.outside import MOST_OUTSIDE

BOUGHT = "bought"
"""The key in a question's params that names the line, as the problem does."""


def line_questions(run: PlanRun, request: ResourceRequest) -> list[Question]:
    """One for each of the first lines; none where nothing else would be left, or no money may go outside."""
    together = [line for line in request.lines if line.alternative is None]
    if len(together) < 2 or len(together) != len(request.lines) or request.money_budget_minor == 0:
        return []
    return [
        Question(
            run_id=run.id,
            kind=QuestionKind.BREAK_EVEN,
            subject=subject_of(line.id),
            state=JobState.QUEUED,
            params={"request": request.id, BOUGHT: line_id(request, line)},
        )
        for line in together[:MOST_OUTSIDE]
    ]


def subject_of(line: str) -> str:
    """The short name of the question about the line of that record id."""
    return f"outside:{line}"


def line_task(question: Question, task: Mapping[str, Any]) -> dict[str, Any]:
    """The engine's task; what was proven of the plan says nothing of the problem without the line."""
    request, line = question.params["request"], question.params[BOUGHT]
    problem = without_line(json.loads(task["problem"]), request, line)
    return {**task, "kind": "break_even", "request": request, "problem": json.dumps(problem), "bent": True}


def without_line(problem: Mapping[str, Any], request: str, line: str) -> dict[str, Any]:
    """The problem in which own people do all of the request but that line, and nothing is paid for it.

    Args:
        problem: As planner-problem/1.
        request: Which request.
        line: One of its lines.
    """
    bent = dict(problem)
    row = next(r for r in problem["requests"] if r["id"] == request)
    own = [name for name in max(row["options"], key=len) if name != line]
    asked = {**row, "options": [own]}
    asked.pop("option_bonus", None)
    bent["requests"] = [asked if r["id"] == request else r for r in problem["requests"]]
    mine = {name for option in row["options"] for name in option}
    bent["lines"] = [
        {**each, "after": [name for name in each.get("after") or () if name in own]}
        if each["id"] in own
        else each
        for each in problem["lines"]
        if each["id"] not in mine or each["id"] in own
    ]
    gone = mine - set(own)
    bent["locks"] = [lock for lock in problem["locks"] if lock.get("line") not in gone]
    if problem["published"]:
        hours = [row for row in problem["published"]["hours"] if row["line"] not in gone]
        bent["published"] = {**problem["published"], "hours": hours}
    return bent
