"""Nobody works more hours in a week than they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import rows, totals

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "capacity"
LABEL = "Hours of a specialist in a week fit into the capacity"


def state(model: Model) -> None:
    """Hours of a week stay within capacity plus expedite, those of ordinary lines within capacity."""
    for (specialist_id, week), work in model.by_week.items():
        specialist = model.problem.specialist[specialist_id]
        ordinary = [hours for line, hours in work if not model.problem.line[line].expedite]
        model.must(sum(ordinary) <= specialist.capacity[week])
        if len(ordinary) < len(work):
            most = specialist.capacity[week] + specialist.extra(week)  # noqa: S610 - hours, not a query
            model.must(sum(hours for _, hours in work) <= most)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every week of a specialist that is fuller than it may be, in quarter-hours."""
    work = rows(problem, plan)
    everything = totals(((row.specialist, row.week), row.hours) for row in work)
    ordinary = totals(
        ((row.specialist, row.week), row.hours) for row in work if not problem.line[row.line].expedite
    )
    found = []
    for (specialist_id, week), hours in everything.items():
        specialist = problem.specialist[specialist_id]
        where = {"specialist": specialist_id, "week": week}
        most = specialist.capacity[week] + specialist.extra(week)  # noqa: S610 - hours, not a query
        plain = ordinary.get((specialist_id, week), 0)
        if plain > specialist.capacity[week]:
            message = f"{plain} quarter-hours without expedite are planned, {specialist.capacity[week]} exist"
            found.append(Violation(ID, where, message))
        elif hours > most:
            found.append(Violation(ID, where, f"{hours} quarter-hours are planned, {most} exist"))
    return found
