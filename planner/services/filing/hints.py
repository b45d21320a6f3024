"""Help while a request is filled in: free hours of a skill by week, and how much is asked of them.

Others' requests are counted, never told: contention comes in four steps, and only from three requests on.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.capacity import skills_on
from planner.clock import horizon, monday, weeks_between
from planner.permissions import Action, may
from planner.records import RequestLine, RequestStatus, ResourceRequest, Skill, Specialist
from planner.supply import promises, specialists, taken_elsewhere, week_table
from planner.verdict import require

SMALLEST_GROUP = 3
LONGEST_WINDOW = 53
ASKING = (RequestStatus.SUBMITTED, RequestStatus.PLANNED, RequestStatus.DECIDED)
"""States in which a request competes for hours; published ones hold theirs already."""


class Contention(enum.StrEnum):
    """How much others ask of the free hours in the window."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


@dataclass(frozen=True, slots=True)
class WeekHint:
    """Free quarter-hours of one week, of all people with the skill together."""

    week: str
    free: int


@dataclass(frozen=True, slots=True)
class Hints:
    """What a request for a skill in a window would meet.

    Attributes:
        people: How many have the skill at the level.
        weeks: Free quarter-hours by week, published promises taken off.
        free: Their sum.
        contention: What others ask of them; None when fewer than three others ask.
    """

    people: int
    weeks: tuple[WeekHint, ...]
    free: int
    contention: Contention | None


def hints(
    session: Session,
    actor: Actor,
    skill_key: str,
    level: int,
    *,
    earliest_week: str,
    latest_week: str,
    without: str | None = None,
) -> Hints:
    """Free hours and contention for a skill at a level between two ISO weeks; nothing is stored.

    Args:
        session: For reading.
        actor: A key account manager.
        skill_key: Key of the skill; an unknown one has nobody.
        level: Least level, 1 to 5.
        earliest_week: First week.
        latest_week: Last week; weeks after the first year are left out.
        without: Id of the request that is being filled in, which does not compete with itself.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for a week, a level or a key that cannot be.
    """
    require(may(actor, Action.VIEW_HINTS))
    found = checks.week("earliest_week", earliest_week) + checks.week("latest_week", latest_week)
    found += checks.text("skill_key", skill_key, 64) + checks.whole("level", level, 1, 5)
    if not found and weeks_between(earliest_week, latest_week) < 0:
        reason = "The last week comes before the first."
        found = [checks.problem("latest_week", "E_WINDOW_REVERSED", reason, "Swap them.")]
    checks.require_well_formed(found)
    length = min(weeks_between(earliest_week, latest_week) + 1, LONGEST_WINDOW)
    weeks = horizon(earliest_week, length)
    able = [person for person in specialists(session) if _able(person, skill_key, level, weeks[0])]
    table = week_table(session, able, weeks, taken_elsewhere(session, promises(session), ()))
    free = [sum(max(0, table[person.id][i].capacity) for person in able) for i in range(len(weeks))]
    return Hints(
        people=len(able),
        weeks=tuple(WeekHint(week, hours) for week, hours in zip(weeks, free, strict=True)),
        free=sum(free),
        contention=_contention(session, skill_key, weeks, sum(free), without),
    )


def _able(person: Specialist, skill_key: str, level: int, week: str) -> bool:
    day = monday(week)
    held = skills_on(day, ((s.skill.key, s.level, s.expires_on) for s in person.skills))
    gone = person.active_to is not None and person.active_to < day
    return held.get(skill_key, 0) >= level and not gone


def _contention(
    session: Session, skill_key: str, weeks: Sequence[str], free: int, without: str | None
) -> Contention | None:
    lines = session.scalars(
        select(RequestLine)
        .join(RequestLine.request)
        .join(RequestLine.skill)
        .where(
            Skill.key == skill_key,
            RequestLine.retired.is_(False),
            ResourceRequest.status.in_(ASKING),
            ResourceRequest.id != (without or ""),
        )
        .options(joinedload(RequestLine.request))
    ).all()
    asked = [(line.request_id, _asked_in(line, weeks)) for line in lines]
    others = {request for request, hours in asked if hours}
    if len(others) < SMALLEST_GROUP:
        return None
    return step(sum(hours for _, hours in asked), free)


def _asked_in(line: RequestLine, weeks: Iterable[str]) -> int:
    """Quarter-hours of the line that fall into the weeks if it is spread evenly over its own window."""
    request = line.request
    if not request.earliest_week or not request.latest_week:
        return 0
    length = weeks_between(request.earliest_week, request.latest_week) + 1
    shared = sum(request.earliest_week <= week <= request.latest_week for week in weeks)
    return line.quarter_hours * shared // length


def step(asked: int, free: int) -> Contention:
    """The coarse step: below half of the free hours, up to all of them, up to twice, more."""
    if asked * 2 < free:
        return Contention.LOW
    if asked <= free:
        return Contention.MEDIUM
    return Contention.HIGH if asked <= 2 * free else Contention.VERY_HIGH
