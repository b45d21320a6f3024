"""Faults planted in sound plans: each is certain to be one, and the rule it breaks is known.

Some change the plan; some tighten the problem around it until the plan just does not fit, which breaks one
rule and no other. Each takes a case and dice and gives the faulty case, or None where it cannot be planted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planted_case import FAULTS, Case, Fault, breaks, some_grant, some_row, used_hours

from solver.problem import DepartmentCap, Hours

if TYPE_CHECKING:
    from random import Random


__all__ = ["FAULTS"]


@breaks("capacity")
def _less_capacity(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    person = case.problem.specialist[row.specialist]
    more = person.expedite[row.week] if person.expedite else 0
    short = used_hours(case)[row.specialist, row.week] - 1 - more
    if short < 0:
        return None
    capacity = tuple(short if w == row.week else c for w, c in enumerate(person.capacity))
    return case.person(person.id, capacity=capacity)


@breaks("capacity")
def _expedite_hours_for_a_normal_line(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None or case.problem.line[row.line].expedite:
        return None
    person = case.problem.specialist[row.specialist]
    capacity = tuple(row.hours - 1 if w == row.week else c for w, c in enumerate(person.capacity))
    return case.person(person.id, capacity=capacity, expedite=(10**6,) * len(capacity))


@breaks("level")
def _an_hour_more(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, replace(row, hours=row.hours + 1))


@breaks("level")
def _a_row_forgotten(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row)


@breaks("level")
def _a_row_twice(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, row, row)


@breaks("level")
def _no_hours(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, row, Hours(row.line, row.specialist, row.week, 0))


@breaks("level")
def _hours_below_nothing(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    more = replace(row, hours=row.hours + 5)
    return case.rows(row, more, Hours(row.line, row.specialist, row.week, -5))


@breaks("level")
def _nobody_we_know(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, replace(row, specialist="nobody"))


@breaks("level")
def _no_such_line(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, row, replace(row, line="no-line"))


@breaks("level")
def _a_week_after_the_last(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, replace(row, week=len(case.problem.weeks)))


@breaks("level")
def _a_week_before_the_first(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.rows(row, replace(row, week=-1))


@breaks("level")
def _work_without_a_grant(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    request = case.problem.request_of[row.line].id
    return case.grants(next(g for g in case.plan.granted if g.request == request))


@breaks("level")
def _granted_twice(case: Case, dice: Random) -> Case | None:
    grant = some_grant(case, dice)
    return None if grant is None else case.grants(grant, grant, grant)


@breaks("level")
def _no_such_level(case: Case, dice: Random) -> Case | None:
    grant = some_grant(case, dice)
    return None if grant is None else case.grants(grant, replace(grant, level=99))


@breaks("level")
def _no_such_option(case: Case, dice: Random) -> Case | None:
    grant = some_grant(case, dice)
    return None if grant is None else case.grants(grant, replace(grant, option=99))


@breaks("level")
def _another_level_than_worked(case: Case, dice: Random) -> Case | None:
    for grant in dice.sample(case.plan.granted, len(case.plan.granted)):
        request = case.problem.request[grant.request]
        lines = [case.problem.line[name] for name in request.options[grant.option]]
        for level in range(len(request.levels)):
            # More hours at a line that nobody has own hours for: what is planned cannot be right.
            if any(
                line.candidates is None and line.hours[level] != line.hours[grant.level] for line in lines
            ):
                return case.grants(grant, replace(grant, level=level))
    return None


@breaks("level")
def _another_option_than_worked(case: Case, dice: Random) -> Case | None:
    for grant in dice.sample(case.plan.granted, len(case.plan.granted)):
        request = case.problem.request[grant.request]
        worked = {row.line for row in case.plan.hours} & set(request.options[grant.option])
        for option, lines in enumerate(request.options):
            if worked - set(lines):
                return case.grants(grant, replace(grant, option=option))
    return None


@breaks("level")
def _granted_without_work(case: Case, dice: Random) -> Case | None:
    grant = some_grant(case, dice)
    if grant is None:
        return None
    own = set(case.problem.request[grant.request].options[grant.option])
    hours = tuple(row for row in case.plan.hours if row.line not in own)
    return replace(case, plan=replace(case.plan, hours=hours)) if hours != case.plan.hours else None


@breaks("level")
def _ended_too_late(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    request = case.problem.request_of[row.line]
    level = next(g.level for g in case.plan.granted if g.request == request.id)
    own = {name for option in request.options for name in option}
    end = max(r.week for r in case.plan.hours if r.line in own)
    if end == 0:
        return None
    late = replace(request.levels[level], value_by_end=((end - 1, request.levels[level].value),))
    levels = tuple(late if k == level else size for k, size in enumerate(request.levels))
    requests = tuple(replace(r, levels=levels) if r.id == request.id else r for r in case.problem.requests)
    return replace(case, problem=replace(case.problem, requests=requests))


@breaks("skill")
def _somebody_who_cannot(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    able = set(case.problem.eligible[row.line])
    others = [p.id for p in case.problem.specialists if p.id not in able]
    return case.rows(row, replace(row, specialist=dice.choice(others))) if others else None


@breaks("skill")
def _somebody_excluded(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.line(row.line, excluded=(row.specialist,))


@breaks("skill")
def _a_skill_too_few(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None or case.problem.line[row.line].candidates is not None:
        return None
    return case.line(row.line, needs={"a-skill-nobody-has": 1})


@breaks("window")
def _out_of_the_window(case: Case, dice: Random) -> Case | None:
    for row in dice.sample(case.plan.hours, len(case.plan.hours)):
        line = case.problem.line[row.line]
        outside = [w for w in range(len(case.problem.weeks)) if not line.first_week <= w <= line.last_week]
        if outside:
            return case.rows(row, replace(row, week=dice.choice(outside)))
    return None


@breaks("window")
def _a_window_closed(case: Case, dice: Random) -> Case | None:
    for row in dice.sample(case.plan.hours, len(case.plan.hours)):
        line = case.problem.line[row.line]
        if line.last_week > line.first_week:
            later = row.week < line.last_week
            window = {"first_week": row.week + 1} if later else {"last_week": row.week - 1}
            return case.line(line.id, **window)
    return None


def _teams(case: Case) -> dict[str, list[str]]:
    teams: dict[str, set[str]] = defaultdict(set)
    for row in case.plan.hours:
        teams[row.line].add(row.specialist)
    return {name: sorted(people) for name, people in teams.items()}


@breaks("team_size")
def _one_too_many(case: Case, dice: Random) -> Case | None:
    shared = [(name, team) for name, team in _teams(case).items() if len(team) > 1]
    if not shared:
        return None
    name, team = dice.choice(shared)
    return case.line(name, max_specialists=len(team) - 1)


@breaks("chunk")
def _a_crumb(case: Case, dice: Random) -> Case | None:
    for row in dice.sample(case.plan.hours, len(case.plan.hours)):
        level = next(g.level for g in case.plan.granted if g.request == case.problem.request_of[row.line].id)
        if row.hours < case.problem.line[row.line].hours_of(row.specialist, level):
            return case.person(row.specialist, min_chunk=row.hours + 1)
    return None


def _pace(case: Case, row: Hours) -> int:
    return sum(r.hours for r in case.plan.hours if (r.line, r.week) == (row.line, row.week))


@breaks("weekly")
def _more_than_the_pace(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.line(row.line, weekly_min=None, weekly_max=_pace(case, row) - 1)


@breaks("weekly")
def _less_than_the_pace(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    return None if row is None else case.line(row.line, weekly_min=_pace(case, row) + 1, weekly_max=None)


@breaks("max_parallel")
def _too_much_at_once(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    served = {
        case.problem.request_of[r.line].id
        for r in case.plan.hours
        if (r.specialist, r.week) == (row.specialist, row.week)
    }
    return case.person(row.specialist, max_parallel=len(served) - 1)


@breaks("after")
def _begun_too_early(case: Case, dice: Random) -> Case | None:
    weeks: dict[str, list[int]] = defaultdict(list)
    for row in case.plan.hours:
        weeks[row.line].append(row.week)
    pairs = [
        (a, b)
        for a in weeks
        for b in weeks
        if a != b
        and case.problem.request_of[a].id == case.problem.request_of[b].id
        and min(weeks[a]) < max(weeks[b])
        and not case.problem.line[b].after
    ]
    if not pairs:
        return None
    later, first = dice.choice(pairs)
    return case.line(later, after=(*case.problem.line[later].after, first))


@breaks("wall")
def _on_both_sides_of_a_wall(case: Case, dice: Random) -> Case | None:
    served: dict[str, set[str]] = defaultdict(set)
    for row in case.plan.hours:
        served[row.specialist].add(case.problem.request_of[row.line].account)
    both = [sorted(accounts) for accounts in served.values() if len(accounts) > 1]
    if not both:
        return None
    wall = tuple(dice.sample(dice.choice(both), 2))
    return replace(case, problem=replace(case.problem, walls=(*case.problem.walls, wall)))


@breaks("department_cap")
def _over_the_cap(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    department = case.problem.specialist[row.specialist].department
    week = dice.choice((None, row.week))
    spent = sum(
        r.hours
        for r in case.plan.hours
        if case.problem.specialist[r.specialist].department == department and week in (None, r.week)
    )
    others = tuple(c for c in case.problem.department_caps if (c.department, c.week) != (department, week))
    caps = (*others, DepartmentCap(department, week, spent - 1))
    return replace(case, problem=replace(case.problem, department_caps=caps))


@breaks("decided")
def _frozen_otherwise(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    return case.lock(
        kind="frozen", line=row.line, specialist=row.specialist, week=row.week, hours=row.hours + 1
    )


@breaks("decided")
def _a_forbidden_pair(case: Case, dice: Random) -> Case | None:
    row = some_row(case, dice)
    if row is None:
        return None
    week = dice.choice((None, row.week))
    return case.lock(kind="forbid", line=row.line, specialist=row.specialist, week=week)


@breaks("decided")
def _a_pin_passed_over(case: Case, dice: Random) -> Case | None:
    for line, team in _teams(case).items():
        others = [p.id for p in case.problem.specialists if p.id not in team]
        if others:
            return case.lock(kind="pin", line=line, specialist=dice.choice(others))
    return None


@breaks("decided")
def _less_than_decided(case: Case, dice: Random) -> Case | None:
    granted = {g.request: g.level for g in case.plan.granted}
    below = [r for r in case.problem.requests if granted.get(r.id, -1) < len(r.levels) - 1]
    if not below:
        return None
    request = dice.choice(below)
    return case.lock(kind="min_level", request=request.id, level=granted.get(request.id, -1) + 1)


@breaks("decided")
def _more_than_decided(case: Case, dice: Random) -> Case | None:
    grant = some_grant(case, dice)
    if grant is None:
        return None
    return case.lock(kind="max_level", request=grant.request, level=grant.level - 1)


def _claim(key: str, change: Callable[[Any], Any]) -> Fault:
    def fault(case: Case, dice: Random) -> Case:
        del dice
        return replace(case, claims={key: change})

    return fault


def _other_hash(value: str) -> str:
    return value[:-1] + ("0" if value[-1] != "0" else "1")


for _key in ("value", "churn", "handovers", "floor_share", "floor_shortfall"):
    FAULTS[f"claims_more_{_key}"] = ("claim", _claim(_key, lambda value: value + 1))
    FAULTS[f"claims_less_{_key}"] = ("claim", _claim(_key, lambda value: value - 1))
FAULTS["claims_a_broken_promise"] = ("claim", _claim("broken_obligations", lambda value: [*value, "zz"]))
FAULTS["made_for_another_problem"] = ("problem_hash", _claim("problem_hash", _other_hash))
