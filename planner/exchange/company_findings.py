"""What reading a company's files shares: the list of everything wrong, and how dates move.

Nothing stops at the first error: a value that cannot be read is noted with its file, entry and field, and a
harmless one stands in for it until all files are read.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from planner.verdict import Message, Problem

NAMESPACE = uuid.UUID("6f1c5a0e-2f0b-5c1d-9a37-0d4a1e5b7c21")
"""Ids of loaded rows follow from their codes, so that every load of one company gives the same ids."""

MONTHS = 12

LAST_DAY_OF_THIS_WEEK = 1
"""Tuesday: later in a week the company begins with the next one."""


def key(family: str, code: str) -> str:
    """The id of the row of a family that goes by `code`."""
    return str(uuid.uuid5(NAMESPACE, f"{family}/{code}"))


@dataclass(frozen=True, slots=True)
class Shift:
    """Moves dates by whole weeks and months of figures by whole months, so weekdays stay."""

    weeks: int
    months: int

    @classmethod
    def between(cls, first_monday: date, today: date) -> Shift:
        """From the Monday the files are written for to the last Monday or, from Wednesday on, to the next.

        A company's decisions fall due in the middle of its first week, so they are always still to come.
        """
        past = today.weekday()
        target = today + timedelta(days=-past if past <= LAST_DAY_OF_THIS_WEEK else 7 - past)
        months = (today.year - first_monday.year) * MONTHS + today.month - first_monday.month
        return cls((target - first_monday).days // 7, months)

    def day(self, day: date) -> date:
        """The same weekday, `weeks` later."""
        return day + timedelta(weeks=self.weeks)

    def month(self, month: str) -> str:
        """The month ("2026-12") `months` later."""
        first = date.fromisoformat(month + "-01")
        year, index = divmod(first.year * MONTHS + first.month - 1 + self.months, MONTHS)
        return f"{year}-{index + 1:02d}"


@dataclass
class Findings:
    """What is wrong so far, one thing per place, and the codes that may be referred to per family."""

    problems: dict[str, Problem] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)

    def add(self, where: str, code: str, reason: str, remedy: str, /, **params: Any) -> None:
        """Note one thing wrong at `where`, a path such as "leaves.csv/line 3/first_day"."""
        self.note(Problem(where, code, Message(reason, params), Message(remedy, params)))

    def note(self, problem: Problem) -> None:
        """Note one thing wrong; what is noted first about a place stays, the rest follows from it."""
        self.problems.setdefault(problem.where, problem)

    def unreadable(self, where: str, why: object) -> None:
        """Note a file that is missing or cannot be read as what it should be."""
        self.add(
            where,
            "E_FILE",
            "The file cannot be read: %(why)s.",
            "Put the file right or bring it back.",
            why=why,
        )
