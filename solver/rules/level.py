"""A request is granted at one level by one option, with exactly the hours of that level.

This rule also finds what cannot be read in a plan: unknown ids, amounts that are not positive whole
numbers, rows that stand twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from solver.plan import Violation
from solver.rules.reading import grants, readable_grant, readable_row, rows

if TYPE_CHECKING:
    from solver.exact.model import Model
    from solver.plan import Grant, Plan
    from solver.problem import Line, Problem, Request

ID = "level"
LABEL = "Exactly the hours of one granted level"


def state(model: Model) -> None:
    """One grant a request; its lines get their hours, the other lines none; late levels end in time."""
    for request in model.problem.requests:
        grants_of = model.grants_of(request.id)
        model.cp.add_at_most_one(literal for _, _, literal in grants_of)
        for level, _, literal in grants_of:
            late = request.levels[level].value_by_end
            if late:
                model.cp.add_implication(literal, model.done(request.id, late[-1][0]))
    for line in model.problem.lines:
        _state_line(model, line)


def _state_line(model: Model, line: Line) -> None:
    """Hours of `line` add up to what the granted level asks of the people who do it."""
    team = model.team[line.id]
    for level, hours in enumerate(line.hours):
        if hours > 0 and line.max_specialists == 1:
            at = [model.at[line.id, s, level] for s in team if (line.id, s, level) in model.at]
            model.must(sum(at) == model.granted(line.id, level))
    if line.max_specialists > 1:
        everyone = [hours for s in team for hours in model.weeks_of(line.id, s).values()]
        wanted = sum(hours * model.granted(line.id, level) for level, hours in enumerate(line.hours) if hours)
        model.must(sum(everyone) == wanted)
    for specialist in team:
        work = model.weeks_of(line.id, specialist)
        levels = model.levels_of(line.id, specialist)
        model.must(model.on[line.id, specialist] == sum(levels.values()))
        most = sum(model.most(line.id, specialist, level) * at for level, at in levels.items())
        if line.max_specialists == 1:
            model.must(sum(work.values()) == most)
        else:
            least = sum(model.least(line.id, specialist, level) * at for level, at in levels.items())
            model.must(sum(work.values()) <= most)
            model.must(sum(work.values()) >= least)


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Unreadable rows, double grants, levels granted too late, and lines with other hours than granted."""
    return [
        *_unreadable(problem, plan),
        *_doubles(plan),
        *_wrong_hours(problem, plan),
        *_too_late(problem, plan),
    ]


def _unreadable(problem: Problem, plan: Plan) -> list[Violation]:
    found = []
    for grant in plan.granted:
        if not readable_grant(problem, grant):
            where = {"request": grant.request, "level": grant.level, "option": grant.option}
            found.append(Violation(ID, where, "no such request, level or option exists"))
    for row in plan.hours:
        if not readable_row(problem, row):
            where = {"line": row.line, "specialist": row.specialist, "week": row.week, "hours": row.hours}
            message = "no such line, specialist or week exists, or the hours are no positive whole number"
            found.append(Violation(ID, where, message))
    return found


def _doubles(plan: Plan) -> list[Violation]:
    granted = Counter(grant.request for grant in plan.granted)
    rows_of = Counter((row.line, row.specialist, row.week) for row in plan.hours)
    found = [
        Violation(ID, {"request": request}, f"the request is granted {times} times")
        for request, times in granted.items()
        if times > 1
    ]
    for (line, specialist, week), times in rows_of.items():
        if times > 1:
            where = {"line": line, "specialist": specialist, "week": week}
            found.append(Violation(ID, where, f"the row stands {times} times"))
    return found


def _wrong_hours(problem: Problem, plan: Plan) -> list[Violation]:
    granted = grants(problem, plan)
    planned: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows(problem, plan):
        planned[row.line][row.specialist] += row.hours
    found = []
    for line in problem.lines:
        request = problem.request_of.get(line.id)
        if request is None:
            continue
        people = planned.get(line.id, {})
        wanted = _wanted(line, request, granted.get(request.id), people)
        actual = sum(people.values())
        if actual != wanted:
            message = f"{actual} quarter-hours are planned, the grant asks for {wanted}"
            found.append(Violation(ID, {"request": request.id, "line": line.id}, message))
    return found


def _wanted(line: Line, request: Request, grant: Grant | None, people: dict[str, int]) -> int:
    """Quarter-hours the line must have; the own hours of a candidate count when one does it alone."""
    if grant is None or line.id not in request.options[grant.option]:
        return 0
    hours = line.hours[grant.level]
    if hours > 0 and line.max_specialists == 1 and len(people) == 1:
        return line.hours_of(next(iter(people)), grant.level)
    return hours


def _too_late(problem: Problem, plan: Plan) -> list[Violation]:
    ends: dict[str, int] = {}
    for row in rows(problem, plan):
        request = problem.request_of[row.line]
        ends[request.id] = max(ends.get(request.id, -1), row.week)
    found = []
    for request_id, grant in grants(problem, plan).items():
        end = ends.get(request_id, -1)
        level = problem.request[request_id].levels[grant.level]
        if level.value_at(end) is None:
            last = level.value_by_end[-1][0]
            message = f"work ends in week {end}, this level is granted only when it ends by week {last}"
            found.append(Violation(ID, {"request": request_id, "level": grant.level}, message))
    return found
