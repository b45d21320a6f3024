"""A line that sets a weekly pace keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows, totals

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "weekly"
LABEL = "Weekly least and most hours of a line"


def state(model: Model) -> None:
    """Hours of all people in a week stay between the weekly least and most of a staffed line."""
    for line in model.problem.lines:
        if not line.weekly_min and line.weekly_max is None:
            continue
        staffed = model.staffed(line.id)
        for week in range(line.first_week, line.last_week + 1):
            hours = sum(work for work in model.line_week(line.id, week).values())
            if line.weekly_min:
                model.must(hours >= line.weekly_min * staffed)
            if line.weekly_max is not None:
                model.must(hours <= line.weekly_max * staffed)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every week of a worked line below its weekly least or above its weekly most."""
    amounts = totals(((row.line, row.week), row.hours) for row in rows(problem, plan))
    found = []
    for line_id in sorted({line_id for line_id, _ in amounts}):
        line = problem.line[line_id]
        for week in range(line.first_week, line.last_week + 1):
            hours = amounts.get((line_id, week), 0)
            if line.weekly_min is not None and hours < line.weekly_min:
                message = (
                    f"{hours} quarter-hours are planned, at least {line.weekly_min} are wanted every week"
                )
                found.append(Violation(ID, {"line": line_id, "week": week}, message))
    for (line_id, week), hours in amounts.items():
        most = problem.line[line_id].weekly_max
        if most is not None and hours > most:
            message = f"{hours} quarter-hours are planned, at most {most} are wanted in a week"
            found.append(Violation(ID, {"line": line_id, "week": week}, message))
    return found
