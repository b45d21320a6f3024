"""What a request could change about itself: its worth, its window, the hours it asks for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from solver.cards.families import Trials
from solver.cards.forcing import headline, revalued

if TYPE_CHECKING:
    from solver.cards.asking import Asking
    from solver.cards.families import Answer, Asked, Family
    from solver.problem import Level, Line, Problem, Request

MOST_WEEKS = 4
"""Most weeks by which a longer window is tried, on either side."""

LEAST_PART = 10
"""A request is not cut below one part in so many of its hours; what is left would not be the same request."""


def with_value(problem: Problem, request: str, level: int, change: int) -> Problem:
    """`problem` with the level worth so much more."""
    return revalued(problem, request, level, headline(problem.request[request].levels[level]) + change)


def with_window(problem: Problem, request: str, _level: int, change: Any) -> Problem:
    """`problem` with all lines of the request ending later, deadlines moved along, or beginning earlier."""
    weeks, last = change["weeks"], len(problem.weeks) - 1
    own = _names(problem.request[request])

    def longer(line: Line) -> Line:
        if change["side"] == "later":
            return replace(line, last_week=min(last, line.last_week + weeks))
        return replace(line, first_week=max(0, line.first_week - weeks))

    lines = tuple(longer(line) if line.id in own else line for line in problem.lines)
    changed = replace(problem, lines=lines)
    if change["side"] == "later":
        levels = [_later(size, weeks, last) for size in problem.request[request].levels]
        changed = _with_request(changed, replace(problem.request[request], levels=tuple(levels)))
    return changed


def _later(level: Level, weeks: int, last: int) -> Level:
    """The level with its last deadline so many weeks later."""
    if not level.value_by_end:
        return level
    *steps, (week, money) = level.value_by_end
    return replace(level, value_by_end=(*steps, (min(last, week + weeks), money)))


def window_family(asked: Asked, asking: Asking) -> Family | None:
    """The fewest weeks by which the window must be longer, later before earlier."""
    changes = [
        {"weeks": weeks, "side": side}
        for weeks in range(1, MOST_WEEKS + 1)
        for side in ("later", "earlier")
        if _room(asked, weeks, side)
    ]
    trials = Trials(asked, asking, max(1, len(changes)))

    def apply(change: Any) -> Problem:
        return with_window(asked.problem, asked.name, asked.level, change)

    found = trials.first(changes, apply)
    if found is None:
        return None
    change, answer = found
    smaller = [c for c in changes if c["side"] == change["side"] and c["weeks"] < change["weeks"]]
    refused = [trials.grants(partial(apply, known), known) for known in smaller]
    exact = all(answer.proven for answer in refused)
    below = smaller[-1] if smaller and refused[-1].proven else None
    return trials.family(change, answer, below, exact=exact)


def _room(asked: Asked, weeks: int, side: str) -> bool:
    """Whether the horizon has so many weeks more on this side of any of the lines."""
    own = [asked.problem.line[name] for name in _names(asked.request)]
    if side == "later":
        return any(line.last_week + weeks < len(asked.problem.weeks) for line in own)
    return any(line.first_week >= weeks for line in own)


def with_fewer_hours(problem: Problem, _request: str, level: int, change: Any) -> Problem:
    """`problem` with fewer hours for the same value of the level."""
    return _cut(problem, level, {row["line"]: row["hours"] for row in change["lines"]})


def level_family(asked: Asked, asking: Asking) -> Family | None:
    """The most hours with which the level is granted at its present value.

    Fewer hours rarely make it harder, so halving the range finds the most; below a tenth it is not tried. A
    least amount of each week makes fewer hours harder too; then tenths are tried first, the largest first. So
    may smallest useful amounts, decided hours and promises; then they are tried where a tenth is not enough.
    """
    lines = [asked.problem.line[name] for name in sorted(_names(asked.request))]
    whole = sum(line.hours[asked.level] for line in lines)
    steady = all(line.weekly_min is None for line in lines)
    smooth = steady and _smooth(asked.problem, lines)
    trials = Trials(asked, asking, whole.bit_length() + 2 + (0 if smooth else LEAST_PART))

    def sizes(hours: int) -> dict[str, int]:
        return {line.id: -(-line.hours[asked.level] * hours // whole) for line in lines}

    def cut(hours: int) -> Problem:
        return _cut(asked.problem, asked.level, sizes(hours))

    def test(hours: int) -> Answer:
        return trials.grants(partial(cut, hours), sorted(sizes(hours).items()))

    least = max(1, -(-whole // LEAST_PART))
    tenths = [whole * part // LEAST_PART for part in range(LEAST_PART - 1, 0, -1)]
    tried = [hours for hours in ([least] if steady else tenths) if least <= hours < whole]
    low = next((hours for hours in tried if test(hours).granted), whole)
    if low == whole and steady and not smooth:
        tried = [hours for hours in tenths if least < hours]
        low = next((hours for hours in tried if test(hours).granted), whole)
    if low == whole:
        return None
    high = min((hours for hours in tried if hours > low), default=whole)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if test(middle).granted else (low, middle)
    if not trials.confirms(partial(cut, low), low) and low * 3 // 4 >= least:
        # Beside a search of the whole a little less may be needed.
        fewer = low * 3 // 4
        low = fewer if test(fewer).granted and trials.confirms(partial(cut, fewer), fewer) else low
    answer, above = test(low), None if high == whole else test(high)
    exact = steady and (above is None or (above.granted is False and above.proven))
    below = _told(asked, sizes(high), whole) if exact and above else None
    return trials.family(_told(asked, sizes(low), whole), answer, below, key=low, exact=exact)


def _smooth(problem: Problem, lines: list[Line]) -> bool:
    """Whether nothing asks for more of one person in one week than fewer hours in all may hold."""
    names = {line.id for line in lines}
    people = {person for name in names for person in problem.eligible[name]}
    published = problem.published.hours if problem.published is not None else ()
    decided = [lock.line for lock in problem.locks if lock.kind == "frozen"]
    lumps = any(problem.specialist[person].min_chunk > 1 for person in people)
    return not lumps and not names.intersection([*decided, *(row.line for row in published)])


def _told(asked: Asked, sizes: dict[str, int], whole: int) -> dict[str, Any]:
    used = {name: hours for name, hours in sizes.items() if asked.problem.line[name].hours[asked.level]}
    return {
        "percent": round(100 * sum(used.values()) / whole, 1),
        "lines": [{"line": name, "hours": hours} for name, hours in used.items()],
    }


def _cut(problem: Problem, level: int, sizes: dict[str, int]) -> Problem:
    """`problem` with the lines in `sizes` at so many quarter-hours; smaller levels never above."""
    lines = tuple(_cut_line(x, level, sizes[x.id]) if x.id in sizes else x for x in problem.lines)
    return replace(problem, lines=lines)


def _cut_line(line: Line, level: int, hours: int) -> Line:
    whole = line.hours[level]
    if whole == 0:
        return line

    def fewer(old: tuple[int, ...], now: int) -> tuple[int, ...]:
        return tuple(min(h, now) if k < level else now if k == level else h for k, h in enumerate(old))

    candidates = line.candidates
    if candidates is not None:
        candidates = tuple(
            replace(c, hours=fewer(c.hours, -(-c.hours[level] * hours // whole))) for c in candidates
        )
    return replace(line, hours=fewer(line.hours, hours), candidates=candidates)


def _names(request: Request) -> set[str]:
    return {name for option in request.options for name in option}


def _with_request(problem: Problem, changed: Request) -> Problem:
    requests = tuple(changed if r.id == changed.id else r for r in problem.requests)
    return replace(problem, requests=requests)
