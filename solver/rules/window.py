"""Work stays between the first and the last week of its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "window"
LABEL = "Work stays within the weeks of its line"


def state(model: Model) -> None:
    """Open the weeks of the window to every pair; a week that is never opened cannot be worked."""
    last = len(model.problem.weeks) - 1
    for line_id, specialist in model.pairs:
        line = model.problem.line[line_id]
        for week in range(max(0, line.first_week), min(last, line.last_week) + 1):
            model.open_week(line_id, specialist, week)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every row of hours outside the weeks of its line."""
    found = []
    for row in rows(problem, plan):
        line = problem.line[row.line]
        if not line.first_week <= row.week <= line.last_week:
            where = {"line": row.line, "specialist": row.specialist, "week": row.week}
            message = f"week {row.week} is outside weeks {line.first_week} to {line.last_week}"
            found.append(Violation(ID, where, message))
    return found
