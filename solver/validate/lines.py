"""Checks of lines and their candidates."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from solver.validate.errors import show
from solver.validate.limits import EFFORT_LIMIT, MONEY_LIMIT
from solver.validate.people import check_skills
from solver.validate.texts import check_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem import Candidate, Line, Problem, Request
    from solver.validate.errors import Faults
    from solver.validate.known import Known


def check_lines(problem: Problem, known: Known, faults: Faults) -> None:
    """Note what is wrong with the lines of `problem`."""
    for index, line in enumerate(problem.lines):
        if check_id(line.id, f"lines/{index}", "A line", faults):
            _check_line(line, known, faults)
    _check_after(problem, known, faults)


def _check_line(line: Line, known: Known, faults: Faults) -> None:
    where = f"lines/{line.id}"
    _check_owner(line, known, faults)
    check_skills(line.needs, f"{where}/needs", f"Line {line.id}", faults)
    _check_window(line, known, faults)
    _check_weekly(line, faults)
    _check_people(line, known, faults)
    _check_hours(line.hours, known.owner.get(line.id), f"{where}/hours", f"hours of line {line.id}", faults)
    for candidate in line.candidates or ():
        _check_candidate(candidate, line, known, faults)


def _check_owner(line: Line, known: Known, faults: Faults) -> None:
    if line.id not in known.owner and not known.some_request_broken:
        faults.add(
            "E_LINE_UNUSED",
            f"lines/{line.id}",
            f"Line {line.id} is in no option of any request.",
            "Add it to the options of its request, or remove it.",
        )


def _check_hours(
    hours: Sequence[int], request: Request | None, where: str, what: str, faults: Faults
) -> None:
    fits = request is None or faults.length(
        hours, len(request.levels), where, what, f"levels of request {request.id}"
    )
    fine = True
    for level, amount in enumerate(hours):
        fine &= faults.whole(amount, f"{where}/{level}", f"{what}, level {level},", 0, EFFORT_LIMIT)
    if fits and fine and any(b < a for a, b in pairwise(hours)):
        faults.add(
            "E_HOURS_FALLING",
            where,
            f"{what} are {show(list(hours))}.",
            "A higher level must not take fewer hours.",
        )


def _check_window(line: Line, known: Known, faults: Faults) -> None:
    where, last = f"lines/{line.id}", known.weeks - 1
    what = f"line {line.id}; the problem has {known.weeks} weeks, so it"
    first = faults.whole(line.first_week, f"{where}/first_week", f"first_week of {what}", 0, last)
    final = faults.whole(line.last_week, f"{where}/last_week", f"last_week of {what}", 0, last)
    if first and final and line.last_week < line.first_week:
        faults.add(
            "E_WINDOW",
            f"{where}/last_week",
            f"Line {line.id} ends in week {line.last_week} but begins in week {line.first_week}.",
            "Let the last week be the first or later.",
        )


def _check_weekly(line: Line, faults: Faults) -> None:
    where, what = f"lines/{line.id}", f"line {line.id}"
    faults.whole(
        line.max_specialists, f"{where}/max_specialists", f"max_specialists of {what}", 1, EFFORT_LIMIT
    )
    fine = True
    for key, value in (("weekly_min", line.weekly_min), ("weekly_max", line.weekly_max)):
        if value is not None:
            fine &= faults.whole(value, f"{where}/{key}", f"{key} of {what}", 0, EFFORT_LIMIT)
    if (
        fine
        and line.weekly_min is not None
        and line.weekly_max is not None
        and line.weekly_min > line.weekly_max
    ):
        faults.add(
            "E_WEEKLY",
            f"{where}/weekly_min",
            f"Line {line.id} needs at least {line.weekly_min} and at most {line.weekly_max} a week.",
            "Let weekly_min be at most weekly_max.",
        )


def _check_people(line: Line, known: Known, faults: Faults) -> None:
    where, what = f"lines/{line.id}", f"Line {line.id}"
    named = [("excluded", s) for s in dict.fromkeys(line.excluded)]
    named += [("required", line.required)] if line.required is not None else []
    named += [("preferred", line.preferred[0])] if line.preferred else []
    for key, person in named:
        faults.known(person, known.specialists, f"{where}/{key}", f"{what}, {key},", "specialist")
    if line.preferred:
        place = f"{where}/preferred/bonus"
        faults.whole(line.preferred[1], place, f"{what}: the preference bonus", -MONEY_LIMIT, MONEY_LIMIT)
    if line.candidates is not None:
        counts = Counter(candidate.specialist for candidate in line.candidates)
        for person in [person for person, count in counts.items() if count > 1]:
            faults.add(
                "E_DUPLICATE",
                f"{where}/candidates",
                f"{what} has candidate {person} twice.",
                "List each person once.",
            )
        if type(line.max_specialists) is int and line.max_specialists > 1:
            faults.add(
                "E_CANDIDATES_TEAM",
                f"{where}/candidates",
                f"{what} has candidates, but {line.max_specialists} people may share it.",
                "Own hours cannot be shared: set max_specialists to 1, or use needs instead.",
            )


def _check_candidate(candidate: Candidate, line: Line, known: Known, faults: Faults) -> None:
    where = f"lines/{line.id}/candidates/{candidate.specialist}"
    what = f"candidate {candidate.specialist} of line {line.id}"
    faults.known(
        candidate.specialist, known.specialists, where, f"A candidate of line {line.id}", "specialist"
    )
    faults.whole(candidate.bonus, f"{where}/bonus", f"The bonus of {what}", -MONEY_LIMIT, MONEY_LIMIT)
    _check_hours(candidate.hours, known.owner.get(line.id), f"{where}/hours", f"hours of {what}", faults)
    both = zip(candidate.hours, line.hours, strict=False)
    for level in [i for i, (own, due) in enumerate(both) if (own == 0) != (due == 0)]:
        faults.add(
            "E_HOURS_ZERO",
            f"{where}/hours/{level}",
            f"Level {level} takes {candidate.hours[level]} for {what}, {line.hours[level]} for the line.",
            "Let both be zero (the line is not used at this level) or neither.",
        )


def _check_after(problem: Problem, known: Known, faults: Faults) -> None:
    for line in problem.lines:
        request = known.owner.get(line.id)
        own = {name for option in request.options for name in option} if request else set()
        for name in dict.fromkeys(line.after):
            where, what = f"lines/{line.id}/after", f"Line {line.id}, after,"
            if faults.known(name, known.lines, where, what, "line") and request and name not in own:
                faults.add(
                    "E_REFERENCE",
                    where,
                    f"Line {line.id} of request {request.id} waits for line {name} of another request.",
                    "Only lines of the same request can wait for each other.",
                )
    graph = {line.id: [name for name in line.after if name in known.lines] for line in problem.lines}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        faults.add(
            "E_CYCLE",
            f"lines/{circle[0]}/after",
            f"These lines wait for each other: {' -> '.join(circle)}.",
            "Remove one of these 'after' entries.",
        )
