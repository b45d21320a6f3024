"""Reads the cells of one line of an imported table; every reader notes what is wrong and goes on."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from planner import checks
from planner.clock import monday
from planner.exchange.sheets import NoValue
from planner.exchange.values import Wrong, as_day, as_number, as_text
from planner.verdict import Message, Problem

Choice = TypeVar("Choice", bound=enum.StrEnum)

LONGEST_SHOWN: Final = 60
MOST_FAULTS: Final = 500
MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
YES: Final = frozenset({"yes", "y", "true", "1", "tak", "ano", "ja"})
NO: Final = frozenset({"no", "n", "false", "0", "nie", "ne", "nei"})
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an imported file; `row` is the line's number there, None for the whole file."""

    row: int | None
    column: str
    value: str
    code: str
    reason: Message
    remedy: Message


@dataclass
class Faults:
    """All that is wrong so far."""

    found: list[Fault] = field(default_factory=list)
    places: set[tuple[int | None, str]] = field(default_factory=set)

    def add(self, place: tuple[int | None, str], value: object, wrong: Wrong) -> None:
        """Note one thing about a row and column; what is noted first stays, the rest follows from it."""
        if place in self.places:
            return
        self.places.add(place)
        shown = str(value.text if isinstance(value, NoValue) else "" if value is None else value)
        if len(shown) > LONGEST_SHOWN:
            shown = shown[: LONGEST_SHOWN - 1] + "…"
        reason, remedy = Message(wrong.reason, wrong.params), Message(wrong.remedy, wrong.params)
        self.found.append(Fault(*place, shown, wrong.code, reason, remedy))

    def sorted(self) -> list[Fault]:
        """In the order of the file."""
        return sorted(self.found, key=lambda each: (each.row or 0, each.column))


class Line:
    """One line of the table; readers give None for what is empty or wrong, and note the latter."""

    def __init__(self, faults: Faults, row: int, cells: Mapping[str, Any]) -> None:
        self.faults = faults
        self.row = row
        self.cells = cells
        self.good = True

    def wrong(self, column: str, code: str, reason: str, remedy: str, /, **params: Any) -> None:
        """Note a fault of one cell of this line."""
        self.good = False
        wrong = Wrong(code, reason, remedy, **params)
        self.faults.add((self.row, column), self.cells.get(column, ""), wrong)

    def problem(self, column: str, problem: Problem) -> None:
        """Note what a check found."""
        params = {**problem.reason.params, **problem.remedy.params}
        self.wrong(column, problem.code, problem.reason.text, problem.remedy.text, **params)

    def _given(self, column: str, *, required: bool) -> Any:
        """The cell, tidied; None when it is empty or holds no value."""
        cell = self.cells.get(column)
        if isinstance(cell, NoValue):
            if cell.formula:
                reason = "The cell holds a formula, not a value."
                self.wrong(column, "E_CELL_FORMULA", reason, "Paste the table as values only.")
            else:
                reason = "The cell holds the error %(error)s."
                remedy = "Put a value there or empty it."
                self.wrong(column, "E_CELL_ERROR", reason, remedy, error=cell.text)
            return None
        if isinstance(cell, str):
            cell = checks.tidy(cell)
            if cell.startswith("="):
                reason = "The cell holds a formula, not a value."
                self.wrong(column, "E_CELL_FORMULA", reason, "Paste the table as values only.")
                return None
        if cell in ("", None):
            if required:
                self.wrong(column, "E_MISSING", "This is missing.", "Fill it in.")
            return None
        return cell

    def _note(self, column: str, wrong: Wrong) -> None:
        self.wrong(column, wrong.code, wrong.reason, wrong.remedy, **wrong.params)

    def text(self, column: str, longest: int, *, required: bool = False, name: bool = False) -> str:
        """Words; a `name` may not begin like a formula, as it stands in lists that people open elsewhere."""
        cell = self._given(column, required=required)
        if cell is None:
            return ""
        value = as_text(cell)
        if value.startswith("'") and value[1:2] in FORMULA_SIGNS:
            value = value[1:]
        problems = checks.text(column, value, longest)
        if problems:
            self.problem(column, problems[0])
            return ""
        if name and value.startswith(FORMULA_SIGNS):
            reason = "A name may not begin with “%(sign)s”: other programs would take it for a formula."
            self.wrong(column, "E_TEXT_FORMULA", reason, "Begin it with a letter.", sign=value[0])
            return ""
        return value

    def code(self, column: str, longest: int = 40, *, required: bool = True) -> str:
        """A code: letters, digits and a few signs."""
        value = self.text(column, longest, required=required)
        if value and not re.fullmatch(r"[\w.:\-/]+", value):
            reason = "A code holds letters, digits, dots, colons, hyphens and slashes only."
            self.wrong(column, "E_CODE", reason, "Leave out spaces and other signs.")
            return ""
        return value

    def country(self, column: str) -> str:
        """Two letters, in capitals."""
        value = self.text(column, 40, required=True).upper()
        if value and not (len(value) == 2 and value.isascii() and value.isalpha()):
            self.wrong(column, "E_COUNTRY", "A country has two letters.", "Write it such as NO.")
            return ""
        return value

    def number(self, column: str, *, required: bool = False) -> Decimal | None:
        """A number as people write it."""
        cell = self._given(column, required=required)
        if cell is None:
            return None
        try:
            return as_number(cell)
        except Wrong as wrong:
            self._note(column, wrong)
            return None

    def scaled(self, column: str, scale: int, low: int, high: int, *, required: bool = False) -> int | None:
        """A number times `scale`, which must come out whole and lie between `low` and `high`."""
        value = self.number(column, required=required)
        if value is None:
            return None
        exact = value * scale
        if exact % 1:
            reason = "This has more digits after the point than can be kept."
            remedy = "Write it in steps of %(step)s."
            step = Decimal(1) / scale
            self.wrong(column, "E_NUMBER_STEP", reason, remedy, step=str(step))
            return None
        if not low <= exact <= high:
            reason = "This is out of range."
            remedy = "Write a number from %(low)s to %(high)s."
            least, most = Decimal(low) / scale, Decimal(high) / scale
            self.wrong(column, "E_NUMBER_RANGE", reason, remedy, low=f"{least:f}", high=f"{most:f}")
            return None
        return int(exact)

    def whole(self, column: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number."""
        return self.scaled(column, 1, low, high, required=required)

    def hours(self, column: str, low: int, high: int, *, required: bool = False) -> int | None:
        """Hours in quarter-hours."""
        return self.scaled(column, 4, low, high, required=required)

    def money(self, column: str, *, required: bool = False, negative: bool = False) -> int | None:
        """An amount in minor units."""
        low = -checks.MONEY_MAX if negative else 0
        return self.scaled(column, 100, low, checks.MONEY_MAX, required=required)

    def percent(self, column: str, high: int = 100, *, required: bool = False) -> int | None:
        """Per cent as per mille."""
        return self.scaled(column, 10, 0, high * 10, required=required)

    def day(self, column: str, *, required: bool = False) -> date | None:
        """A day."""
        cell = self._given(column, required=required)
        if cell is None:
            return None
        try:
            return as_day(cell)
        except Wrong as wrong:
            self._note(column, wrong)
            return None

    def month(self, column: str, *, required: bool = True) -> str:
        """A month such as "2026-12"; a day of a workbook counts as its month."""
        cell = self._given(column, required=required)
        if cell is None:
            return ""
        if isinstance(cell, date):
            return f"{cell.year:04d}-{cell.month:02d}"
        found = MONTH.fullmatch(as_text(cell))
        if found and int(found[1]) in checks.YEARS and 1 <= int(found[2]) <= 12:
            return found[0]
        reason, remedy = "This is no month.", "Write it as 2026-12."
        self.wrong(column, "E_MONTH", reason, remedy)
        return ""

    def week(self, column: str, *, required: bool = False) -> str | None:
        """An ISO week such as "2027-W01"."""
        cell = self._given(column, required=required)
        if cell is None:
            return None
        value = as_text(cell).upper()
        try:
            monday(value)
        except ValueError:
            self.wrong(column, "E_WEEK", "There is no such week.", "Write an ISO week such as 2027-W01.")
            return None
        return value

    def flag(self, column: str, *, required: bool = False) -> bool:
        """Yes or no; empty means no."""
        cell = self._given(column, required=required)
        if cell is None:
            return False
        value = as_text(cell).casefold()
        if value in YES or value in NO:
            return value in YES
        self.wrong(column, "E_FLAG", "This is neither yes nor no.", "Write yes or no.")
        return False

    def choice(self, column: str, kind: type[Choice], *, required: bool = False) -> Choice | None:
        """One of the values of an enumeration."""
        cell = self._given(column, required=required)
        if cell is None:
            return None
        value = as_text(cell).casefold().replace(" ", "_")
        if value in {each.value for each in kind}:
            return kind(value)
        reason, remedy = "This is none of the words that can stand here.", "Write one of: %(choices)s."
        self.wrong(column, "E_CHOICE", reason, remedy, choices=", ".join(kind))
        return None

    def known(
        self, column: str, index: Mapping[str, str], *, required: bool = False, longest: int = 254
    ) -> str | None:
        """What a name refers to; `index` maps tidied, casefolded names to ids."""
        value = self.text(column, longest, required=required)
        if not value:
            return None
        found = index.get(value.casefold())
        if found is None:
            # Looking for near names takes long, and nobody reads the thousandth fault.
            names = index if len(self.faults.found) < MOST_FAULTS else ()
            self.problem(column, checks.unknown(column, value, names))
        return found


def index_of(pairs: Iterable[Sequence[str]]) -> dict[str, str]:
    """Casefolded names to ids; a name that two things share refers to neither."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, identity in pairs:
        folded = checks.tidy(name).casefold()
        if found.get(folded, identity) != identity:
            twice.add(folded)
        found[folded] = identity
    return {name: identity for name, identity in found.items() if name not in twice}
