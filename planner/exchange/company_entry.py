"""Reads the values of one entry of a company's files; every reader notes what is wrong and goes on."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from planner.checks import MONEY_MAX
from planner.clock import add_weeks, monday
from planner.exchange.company_findings import Findings, Shift, key
from planner.records import Role

T = TypeVar("T")
Choice = TypeVar("Choice", bound=enum.StrEnum)

YES_OR_NO = {"yes": True, "no": False}
QUARTERS = 4
MINOR = 100
PER_MILLE = 10
MOST_QUARTER_HOURS = 40_000
"""Ten thousand hours: more than any month or line has."""


class Entry:
    """One line or object of a file; every reader notes what is wrong and gives something to go on with.

    `column_of` names the table of a line, so that a missing column is noted once and not per line.
    """

    def __init__(
        self, found: Findings, where: str, values: Mapping[str, Any], shift: Shift, *, column_of: str = ""
    ) -> None:
        self.found = found
        self.where = where
        self.values = values
        self.shift = shift
        self._column_of = column_of
        self._read: set[str] = set()

    def given(self, name: str) -> bool:
        """Whether the field is there and not empty."""
        self._read.add(name)
        return self.values.get(name) not in (None, "")

    def wrong(self, name: str, reason: str, remedy: str, /, **params: Any) -> None:
        """Note that a field contradicts something."""
        self.found.add(f"{self.where}/{name}", "E_VALUE", reason, remedy, **params)

    def _convert(self, name: str, convert: Callable[[Any], T], expected: str, otherwise: T) -> T:
        self._read.add(name)
        value = self.values.get(name)
        if name not in self.values and self._column_of:
            place = f"{self._column_of}/{name}"
            self.found.add(place, "E_FIELD", "The column %(name)s is missing.", "Add the column.", name=name)
            return otherwise
        try:
            return convert(value)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            shown = "nothing" if value in (None, "") else repr(str(value))
            reason, remedy = "%(shown)s stands where %(expected)s must be.", "Write %(expected)s."
            self.wrong(name, reason, remedy, shown=shown, expected=expected)
            return otherwise

    def text(self, name: str, most: int = 160) -> str:
        """Words, not empty, at most so many characters."""

        def convert(value: Any) -> str:
            if not isinstance(value, str) or not value.isprintable() or not 0 < len(value.strip()) <= most:
                raise ValueError(value)
            return value.strip()

        return self._convert(name, convert, f"a text of 1 to {most} characters", "?")

    def words(self, name: str, most: int = 2000) -> str:
        """Words, or the empty text when the field is not given."""
        return self.text(name, most) if self.given(name) else ""

    def scaled(self, name: str, scale: int, low: int, high: int, expected: str) -> int:
        """A number times `scale`, which must come out whole and lie between `low` and `high`."""

        def convert(value: Any) -> int:
            if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
                raise TypeError(value)
            exact = Decimal(value) * scale
            if not exact.is_finite() or not low <= exact <= high or exact % 1:
                raise ValueError(value)
            return int(exact)

        return self._convert(name, convert, expected, low)

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number between the two, inclusive."""
        return self.scaled(name, 1, low, high, f"a whole number from {low} to {high}")

    def hours(self, name: str, low: int = 0) -> int:
        """Hours as quarter-hours, at least `low` of them."""
        least = "more than 0" if low else "0 or more"
        return self.scaled(name, QUARTERS, low, MOST_QUARTER_HOURS, f"hours in steps of 0.25, {least}")

    def euros(self, name: str, low: int = 0) -> int:
        """Money as minor units."""
        return self.scaled(
            name, MINOR, low, MONEY_MAX, "an amount of money with at most two decimals, not negative"
        )

    def percent(self, name: str, high: int = 100) -> int:
        """Per cent with at most one decimal as per mille."""
        return self.scaled(name, PER_MILLE, 0, high * PER_MILLE, f"per cent from 0 to {high}")

    def flag(self, name: str) -> bool:
        """Yes or no."""
        return self._convert(name, YES_OR_NO.__getitem__, "yes or no", otherwise=False)

    def choice(self, name: str, kind: type[Choice]) -> Choice:
        """One of the values of an enumeration."""
        return self._convert(name, kind, "one of " + ", ".join(kind), next(iter(kind)))

    def choices(self, name: str, kind: type[Choice]) -> list[Choice]:
        """Some values of an enumeration, parted by spaces, at least one."""

        def convert(value: Any) -> list[Choice]:
            return [kind(each) for each in value.split() or [""]]

        return self._convert(name, convert, "some of " + ", ".join(kind), [next(iter(kind))])

    def wholes(self, name: str, low: int, high: int) -> list[int]:
        """A list of whole numbers between the two; the empty list when it is not given."""

        def convert(value: Any) -> list[int]:
            if not isinstance(value, list) or not all(each in range(low, high + 1) for each in value):
                raise ValueError(value)
            return [int(each) for each in value]

        none: list[int] = []
        expected = f"a list of whole numbers from {low} to {high}"
        return self._convert(name, convert, expected, none) if self.given(name) else none

    def real_day(self, name: str) -> date:
        """A day that is not moved, such as a public holiday."""
        return self._convert(name, date.fromisoformat, "a day such as 2027-01-04", date(2027, 1, 4))

    def day(self, name: str) -> date:
        """A day, moved."""
        return self.shift.day(self.real_day(name))

    def moment(self, name: str) -> datetime:
        """A time in UTC, moved."""

        def convert(value: Any) -> datetime:
            time = datetime.fromisoformat(value)
            if time.tzinfo is not None:
                raise ValueError(value)
            return time.replace(tzinfo=UTC) + timedelta(weeks=self.shift.weeks)

        otherwise = datetime(2027, 1, 4, tzinfo=UTC)
        return self._convert(name, convert, "a time in UTC such as 2027-01-04T09:30", otherwise)

    def month(self, name: str) -> str:
        """A month, moved."""
        return self._convert(name, self.shift.month, "a month such as 2026-12", "2026-12")

    def week(self, name: str) -> str:
        """An ISO week, moved."""

        def convert(value: Any) -> str:
            monday(value)
            return add_weeks(value, self.shift.weeks)

        return self._convert(name, convert, "an ISO week such as 2027-W01", "2027-W01")

    def code_of(self, name: str, family: str) -> str:
        """The code of something in another family."""
        known = self.found.codes.get(family, set())

        def convert(value: Any) -> str:
            if value not in known:
                raise LookupError(value)
            return str(value)

        return self._convert(name, convert, f"a code that is listed under {family}", "?")

    def codes_of(self, name: str, family: str) -> list[str]:
        """A list of codes in another family."""
        known = self.found.codes.get(family, set())

        def convert(value: Any) -> list[str]:
            if not isinstance(value, list) or not known.issuperset(value):
                raise LookupError(value)
            return [str(each) for each in value]

        return self._convert(name, convert, f"a list of codes listed under {family}", [])

    def person(self, name: str, role: Role) -> str:
        """The id of a user who has a role, named by code."""
        return key("users", self.code_of(name, f"users with the role {role}"))

    def reference(self, name: str, family: str) -> str:
        """The id of a row of another family, named by its code."""
        return key(family, self.code_of(name, family))

    def code(self, name: str, family: str, most: int = 40) -> str:
        """The code this entry goes by; twice the same in a family is wrong."""
        code = self.text(name, most)
        known = self.found.codes.setdefault(family, set())
        if code in known:
            self.wrong(
                name,
                "%(code)s is already taken in %(family)s.",
                "Give each its own.",
                code=code,
                family=family,
            )
        known.add(code)
        return code

    def once(self, name: str, family: str, what: str) -> None:
        """Note when the same thing stands twice in a family."""
        known = self.found.codes.setdefault(family, set())
        if what in known:
            self.wrong(name, "The same is given a second time.", "Keep one of the two.")
        known.add(what)

    def in_order(self, name: str, first: date, last: date) -> None:
        """Note when a span of days ends before it begins."""
        if first > last:
            self.wrong(name, "The last day is before the first.", "Correct one of the two days.")

    def differ(self, name: str, one: str | None, other: str | None) -> None:
        """Note when two people must not be the same and are."""
        if one == other:
            self.wrong(name, "The same person stands in both places.", "Name another person.")

    def entries(self, name: str) -> list[Entry]:
        """The objects of a list inside this one; the empty list when it is not given."""

        def convert(value: Any) -> list[Any]:
            if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
                raise TypeError(value)
            return value

        none: list[Any] = []
        values = (
            self._convert(name, convert, "a list of objects in braces", none) if self.given(name) else none
        )
        place = f"{self.where}/{name}"
        return [Entry(self.found, f"{place}/{i}", each, self.shift) for i, each in enumerate(values)]

    def part(self, name: str) -> Entry:
        """The object inside this one."""

        def convert(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                raise TypeError(value)
            return value

        return Entry(
            self.found,
            f"{self.where}/{name}",
            self._convert(name, convert, "an object in braces", {}),
            self.shift,
        )

    def close(self) -> None:
        """Note every field that nothing asked for: a misspelt name would otherwise be lost in silence."""
        for name in self.values.keys() - self._read:
            reason, remedy = "There is no field %(name)s here.", "Correct the name or delete the field."
            self.found.add(f"{self.where}/{name}", "E_FIELD", reason, remedy, name=name)
