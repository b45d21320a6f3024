"""How many quarter-hours a specialist can lend in a week: pure arithmetic, exact integers.

Present days are those of the weekly pattern on which the person is employed, not on approved leave and not
on a public holiday. Of their hours the department keeps a share for its own work and a share for expedite
requests; what is left is floored to whole quarter-hours, and what was promised elsewhere is taken off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from planner.clock import monday

WHOLE_DAY = 2
"""Halves in a day; a day away counts two, a half day one."""

PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away, first to last inclusive; only half of the first or last day when flagged."""

    first_day: date
    last_day: date
    first_half: bool = False
    last_half: bool = False

    def halves(self, day: date) -> int:
        """Halves of `day` away: 0, 1 or 2."""
        if not self.first_day <= day <= self.last_day:
            return 0
        half = (day == self.first_day and self.first_half) or (day == self.last_day and self.last_half)
        return 1 if half else WHOLE_DAY


@dataclass(frozen=True, slots=True)
class Supply:
    """What the capacity of one specialist follows from.

    Attributes:
        pattern: Quarter-hours per weekday, Monday first, seven entries.
        own_work: Share kept for the department's own work, per mille.
        expedite: Share kept for expedite requests, per mille.
        active_from: First day of work here.
        active_to: Last day of work here; None means no end.
        absences: Approved leave.
        holidays: Public holidays where the person works.
    """

    pattern: tuple[int, ...]
    own_work: int
    expedite: int
    active_from: date
    active_to: date | None = None
    absences: tuple[Absence, ...] = ()
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Quarter-hours of one person in one week.

    Attributes:
        present: At work at all, half quarter-hours dropped.
        capacity: To lend to any request, net of reserves and of `promised`.
        expedite: More, that only expedite requests may use, net of what `promised` takes beyond the rest.
        promised: To requests that are planned elsewhere.
    """

    present: int
    capacity: int
    expedite: int
    promised: int = 0

    @property
    def total(self) -> int:
        """The most that all requests together can get."""
        return self.capacity + self.expedite


def week_hours(supply: Supply, week: str, promised: int = 0) -> WeekHours:
    """What the person can lend in the ISO week `week`, `promised` quarter-hours being taken already."""
    first = monday(week)
    halves = sum(
        supply.pattern[i] * _present_halves(supply, first + timedelta(days=i))
        for i in range(len(supply.pattern))
    )
    plain = _share(halves, PER_MILLE - supply.own_work - supply.expedite)
    everything = _share(halves, PER_MILLE - supply.own_work)
    capacity = max(0, plain - promised)
    total = max(0, everything - promised)
    return WeekHours(halves // WHOLE_DAY, capacity, max(0, total - capacity), promised)


def skills_on(day: date, attested: Iterable[tuple[str, int, date | None]]) -> dict[str, int]:
    """Levels by skill key that count on `day`, from (key, level, expires_on); expired ones count nothing."""
    return {key: level for key, level, expires in attested if expires is None or expires >= day}


def _present_halves(supply: Supply, day: date) -> int:
    employed = supply.active_from <= day and (supply.active_to is None or day <= supply.active_to)
    if not employed or day in supply.holidays:
        return 0
    away = sum(absence.halves(day) for absence in supply.absences)
    return max(0, WHOLE_DAY - away)


def _share(halves: int, per_mille: int) -> int:
    """Whole quarter-hours in a share of `halves` half quarter-hours."""
    return halves * max(0, per_mille) // (PER_MILLE * WHOLE_DAY)
