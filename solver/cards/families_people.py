"""Who else could do it, and who would have to yield."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from solver.cards.contention import contention
from solver.cards.families import Trials
from solver.cards.forcing import granted_level
from solver.problem import REFUSED, Candidate, Lock
from solver.terms import worth
from solver.tradeoffs.compare import displaced

if TYPE_CHECKING:
    from solver.cards.asking import Asking
    from solver.cards.families import Answer, Asked, Family
    from solver.plan import Plan
    from solver.problem import Line, Problem, Specialist

MOST_PEOPLE = 8
"""Most people that are tried, the nearest first."""

MOST_LACKING = 2
"""Most levels a substitute may lack, all skills of a line together."""

MOST_YIELDING = 8
"""Most requests of which each alone is tried as the one that yields."""


def with_person(problem: Problem, _request: str, _level: int, change: Any) -> Problem:
    """`problem` with one more person for a line, or one freed of everything else in its window."""
    line, person = problem.line[change["line"]], problem.specialist[change["specialist"]]
    if change["kind"] == "released":
        people = tuple(_freed(s, line) if s.id == person.id else s for s in problem.specialists)
        return replace(problem, specialists=people)
    admitted = _admitting(problem, line, person)
    return replace(problem, lines=tuple(admitted if x.id == line.id else x for x in problem.lines))


def _freed(person: Specialist, line: Line) -> Specialist:
    full = max(person.capacity)
    window = range(line.first_week, line.last_week + 1)
    return replace(person, capacity=tuple(full if w in window else h for w, h in enumerate(person.capacity)))


def _admitting(problem: Problem, line: Line, person: Specialist) -> Line:
    """The line open to the person too, and to nobody else who was not eligible before."""
    excluded = tuple(name for name in line.excluded if name != person.id)
    if line.candidates is not None:
        terms = Candidate(person.id, line.hours)
        known = line.candidate(person.id) is not None
        candidates = line.candidates if known else (*line.candidates, terms)
        return replace(line, candidates=candidates, excluded=excluded, required=None)
    needs = {skill: min(level, person.skills.get(skill, 0)) for skill, level in line.needs.items()}
    needs = {skill: level for skill, level in needs.items() if level}
    opened = replace(line, needs=needs, excluded=excluded, required=None)
    before = {*problem.eligible[line.id], person.id}
    able = replace(problem, lines=(opened,), requests=()).eligible[line.id]
    return replace(opened, excluded=tuple(sorted({*excluded, *(s for s in able if s not in before)})))


def people_family(asked: Asked, asking: Asking) -> Family | None:
    """The first person who would be enough, freed of other work or nearly able, and others beside."""
    changes = _persons(asked)[:MOST_PEOPLE]
    trials = Trials(asked, asking, max(1, len(changes)))

    def apply(change: Any) -> Problem:
        return with_person(asked.problem, asked.name, asked.level, change)

    found = trials.first(changes, apply)
    if found is None:
        return None
    others = [change for change in changes if change != found[0]]
    also = [change for change in others if trials.grants(partial(apply, change), change).granted]
    return trials.family(*found, also=also)


def _persons(asked: Asked) -> list[dict[str, Any]]:
    """People who might help, those who lack least first, then those with most free hours."""
    problem = asked.problem
    loads = Counter({(row.specialist, row.week): 0 for row in asked.plan.hours})
    for row in asked.plan.hours:
        loads[row.specialist, row.week] += row.hours
    found = []
    for name in sorted({name for option in asked.request.options for name in option}):
        line = problem.line[name]
        if line.hours[asked.level] == 0:
            continue
        weeks = range(line.first_week, line.last_week + 1)
        for person in problem.specialists:
            free = sum(max(0, person.capacity[w] - loads[person.id, w]) for w in weeks)
            lacks = {k: v - person.skills.get(k, 0) for k, v in line.needs.items()}
            lacks = {skill: levels for skill, levels in lacks.items() if levels > 0}
            change = {"line": name, "specialist": person.id, "lacks": lacks}
            if person.id in problem.eligible[name]:
                gain = sum(max(person.capacity) - person.capacity[w] for w in weeks)
                if gain:
                    found.append((1, -gain, change | {"kind": "released"}))
            elif free and sum(lacks.values()) <= MOST_LACKING and _related(line, person):
                found.append((2 * sum(lacks.values()), -free, change | {"kind": "substitute"}))
    found.sort(key=lambda row: (row[0], row[1], row[2]["line"], row[2]["specialist"]))
    return [change for _, _, change in found]


def _related(line: Line, person: Specialist) -> bool:
    """Whether the person has every skill of the line at some level, or is named by it."""
    named = person.id in line.excluded or line.candidate(person.id) is not None
    return named or (bool(line.needs) and all(person.skills.get(skill, 0) for skill in line.needs))


def yielding(problem: Problem, _request: str, _level: int, change: Any) -> Problem:
    """`problem` with the named requests held at the levels of the change."""
    locks = [Lock("max_level", request=row["request"], level=row["level"]) for row in change["requests"]]
    return replace(problem, locks=(*problem.locks, *locks))


def yield_family(asked: Asked, forced: Plan, asking: Asking) -> Family | None:
    """One request that would have to yield; where none alone is enough, those who do in the forced plan."""
    losers = displaced(asked.plan, forced, asked.name) if forced.granted else ()
    singles = _singles(asked, losers)[:MOST_YIELDING]
    trials = Trials(asked, asking, len(singles) + len(losers) + 1)

    def apply(change: Any) -> Problem:
        return yielding(asked.problem, asked.name, asked.level, change)

    def test(change: Any) -> Answer:
        return trials.grants(partial(apply, change), change)

    found = trials.first([_change([name], forced, asked) for name in singles], apply)
    if found is not None:
        return trials.family(*found)
    names = list(losers)
    if len(names) < 2 or not test(_change(names, forced, asked)).granted:
        return None
    below = None
    for name in losers:
        fewer = _change([other for other in names if other != name], forced, asked)
        if test(fewer).granted:
            names.remove(name)
            below = None
        else:
            below = below or (fewer if test(fewer).proven else None)
    change = _change(names, forced, asked)
    trials.confirms(partial(apply, change), change)
    return trials.family(change, test(change), below)


def _singles(asked: Asked, losers: tuple[str, ...]) -> list[str]:
    """Who is tried alone: the losers of the forced plan, then holders of what is full, least worth first."""
    money = worth.value(asked.problem, asked.plan)
    _, holders = contention(asked.problem, asked.plan, asked.name, asked.level, anyway=True)
    rest = sorted({*holders} - {*losers}, key=lambda name: (money.get(name, 0), name))
    return [*sorted(losers, key=lambda name: (money.get(name, 0), name)), *rest]


def _change(names: list[str], forced: Plan, asked: Asked) -> dict[str, Any]:
    """These held at what the forced plan leaves them; those it leaves alone have nothing."""
    levels = {name: granted_level(forced, name) for name in names}
    now = {name: granted_level(asked.plan, name) for name in names}
    return {
        "requests": [
            {"request": name, "level": levels[name] if levels[name] < now[name] else REFUSED}
            for name in sorted(names)
        ]
    }
