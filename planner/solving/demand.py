"""Requests as the engine sees them: levels with their worth, lines with hours and windows, no words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from planner.clock import add_weeks, monday, weeks_between
from planner.records import Preference, RequestLine, RequestType, ResourceRequest
from planner.solving.lasting import fading_kind, window
from planner.solving.outside import Division, divisions
from planner.solving.weighing import UNWEIGHED, Weighing
from planner.worth import LevelValue, Urgency, UrgencyKind, level_values, response

if TYPE_CHECKING:
    from planner.solving.parameters import Parameters
    from solver.problem import Line, Request

CUSTOMER_FACING = "can:customer-facing"
"""The skill that stands for being sent to customers."""

FULL = 1000
"""Per mille of the hours asked for."""

NOBODY = "nobody"
"""Last part of the id of a line that asks for no hours."""

EXPEDITE_WEEKS = 2
"""A dated deadline this near opens the expedite reserve."""


Fading = tuple[tuple[int, int], ...]
"""Pairs (week index of the last worked week, minor units left then), weeks rising, money never rising."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One request in the problem.

    Attributes:
        request: As the engine sees it.
        lines: As the engine sees them.
        record: The request's record.
        values: What each level of `request` is worth and why, same order.
        started: Whether part of it was promised for weeks that are past.
        weighing: What scaled its claims.
        fading: By level, the week index of an end and what is left then; empty when nothing fades.
        ways: What each option of `request` leaves to own people and what it buys, same order.
    """

    request: Request
    lines: tuple[Line, ...]
    record: ResourceRequest
    values: tuple[LevelValue, ...]
    started: bool
    weighing: Weighing
    fading: tuple[Fading, ...] = ()
    ways: tuple[Division, ...] = ()

    def working(self) -> dict[str, Any]:
        """How the worth of each level was found, as JSON can hold it."""
        present = self.values[0].present
        return {
            "version": self.record.version,
            "present_value": present.working(),
            "levels": [
                {**value.working(), **({"value_by_end": [list(step) for step in steps]} if steps else {})}
                for value, steps in zip(self.values, self.fading or ((),) * len(self.values), strict=True)
            ],
            "urgency": urgency_of(self.record),
            "factors": self.weighing.working,
            "lines": {line_id(self.record, line): line.id for line in self.record.lines},
            "started": self.started,
            **({"outside": self._outside()} if any(way.bought for way in self.ways) else {}),
        }

    def _outside(self) -> list[dict[str, Any]]:
        """What each option buys: record ids of lines and their prices, minor units."""
        return [{line.id: line.outside_cost_minor for line in way.bought} for way in self.ways]


def line_id(request: ResourceRequest, line: RequestLine) -> str:
    """The id of a line in problems and plans."""
    return f"{request.id}.{line.position}"


def line_digest(request: ResourceRequest, line: RequestLine) -> str:
    """SHA-256 of what the line asks of people; texts and money are not part of it."""
    asked = [
        *(line.skill_id, line.min_level, line.quarter_hours, line.language_id, line.language_level),
        *(line.customer_facing, line.specialist_id, line.preference.value, line.max_specialists),
        *(line.weekly_min, line.weekly_max, sorted(line.after), line.alternative),
        *(request.earliest_week, request.latest_week, request.deadline and request.deadline.isoformat()),
        # Only where there is one, so that what was decided before offers had an end stays decided.
        *([request.offer_valid_until.isoformat()] if request.offer_valid_until else []),
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def demand_of(
    request: ResourceRequest,
    parameters: Parameters,
    done: Mapping[str, int],
    weighing: Weighing = UNWEIGHED,
    bought: Collection[str] = (),
) -> Demand | str:
    """The request as the engine sees it, or why it is left out.

    Args:
        request: Its record.
        parameters: How time and money are seen.
        done: Published quarter-hours in past weeks by the record id of the line.
        weighing: What scales its claims.
        bought: Record ids of lines that a publication has bought outside.
    """
    weeks = window(request, parameters)
    if isinstance(weeks, str):
        return weeks
    points = [(p.fraction, p.probability) for p in request.curve]
    if not request.lines or not any(f == 0 for f, _ in points) or not any(f > 0 for f, _ in points):
        return "incomplete"
    present = weighing.present(request, parameters.yearly_rate)
    if present is None:
        return "incomplete"
    answers = response(request.curve_shape, points, request.curve_top)
    values = level_values(answers, present, request.avoidable_cost_minor, weighing.factors)
    started = any(done.get(line.id) for line in request.lines)
    values = tuple(v for v in values if _reaches(request, v.fraction, done))
    if not values:
        return "done"
    ways = divisions(request, bought, {key for key, hours in done.items() if hours})
    gone = {line.id for line in request.lines} - {line.id for way in ways for line in way.own}
    frame = _Frame(values, weeks, parameters, done, gone)
    lines = [_line(request, line, frame) for line in request.lines]
    if not any(any(line.hours) for line in lines):
        return "done"
    fading = fading_of(request, values, parameters, weeks)
    asked = _request(request, frame, ways, fading)
    if any(option == (nobody(request),) for option in asked.options):
        lines.append(_nobody(request, lines[0]))
    return Demand(asked, tuple(lines), request, values, started, weighing, fading, ways)


def _hours(line: RequestLine, fraction: int) -> int:
    """Quarter-hours of a level, a begun quarter-hour counting whole."""
    return -(-line.quarter_hours * fraction // FULL)


def _reaches(request: ResourceRequest, fraction: int, done: Mapping[str, int]) -> bool:
    """Whether a level asks for at least what was worked already."""
    return all(_hours(line, fraction) >= done.get(line.id, 0) for line in request.lines)


def urgency_of(request: ResourceRequest) -> dict[str, Any]:
    """How the request's worth fades, as JSON can hold it; without a week and a source it does not."""
    return {"kind": fading_kind(request).value, "week": request.urgency_week, "pace": request.urgency_pace}


def fading_of(
    request: ResourceRequest, values: Sequence[LevelValue], parameters: Parameters, weeks: tuple[int, int]
) -> tuple[Fading, ...]:
    """By level, pairs (week index of the end, minor units left); empty when nothing fades."""
    told = urgency_of(request)
    kind = UrgencyKind(told["kind"])
    if kind is UrgencyKind.NONE:
        return ()
    since = weeks_between(parameters.first_week, told["week"])
    urgency = Urgency(kind, since, told["pace"] or 0)
    return tuple(_steps(value, urgency, weeks) for value in values)


def _steps(value: LevelValue, urgency: Urgency, weeks: tuple[int, int]) -> Fading:
    """The last week of each run of equal values."""
    found: list[tuple[int, int]] = []
    for week in range(weeks[0], weeks[1] + 1):
        left = value.at(Decimal(urgency.left(week).value or 0))
        if found and found[-1][1] == left:
            found.pop()
        found.append((week, left))
    return tuple(found)


def _request(
    request: ResourceRequest,
    frame: _Frame,
    ways: Sequence[Division],
    fading: tuple[Fading, ...] = (),
) -> Request:
    from solver.problem import Level, Request

    values = frame.values
    levels = tuple(
        Level(format(Decimal(v.fraction) / FULL, "f"), v.value_minor, value_by_end=steps)
        for v, steps in zip(values, fading or ((),) * len(values), strict=True)
    )
    promised = request.obligation and request.obligation_confirmed_by_id is not None
    full = next((i for i, v in enumerate(values) if v.fraction >= FULL), len(values) - 1)
    return Request(
        id=request.id,
        account=request.account_id,
        kam=request.kam_id,
        levels=levels,
        options=tuple(_option(request, way, frame.gone) for way in ways),
        option_bonus=tuple(-way.cost_minor for way in ways) if any(way.bought for way in ways) else (),
        submitted=request.filing_order or 0,
        purpose=request.purpose.value if request.purpose else "",
        obligation=full if promised else None,
    )


def nobody(request: ResourceRequest) -> str:
    """The id of the line that asks for no hours."""
    return f"{request.id}.{NOBODY}"


def _option(request: ResourceRequest, way: Division, gone: Collection[str]) -> tuple[str, ...]:
    """The lines of an option, those that were bought for good with no hours left.

    The engine knows no option without lines; where everything is bought there is one that needs nobody.
    """
    staying = {line.id for line in way.own} | ({line.id for line in way.bought} & set(gone))
    return tuple(line_id(request, line) for line in request.lines if line.id in staying) or (nobody(request),)


def _nobody(request: ResourceRequest, like: Line) -> Line:
    """A line of no hours that nobody may do."""
    from solver.problem import Line

    return Line(
        id=nobody(request),
        needs={},
        hours=(0,) * len(like.hours),
        first_week=like.first_week,
        last_week=like.last_week,
        candidates=(),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all lines of a request have in common."""

    values: Sequence[LevelValue]
    weeks: tuple[int, int]
    parameters: Parameters
    done: Mapping[str, int]
    gone: Collection[str]


def _line(request: ResourceRequest, line: RequestLine, frame: _Frame) -> Line:
    from solver.problem import Line

    named = line.specialist.code if line.specialist else None
    gains = [v.value_minor for v in frame.values if v.value_minor > 0]
    bonus = min(gains, default=0) * frame.parameters.preference_per_mille // FULL
    positions = {other.position: line_id(request, other) for other in request.lines}
    return Line(
        id=line_id(request, line),
        needs=_needs(line),
        hours=tuple(_left(line, v.fraction, frame) for v in frame.values),
        first_week=frame.weeks[0],
        last_week=frame.weeks[1],
        max_specialists=line.max_specialists,
        weekly_min=line.weekly_min,
        weekly_max=line.weekly_max,
        preferred=(named, bonus) if named and line.preference == Preference.PREFER and bonus else None,
        required=named if line.preference == Preference.REQUIRE else None,
        after=tuple(positions[position] for position in sorted(line.after)),
        expedite=is_expedite(request, frame.parameters),
    )


def _left(line: RequestLine, fraction: int, frame: _Frame) -> int:
    """Quarter-hours still to be worked by own people; none on what was bought for good."""
    return 0 if line.id in frame.gone else _hours(line, fraction) - frame.done.get(line.id, 0)


def _needs(line: RequestLine) -> dict[str, int]:
    needs = {line.skill.key: line.min_level}
    if line.language:
        needs[line.language.key] = max(line.language_level or 1, needs.get(line.language.key, 0))
    if line.customer_facing:
        needs[CUSTOMER_FACING] = 1
    return needs


def is_expedite(request: ResourceRequest, parameters: Parameters) -> bool:
    """Whether the request may use the expedite reserve: an issue, or a dated deadline that is near."""
    return expedites(request, parameters.first_week)


def expedites(request: ResourceRequest, first_week: str) -> bool:
    """The same for a plan that begins in the ISO week `first_week`."""
    if request.type == RequestType.ISSUE:
        return True
    limit = monday(add_weeks(first_week, EXPEDITE_WEEKS))
    return request.deadline is not None and request.deadline < limit
