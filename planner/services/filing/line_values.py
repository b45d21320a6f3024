"""One skill of a request as typed, and whether all of them together are well formed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner import checks
from planner.records import Preference
from planner.solving.outside import MOST_OUTSIDE
from planner.verdict import Problem

HOURS_LOW: Final = 4
HOURS_HIGH: Final = 8_000
"""Quarter-hours of one line: 1 to 2,000 hours."""

MOST_LINES: Final = 40
MOST_PEOPLE: Final = 20


@dataclass(frozen=True, slots=True)
class LineValues:
    """One skill of a request.

    `quarter_hours` is the effort at the full level; `weekly_min` and `weekly_max` are quarter-hours per week
    over all people. `after` names lines of the same request by their index, from 0. For `outside_cost_minor`
    the whole line can be bought outside; `outside_source` says who offers that.
    """

    skill_key: str
    quarter_hours: int
    min_level: int = 1
    language_key: str | None = None
    language_level: int | None = None
    customer_facing: bool = False
    activity: str = ""
    specialist_code: str | None = None
    preference: str = Preference.NONE.value
    max_specialists: int = 1
    weekly_min: int | None = None
    weekly_max: int | None = None
    after: Sequence[int] = ()
    alternative: int | None = None
    outside_cost_minor: int | None = None
    outside_source: str = ""


def problems_in_lines(lines: Sequence[LineValues]) -> list[Problem]:
    """Everything about the lines that is not well formed."""
    found: list[Problem] = []
    if len(lines) > MOST_LINES:
        reason, remedy = (
            "There are too many lines.",
            "Keep at most %(most)d; file the rest as another request.",
        )
        return [checks.problem("lines", "E_BUNDLE_SIZE", reason, remedy, most=MOST_LINES)]
    for i, line in enumerate(lines):
        found += _line(f"lines/{i}", line)
        if line in lines[:i]:
            reason, remedy = "This line repeats another one.", "Add the hours up in one line."
            found.append(checks.problem(f"lines/{i}", "E_BUNDLE_DUPLICATE", reason, remedy))
    alternatives = {line.alternative for line in lines} - {None}
    if len(alternatives) == 1:
        where = next(f"lines/{i}/alternative" for i, line in enumerate(lines) if line.alternative is not None)
        reason = "One alternative alone is no choice."
        remedy = "Give other lines another number, or leave it out."
        found.append(checks.problem(where, "E_BUNDLE_ALTERNATIVE", reason, remedy))
    if sum(line.outside_cost_minor is not None for line in lines) > MOST_OUTSIDE:
        reason, remedy = (
            "There are too many lines with an outside price.",
            "Keep the %(most)d that matter most.",
        )
        found.append(checks.problem("lines", "E_TOO_MANY", reason, remedy, most=MOST_OUTSIDE))
    return found or _order(lines)


def _line(where: str, line: LineValues) -> list[Problem]:
    found = checks.text(f"{where}/skill_key", line.skill_key, 64, required=True)
    found += _hours(f"{where}/quarter_hours", line.quarter_hours, HOURS_LOW)
    found += checks.whole(f"{where}/min_level", line.min_level, 1, 5)
    found += checks.text(f"{where}/activity", line.activity, 120)
    found += checks.whole(f"{where}/max_specialists", line.max_specialists, 1, MOST_PEOPLE)
    found += checks.choice(f"{where}/preference", line.preference, Preference)
    if line.language_key is not None:
        found += checks.text(f"{where}/language_key", line.language_key, 64, required=True)
        if line.language_level is None:
            reason, remedy = "The level of the language is missing.", "Choose a level from 1 to 5."
            found.append(checks.missing(f"{where}/language_level", reason, remedy))
        else:
            found += checks.whole(f"{where}/language_level", line.language_level, 1, 5)
    if line.specialist_code is not None:
        found += checks.text(f"{where}/specialist_code", line.specialist_code, 40, required=True)
    elif line.preference in {Preference.PREFER, Preference.REQUIRE}:
        reason, remedy = "No person is named.", "Name the person or take the preference off."
        found.append(checks.missing(f"{where}/specialist_code", reason, remedy))
    for name, value in (("weekly_min", line.weekly_min), ("weekly_max", line.weekly_max)):
        if value is not None:
            found += _hours(f"{where}/{name}", value, 1)
    if not found and line.weekly_min and line.weekly_max and line.weekly_min > line.weekly_max:
        reason = "The most per week is less than the least."
        found.append(checks.problem(f"{where}/weekly_max", "E_RANGE_REVERSED", reason, "Swap them."))
    if line.alternative is not None:
        found += checks.whole(f"{where}/alternative", line.alternative, 0, MOST_LINES)
    return found + _outside(where, line)


def _outside(where: str, line: LineValues) -> list[Problem]:
    """A price needs somebody who offers it, and the other way round."""
    found = checks.text(f"{where}/outside_source", line.outside_source, 300)
    if line.outside_cost_minor is not None:
        found += checks.money(f"{where}/outside_cost_minor", line.outside_cost_minor)
    if found:
        return found
    if line.outside_cost_minor is not None and not line.outside_source.strip():
        reason, remedy = "Who offers this is missing.", "Name the supplier and the offer."
        found.append(checks.missing(f"{where}/outside_source", reason, remedy))
    if line.outside_cost_minor is None and line.outside_source.strip():
        reason, remedy = (
            "The price is missing.",
            "Give the price of the whole line, or leave the supplier out.",
        )
        found.append(checks.missing(f"{where}/outside_cost_minor", reason, remedy))
    return found


def _hours(where: str, value: object, low: int) -> list[Problem]:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= HOURS_HIGH:
        return []
    if not isinstance(value, int) or isinstance(value, bool):
        return checks.whole(where, value, low, HOURS_HIGH)
    remedy = "Ask for %(low)s to %(high)s hours."
    reason = "This is out of range."
    return [checks.problem(where, "E_HOURS_RANGE", reason, remedy, low=low / 4, high=HOURS_HIGH // 4)]


def _order(lines: Sequence[LineValues]) -> list[Problem]:
    """Lines that come after themselves, after nothing, or in a circle."""
    found: list[Problem] = []
    for i, line in enumerate(lines):
        for before in line.after:
            found += checks.whole(f"lines/{i}/after", before, 0, len(lines) - 1, code="E_REF_UNKNOWN")
    if found:
        return found
    rest = {i: set(line.after) for i, line in enumerate(lines)}
    while free := [i for i, before in rest.items() if not before & rest.keys()]:
        for i in free:
            del rest[i]
    if not rest:
        return []
    circle = _circle(rest)
    remedy = "Take one of these lines out of the order."
    return [
        checks.problem(
            f"lines/{circle[0]}/after",
            "E_CYCLE",
            "These lines wait for each other: %(circle)s.",
            remedy,
            circle=" → ".join(str(i + 1) for i in circle),
        )
    ]


def _circle(rest: dict[int, set[int]]) -> list[int]:
    """One circle among lines that all wait for another one of them, first line first and last."""
    path = [min(rest)]
    while path[-1] not in path[:-1]:
        path.append(min(rest[path[-1]] & rest.keys()))
    return path[path.index(path[-1]) :][::-1]
