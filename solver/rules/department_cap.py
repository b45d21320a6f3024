"""A department gives no more hours than it has agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "department_cap"
LABEL = "Hours of a department stay within its cap"


def state(model: Model) -> None:
    """Hours of the department's people in the week, or over the plan, stay within the cap."""
    department = {s.id: s.department for s in model.problem.specialists}
    for cap in model.problem.department_caps:
        hours = [
            work
            for (specialist, week), rows_of in model.by_week.items()
            if department[specialist] == cap.department and cap.week in (None, week)
            for _, work in rows_of
        ]
        model.must(sum(hours) <= cap.hours)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every cap that is exceeded, in quarter-hours."""
    work = rows(problem, plan)
    found = []
    for cap in problem.department_caps:
        hours = sum(
            row.hours
            for row in work
            if problem.specialist[row.specialist].department == cap.department
            and (cap.week is None or cap.week == row.week)
        )
        if hours > cap.hours:
            where = {"department": cap.department, "week": cap.week}
            found.append(Violation(ID, where, f"{hours} quarter-hours are planned, the cap is {cap.hours}"))
    return found
