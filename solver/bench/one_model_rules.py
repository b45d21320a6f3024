"""The rules of `one_model` that tie requests together: people's weeks, order, walls, caps, decisions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from solver.bench.one_model import OneModel

if TYPE_CHECKING:
    from solver.problem import Line, Lock, Problem

PEERS_KNOW_NOT = "promises (obligation) and floors: they are stages of their own, a single model has none"


class CannotStateError(Exception):
    """The problem has something that a single model with one objective cannot say."""


def one_model(problem: Problem) -> OneModel:
    """`problem` as one integer program whose objective is the value of the plan.

    Raises:
        CannotStateError: The problem has obligations or floors.
    """
    if problem.floors or any(request.obligation is not None for request in problem.requests):
        raise CannotStateError(PEERS_KNOW_NOT)
    model = OneModel(problem)
    _capacity(model)
    _parallel(model)
    for line in problem.lines:
        for earlier in line.after:
            _after(model, line, problem.line[earlier])
    _walls(model)
    _caps(model)
    for lock in problem.locks:
        _lock(model, lock)
    _churn(model)
    return model


def _capacity(model: OneModel) -> None:
    everything: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    normal: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for (name, person, week), variable in model.hours.items():
        everything[person, week].append((variable, 1))
        if not model.problem.line[name].expedite:
            normal[person, week].append((variable, 1))
    for (name, week), terms in everything.items():
        specialist = model.problem.specialist[name]
        more = specialist.expedite[week] if specialist.expedite else 0
        model.program.at_most(terms, specialist.capacity[week] + more)
        if more and normal[name, week]:
            model.program.at_most(normal[name, week], specialist.capacity[week])


def _parallel(model: OneModel) -> None:
    limited = {s.id: s.max_parallel for s in model.problem.specialists if s.max_parallel is not None}
    served: dict[tuple[str, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (name, person, week), works in model.works.items():
        if person in limited:
            served[person, week][model.problem.request_of[name].id].append(works)
    for (person, _), requests in served.items():
        if len(requests) > limited[person]:
            busy = [_any(model, works) for works in requests.values()]
            model.program.at_most([(v, 1) for v in busy], limited[person])


def _any(model: OneModel, literals: list[int]) -> int:
    """A variable that is 1 when one of the `literals` is."""
    if len(literals) == 1:
        return literals[0]
    made = model.program.variable()
    for literal in literals:
        model.program.at_most([(literal, 1), (made, -1)], 0)
    return made


def _after(model: OneModel, line: Line, earlier: Line) -> None:
    """Once `line` has started, `earlier` is worked on in no later week."""
    before = None
    for week in range(line.first_week, max(line.last_week, earlier.last_week) + 1):
        if before is not None:
            for person in model.team[earlier.id]:
                works = model.works.get((earlier.id, person, week))
                if works is not None:
                    model.program.at_most([(works, 1), (before, 1)], 1)
        started = model.program.variable()
        if before is not None:
            model.program.at_most([(before, 1), (started, -1)], 0)
        for person in model.team[line.id]:
            works = model.works.get((line.id, person, week))
            if works is not None:
                model.program.at_most([(works, 1), (started, -1)], 0)
        before = started


def _walls(model: OneModel) -> None:
    walled = {account for group in model.problem.walls for account in group}
    on: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (name, person), variable in model.on.items():
        account = model.problem.request_of[name].account
        if account in walled:
            on[person, account].append(variable)
    serves = {key: _any(model, literals) for key, literals in on.items()}
    for group in model.problem.walls:
        for s in model.problem.specialists:
            mine = [(serves[s.id, a], 1) for a in sorted(set(group)) if (s.id, a) in serves]
            if len(mine) > 1:
                model.program.at_most(mine, 1)


def _caps(model: OneModel) -> None:
    for cap in model.problem.department_caps:
        terms = [
            (variable, 1)
            for (_, person, week), variable in model.hours.items()
            if model.problem.specialist[person].department == cap.department and cap.week in (None, week)
        ]
        model.program.at_most(terms, cap.hours)


def _lock(model: OneModel, lock: Lock) -> None:
    program = model.program
    if lock.request is not None:
        bound = -1 if lock.level is None else lock.level
        own = [(v, g.level) for v, g in model.grants.items() if g.request == lock.request]
        if lock.kind == "max_level":
            for variable, level in own:
                program.high[variable] = 0 if level > bound else program.high[variable]
        elif bound >= 0:
            program.at_most([(v, -1) for v, level in own if level >= bound], -1)
        return
    line, person = str(lock.line), str(lock.specialist)
    if lock.kind == "pin":
        on = model.on.get((line, person))
        here = [] if on is None else [(on, -1)]
        program.at_most([*model.staffed(model.problem.line[line]), *here], 0)
    elif lock.week is not None:
        cell = model.hours.get((line, person, lock.week))
        amount = lock.hours or 0
        if cell is not None:
            program.equal([(cell, 1)], amount)
        elif amount > 0:
            program.impossible()


def _churn(model: OneModel) -> None:
    """Half the price for each published hour a person loses, and half again for each the line loses."""
    published = model.problem.published
    if published is None or published.price == 0:
        return
    half = published.price // 2
    people: dict[tuple[str, int], list[tuple[int | None, int]]] = defaultdict(list)
    for row in published.hours:
        if row.week < published.free_from_week:
            variable = model.hours.get((row.line, row.specialist, row.week))
            people[row.line, row.week].append((variable, row.hours))
            _taken(model, [] if variable is None else [variable], row.hours, half)
    for (name, week), rows in people.items():
        now = [v for (n, _, w), v in model.hours.items() if (n, w) == (name, week)]
        _taken(model, now, sum(hours for _, hours in rows), half)


def _taken(model: OneModel, now: list[int], old: int, price: int) -> None:
    """Charge `price` for each quarter-hour by which the variables `now` fall short of `old`."""
    missing = model.program.variable(old, -price)
    model.program.at_most([(missing, -1)] + [(v, -1) for v in now], -old)
