"""One request by itself in an empty plan: whether a level of it can be staffed at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from solver.problem import Lock, Problem

if TYPE_CHECKING:
    from solver.plan import Result
    from solver.problem import Level, Line, Request
    from solver.settings import Settings

MORE_WEEKS = 4
"""How many weeks later the lines and deadlines of a request may end when a longer window is tried."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What can be said of one level of one request without looking at any other.

    Attributes:
        able: Whether the level can be staffed in an empty plan; None when the search ended undecided.
        weeks: How many more weeks would make it able; None when it is able or 4 more are not enough.
        unskilled: A line nobody is eligible for, when every option has one.
        line: The line that fails, when one can be named.
        proven: Whether every answer rests on a proven solve.
    """

    able: bool | None
    weeks: int | None = None
    unskilled: str | None = None
    line: str | None = None
    proven: bool = True


def alone(problem: Problem, request: Request, level: int, settings: Settings) -> Alone:
    """Whether `request` could have `level` if nobody else asked for anything.

    Locks, walls, department caps, floors and the published plan are left out: they have reasons of their own.
    """
    unskilled = _unskilled(problem, request, level)
    if unskilled is not None:
        return Alone(able=False, unskilled=unskilled, line=unskilled)
    able = _staffed(problem, request, level, 0, settings)
    if able is False:
        able = _second_opinion(problem, request, level, settings)
    if able is not False:
        return Alone(able=able, proven=able is not None)
    proven = True
    for weeks in range(1, MORE_WEEKS + 1):
        if not _longer(problem, request, level, weeks):
            break
        longer = _staffed(problem, request, level, weeks, settings)
        proven = proven and longer is not None
        if longer:
            line = _failing_line(problem, request, level, settings)
            return Alone(able=False, weeks=weeks, line=line, proven=proven)
    return Alone(able=False, line=_failing_line(problem, request, level, settings), proven=proven)


def _unskilled(problem: Problem, request: Request, level: int) -> str | None:
    """The first line nobody is eligible for, when no option is free of such lines."""
    failing = [
        [n for n in option if problem.line[n].hours[level] > 0 and not problem.eligible[n]]
        for option in request.options
    ]
    return failing[0][0] if all(failing) else None


def _longer(problem: Problem, request: Request, level: int, weeks: int) -> bool:
    """Whether this many more weeks change anything, compared with one week less."""
    last = len(problem.weeks) - 1
    ends = [problem.line[name].last_week for option in request.options for name in option]
    ends += [week for week, _ in request.levels[level].value_by_end[-1:]]
    return any(end + weeks <= last for end in ends)


def _staffed(problem: Problem, request: Request, level: int, weeks: int, settings: Settings) -> bool | None:
    """Whether the level can be staffed with its windows this much longer; None when undecided."""
    from solver.solve import solve

    result: Result = solve(_small(problem, request, level, weeks), settings)
    if result.plan is not None and result.plan.granted:
        return True
    return False if result.status == "optimal" else None


def _second_opinion(problem: Problem, request: Request, level: int, settings: Settings) -> bool | None:
    """The same, asked in another way: what is impossible is impossible for both."""
    from solver.cards.confirm import no_plan

    small = _small(problem, request, level, 0)
    must = Lock("min_level", request=request.id, level=0)
    impossible = no_plan(replace(small, locks=(must,)), settings, settings.wall_limit_s)
    return None if impossible is None else not impossible


def _small(problem: Problem, request: Request, level: int, weeks: int) -> Problem:
    """A problem of this request alone at this level alone, worth 1 in any week it may end."""
    last = len(problem.weeks) - 1
    names = {name for option in request.options for name in option}
    lines = [_bare(problem.line[name], level, names) for name in sorted(names)]
    lines = [replace(line, last_week=min(last, line.last_week + weeks)) for line in lines]
    people = {person for name in names for person in problem.eligible[name]}
    people |= {person for line in lines for person in _named(line)}
    only = replace(
        request, levels=(_worth_one(request.levels[level], weeks, last),), option_bonus=(), obligation=None
    )
    return Problem(
        name=problem.name,
        weeks=problem.weeks,
        specialists=tuple(s for s in problem.specialists if s.id in people),
        requests=(only,),
        lines=tuple(lines),
    )


def _named(line: Line) -> set[str]:
    """People the line names, who must be in the problem whether they may work on it or not."""
    candidates = {candidate.specialist for candidate in line.candidates or ()}
    return candidates.union(line.excluded, [line.required] if line.required is not None else [])


def _worth_one(level: Level, weeks: int, last: int) -> Level:
    steps = tuple((week, 1) for week, _ in level.value_by_end[-1:])
    steps = tuple((min(last, week + weeks), value) for week, value in steps)
    return replace(level, value=1, second=0, value_by_end=steps)


def _bare(line: Line, level: int, names: set[str]) -> Line:
    """The line at one level, beside the lines in `names` only, without what just changes its worth."""
    candidates = line.candidates
    if candidates is not None:
        candidates = tuple(replace(c, hours=(c.hours[level],), bonus=0) for c in candidates)
    after = tuple(name for name in line.after if name in names)
    return replace(line, hours=(line.hours[level],), preferred=None, after=after, candidates=candidates)


def _failing_line(problem: Problem, request: Request, level: int, settings: Settings) -> str | None:
    """The line of the first option that fails: by itself, or because without it the others would fit."""
    names = sorted(request.options[0])
    for name in names:
        if _staffed(problem, _only(request, (name,)), level, 0, settings) is False:
            return name
    for name in names:
        rest = tuple(other for other in names if other != name)
        if rest and _staffed(problem, _only(request, rest), level, 0, settings):
            return name
    return names[0] if len(names) == 1 else None


def _only(request: Request, names: tuple[str, ...]) -> Request:
    return replace(request, options=(names,), option_bonus=())
