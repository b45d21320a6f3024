"""Nobody works on a line in a week for less than a useful amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import grants, rows, totals

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "chunk"
LABEL = "Hours of a person on a line in a week are none or a useful amount"


def state(model: Model) -> None:
    """A worked week holds at least the chunk, or the whole need of the level when that is smaller."""
    for line_id, specialist in model.pairs:
        if model.problem.specialist[specialist].min_chunk <= 1:
            continue
        levels = model.levels_of(line_id, specialist)
        least = {level: model.least(line_id, specialist, level) for level in levels}
        most = max(least.values())
        # The person does exactly one of the levels, so this relaxes the greatest chunk to its own.
        relief = sum((most - chunk) * levels[level] for level, chunk in least.items() if chunk < most)
        for week, hours in model.weeks_of(line_id, specialist).items():
            model.must(hours >= most * model.works(line_id, specialist, week) - relief)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every week of a person on a line with less than the chunk and less than the whole need."""
    granted = grants(problem, plan)
    amounts = totals(((row.line, row.specialist, row.week), row.hours) for row in rows(problem, plan))
    found = []
    for (line_id, specialist_id, week), hours in amounts.items():
        grant = granted.get(problem.request_of[line_id].id)
        chunk = problem.specialist[specialist_id].min_chunk
        if grant is not None:
            chunk = min(chunk, problem.line[line_id].hours_of(specialist_id, grant.level))
        if hours < chunk:
            where = {"line": line_id, "specialist": specialist_id, "week": week}
            message = f"{hours} quarter-hours are planned, at least {chunk} are useful"
            found.append(Violation(ID, where, message))
    return found
