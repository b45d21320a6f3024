"""A line waits for the lines that come before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "after"
LABEL = "No work before the last week of the lines that come first"


def state(model: Model) -> None:
    """While a line that comes first is still worked, the later line has not started in an earlier week."""
    for line in model.problem.lines:
        for first in line.after:
            for week in model.weeks_worked(first):
                if any(earlier < week for earlier in model.weeks_worked(line.id)):
                    model.cp.add_implication(model.worked(first, week), ~model.started(line.id, week - 1))


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every line that starts in a week before a line that comes first has ended."""
    weeks: dict[str, list[int]] = {}
    for row in rows(problem, plan):
        weeks.setdefault(row.line, []).append(row.week)
    found = []
    for line_id, own in weeks.items():
        for first in problem.line[line_id].after:
            if first in weeks and min(own) < max(weeks[first]):
                message = f"work starts in week {min(own)}, {first} ends only in week {max(weeks[first])}"
                found.append(Violation(ID, {"line": line_id, "after": first}, message))
    return found
