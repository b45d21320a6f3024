"""From what stands in a cell to a number or a day.

Numbers may have a decimal point or comma, days come as 2027-01-04 or 4.1.2027. What could mean two things is
refused, never guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from planner import checks

SPACES: Final = str.maketrans("", "", " \u00a0\u202f'\u2019")
PLAIN: Final = re.compile(r"-?[0-9]{1,15}")
DECIMAL: Final = re.compile(r"-?[0-9]{1,15}[.,][0-9]{1,6}")
GROUPED: Final = re.compile(
    r"-?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?|-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?"
)
THREE_AFTER: Final = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
UNIT: Final = re.compile(r"(-?[0-9]+(?:[.,][0-9]+)?)\s*(?:h|hours?|godz\.?|hod\.?|timer?|%|EUR|€)")
ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
DOTTED_DAY: Final = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
SLASHED_DAY: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
SERIAL: Final = re.compile(r"[0-9]{5}(?:\.0+)?")
EXCEL_EPOCH: Final = date(1899, 12, 30).toordinal()


class Wrong(Exception):  # noqa: N818 - a finding, not an error of the program
    """A cell that cannot be read: code, reason, remedy and their params."""

    def __init__(self, code: str, reason: str, remedy: str, /, **params: Any) -> None:
        super().__init__(code)
        self.code, self.reason, self.remedy, self.params = code, reason, remedy, params


def as_text(cell: Any) -> str:
    """A cell's words, as they would stand in CSV."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return checks.tidy(str(cell))


def as_number(cell: Any) -> Decimal:
    """A number as people write it.

    Raises:
        Wrong: it is none, or it could mean two things.
    """
    if isinstance(cell, bool | date):
        raise _no_number()
    if isinstance(cell, int | float):
        return _tidy_float(cell)
    text = as_text(cell).translate(SPACES)
    if THREE_AFTER.fullmatch(text):
        digits = text.replace(",", "").replace(".", "")
        remedy = "Write %(digits)s, or give it two digits after the point."
        raise Wrong("E_NUMBER_AMBIGUOUS", "This can be read in two ways.", remedy, digits=digits)
    if PLAIN.fullmatch(text):
        return Decimal(text)
    if DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if GROUPED.fullmatch(text):
        last = max(text.rfind(","), text.rfind("."))
        both = "," in text and "." in text
        head, tail = (text[:last], text[last + 1 :]) if both else (text, "")
        return Decimal(head.replace(",", "").replace(".", "") + (f".{tail}" if tail else ""))
    found = UNIT.fullmatch(as_text(cell))
    if found:
        raise Wrong(
            "E_UNIT", "The number has a unit.", "Write %(number)s alone.", number=found[1].replace(",", ".")
        )
    raise _no_number()


def _no_number() -> Wrong:
    return Wrong("E_NUMBER", "This is no number.", "Write digits, with a point or comma before the decimals.")


def _tidy_float(value: float) -> Decimal:
    """The decimal number that a workbook meant by a binary one: 0.1 + 0.2 is 0.3."""
    try:
        exact = Decimal(repr(value))
        if not exact.is_finite():
            raise _no_number()
        return exact.quantize(Decimal("0.000001")).normalize() + Decimal(0)
    except InvalidOperation:
        raise _no_number() from None


def as_day(cell: Any) -> date:
    """A day.

    Raises:
        Wrong: it is none, does not exist, is out of range, or could mean two days.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _in_range(cell)
    text = as_text(cell)
    if SERIAL.fullmatch(text):
        meant = date.fromordinal(EXCEL_EPOCH + int(float(text)))
        reason = "This is a spreadsheet's number for a day, perhaps %(day)s."
        raise Wrong("E_DATE_SERIAL", reason, "Format the column as a date.", day=meant.isoformat())
    slashed = SLASHED_DAY.fullmatch(text)
    if slashed:
        first, second = int(slashed[1]), int(slashed[2])
        if first <= 12 and second <= 12 and first != second:
            reason = "This can be two different days."
            raise Wrong("E_DATE_AMBIGUOUS", reason, "Write it as 2027-01-04.")
        day, month = (first, second) if second <= 12 else (second, first)
        return _a_day(int(slashed[3]), month, day, text)
    dotted = DOTTED_DAY.fullmatch(text)
    if dotted:
        return _a_day(int(dotted[3]), int(dotted[2]), int(dotted[1]), text)
    iso = ISO_DAY.fullmatch(text)
    if iso:
        return _a_day(int(iso[1]), int(iso[2]), int(iso[3]), text)
    raise Wrong("E_DATE", "This is no day.", "Write it as 2027-01-04.")


def _a_day(year: int, month: int, day: int, text: str) -> date:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        raise Wrong("E_DATE", "%(day)s does not exist.", "Write it as 2027-01-04.", day=text) from None


def _in_range(day: date) -> date:
    if day.year not in checks.YEARS:
        raise Wrong("E_DATE", "This date is out of range.", "Choose a day from 2000 to 2100.")
    return day
