"""A line has at least one person when it has hours, and no more people than it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import grants, rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Plan
    from solver.problem import Problem

ID = "team_size"
LABEL = "No more people on a line than it allows, at least one where it has hours"


def state(model: Model) -> None:
    """Between one person and `max_specialists` people at the granted level."""
    for line in model.problem.lines:
        for level, hours in enumerate(line.hours):
            if hours > 0:
                granted = model.granted(line.id, level)
                levels = [model.levels_of(line.id, specialist) for specialist in model.team[line.id]]
                people = [at[level] for at in levels if level in at]
                model.must(sum(people) >= granted)
                model.must(sum(people) <= line.max_specialists * granted)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every line with too many people, and every granted line with hours that nobody works on."""
    people: dict[str, set[str]] = {}
    for row in rows(problem, plan):
        people.setdefault(row.line, set()).add(row.specialist)
    found = []
    for line_id, team in people.items():
        most = problem.line[line_id].max_specialists
        if len(team) > most:
            message = f"{len(team)} people work on the line, {most} may"
            found.append(Violation(ID, {"line": line_id}, message))
    for grant in grants(problem, plan).values():
        for line_id in problem.request[grant.request].options[grant.option]:
            hours = problem.line[line_id].hours[grant.level]
            if hours > 0 and line_id not in people:
                message = f"nobody works on the line, its level asks for {hours} quarter-hours"
                found.append(Violation(ID, {"request": grant.request, "line": line_id}, message))
    return found
