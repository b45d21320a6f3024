"""The problem: who is available, who asks for what, what must hold.

Plain frozen data with string ids. Effort is integer quarter-hours, money integer minor units of one
currency, time the index of a week from 0. Cross-object checks live in `solver.validate`; an object made
here is well formed in itself, a problem that passed `validate` is well formed as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUE_LIMIT = 10**15
"""Greatest sum of absolute money values of one problem; beyond it the problem is refused (E_SCALE)."""

REFUSED = -1
"""The level of a request that is granted nothing."""


@dataclass(frozen=True, slots=True)
class Specialist:
    """A person whose hours are scarce.

    Attributes:
        id: Unique among specialists.
        department: Whose hours these are.
        capacity: Quarter-hours per week, one entry per week of the problem, each >= 0; net of leave,
            holidays, reserves and of commitments that are not lines of the problem.
        skills: Level 1-5 by skill id.
        expedite: Extra quarter-hours per week that only expedite lines may use; empty means none.
        max_parallel: Most different requests in one week; None means no limit.
        min_chunk: Smallest useful quarter-hours on one line in one week.
    """

    id: str
    department: str
    capacity: tuple[int, ...]
    skills: Mapping[str, int]
    expedite: tuple[int, ...] = ()
    max_parallel: int | None = None
    min_chunk: int = 0

    def extra(self, week: int) -> int:
        """Quarter-hours of `week` that only expedite lines may use."""
        return self.expedite[week] if self.expedite else 0


@dataclass(frozen=True, slots=True)
class Level:
    """One size in which a request can be granted.

    Attributes:
        fraction: Share of the full request as a decimal string, for people only.
        value: Money for granting this level; may be negative, which is never chosen unless forced.
        second: A second value for trade-offs, in a unit of its own.
        value_by_end: Pairs (week, money), weeks rising, money never rising: the value when the last
            worked week of the request is at most that week. Empty means `value` at any time; later than
            the last entry the level cannot be granted.
    """

    fraction: str
    value: int
    second: int = 0
    value_by_end: tuple[tuple[int, int], ...] = ()

    def value_at(self, end: int) -> int | None:
        """Money when the last worked week is `end`; None when the level cannot end that late.

        A level that is worked in no week at all has `end` -1.
        """
        if not self.value_by_end:
            return self.value
        for week, value in self.value_by_end:
            if end <= week:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Request:
    """What a key account manager asks for; granted at one level, by one option, or not at all.

    Attributes:
        levels: From the smallest grant to the largest, at least one.
        options: Alternatives; each lists the lines that are staffed if it is chosen, at least one.
        option_bonus: Money per option, same length as `options`.
        submitted: Filing order for ties; smaller is earlier.
        obligation: Smallest level index that was promised, or None.
        purpose: Label used by floors.
    """

    id: str
    account: str
    kam: str
    levels: tuple[Level, ...]
    options: tuple[tuple[str, ...], ...]
    submitted: int
    option_bonus: tuple[int, ...] = ()
    purpose: str = ""
    obligation: int | None = None

    def bonus(self, option: int) -> int:
        """Money added when `option` is chosen."""
        return self.option_bonus[option] if self.option_bonus else 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person named as able to do a line, with own hours per level and a bonus in money."""

    specialist: str
    hours: tuple[int, ...]
    bonus: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One skill of a request.

    Attributes:
        needs: Smallest level by skill id; all are needed of the same person.
        hours: Quarter-hours per level of the request, never falling; 0 means not used at that level.
        first_week: First week in which the line may be worked.
        last_week: Last week in which the line may be worked.
        max_specialists: Most people who may share the line.
        weekly_min: Quarter-hours in every week of the window once staffed, over all people.
        weekly_max: Most quarter-hours in any week, over all people.
        preferred: A specialist worth more on this line, and the bonus in money.
        required: The only specialist allowed.
        excluded: Specialists not allowed.
        after: Lines of the same request; no work in a week before the last week worked on them.
        expedite: Whether the line may use `Specialist.expedite`.
        candidates: Replaces `needs` as the list of eligible people; None means by skill.
    """

    id: str
    needs: Mapping[str, int]
    hours: tuple[int, ...]
    first_week: int
    last_week: int
    max_specialists: int = 1
    weekly_min: int | None = None
    weekly_max: int | None = None
    preferred: tuple[str, int] | None = None
    required: str | None = None
    excluded: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    expedite: bool = False
    candidates: tuple[Candidate, ...] | None = None

    def candidate(self, specialist: str) -> Candidate | None:
        """The own terms of `specialist` on this line, or None when the line's terms hold."""
        for candidate in self.candidates or ():
            if candidate.specialist == specialist:
                return candidate
        return None

    def hours_of(self, specialist: str, level: int) -> int:
        """Quarter-hours `specialist` alone would need for the whole line at `level`."""
        own = self.candidate(specialist)
        return own.hours[level] if own else self.hours[level]

    def bonus_of(self, specialist: str) -> int:
        """Money added once when `specialist` works on this line."""
        own = self.candidate(specialist)
        preferred = self.preferred[1] if self.preferred and self.preferred[0] == specialist else 0
        return preferred + (own.bonus if own else 0)


LockKind = Literal["frozen", "forbid", "pin", "min_level", "max_level"]


@dataclass(frozen=True, slots=True)
class Lock:
    """Something already decided.

    `frozen`: this line-specialist-week amount stands exactly. `forbid`: this pair, in one week or in all
    (`week` None). `pin`: this person is in the team if the line is staffed. `min_level`, `max_level`:
    bounds on a request's level, -1 meaning refused.
    """

    kind: LockKind
    line: str | None = None
    specialist: str | None = None
    week: int | None = None
    hours: int | None = None
    request: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class DepartmentCap:
    """Most quarter-hours of a department's people in a week, or over the plan (`week` None)."""

    department: str
    week: int | None
    hours: int


@dataclass(frozen=True, slots=True)
class Floor:
    """A minimum of level values and bonuses in money, for one KAM or one purpose."""

    value: int
    kam: str | None = None
    purpose: str | None = None

    def counts(self, request: Request) -> bool:
        """Whether the money of `request` adds to this floor."""
        return request.kam == self.kam if self.kam is not None else request.purpose == self.purpose


@dataclass(frozen=True, slots=True)
class Hours:
    """Quarter-hours of one specialist on one line in one week."""

    line: str
    specialist: str
    week: int
    hours: int


@dataclass(frozen=True, slots=True)
class Published:
    """What was promised before, and what taking it back costs.

    Attributes:
        price: Money per quarter-hour withdrawn, even and >= 0.
        free_from_week: From this week on changes cost nothing.
        hours: The published quarter-hours.
    """

    price: int
    free_from_week: int
    hours: tuple[Hours, ...]


@dataclass(frozen=True)
class Problem:
    """Everything the engine knows. Rows may stand in any order; ids are unique by kind."""

    name: str
    weeks: tuple[str, ...]
    specialists: tuple[Specialist, ...] = ()
    requests: tuple[Request, ...] = ()
    lines: tuple[Line, ...] = ()
    currency: str = "EUR"
    walls: tuple[tuple[str, ...], ...] = ()
    department_caps: tuple[DepartmentCap, ...] = ()
    locks: tuple[Lock, ...] = ()
    floors: tuple[Floor, ...] = ()
    published: Published | None = None

    @cached_property
    def specialist(self) -> Mapping[str, Specialist]:
        """Specialists by id."""
        return {s.id: s for s in self.specialists}

    @cached_property
    def request(self) -> Mapping[str, Request]:
        """Requests by id."""
        return {r.id: r for r in self.requests}

    @cached_property
    def line(self) -> Mapping[str, Line]:
        """Lines by id."""
        return {line.id: line for line in self.lines}

    @cached_property
    def request_of(self) -> Mapping[str, Request]:
        """The request of each line, by line id."""
        return {line: r for r in self.requests for option in r.options for line in option}

    @cached_property
    def eligible(self) -> Mapping[str, tuple[str, ...]]:
        """Who may work on each line, by line id, specialist ids sorted.

        Counts skills or candidates, `required` and `excluded`, not locks, walls or capacity.
        """
        # Few different needs are asked for often, and a large company has a hundred million pairs.
        able: dict[tuple[tuple[str, int], ...], tuple[str, ...]] = {}
        found = {}
        for line in self.lines:
            key = tuple(sorted(line.needs.items()))
            if line.candidates is None and key not in able:
                able[key] = tuple(
                    sorted(s.id for s in self.specialists if all(s.skills.get(k, 0) >= v for k, v in key))
                )
            found[line.id] = _allowed(line, able.get(key, ()))
        return found


def _allowed(line: Line, able: tuple[str, ...]) -> tuple[str, ...]:
    """Those of its candidates, or of the sorted people who are able, whom the line does not rule out."""
    if line.candidates is not None:
        able = tuple(sorted(c.specialist for c in line.candidates))
    if line.required is None and not line.excluded:
        return able
    return tuple(s for s in able if s not in line.excluded and line.required in (None, s))
