"""What is wrong with a problem, as values that a person and a program can use."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

CODES = {
    "E_FILE_READ": "The file cannot be opened or read.",
    "E_FILE_WRITE": "The output file cannot be written.",
    "E_PLAN": "The plan breaks a rule of the problem, or claims what it is not.",
    "E_OPTION": "An option of a command has a value it cannot have.",
    "E_FILE_EMPTY": "The file holds nothing.",
    "E_ENCODING": "The file is not UTF-8 text.",
    "E_JSON": "The text is not JSON.",
    "E_JSON_DEPTH": "Brackets are nested deeper than any row of the format.",
    "E_JSON_DUPLICATE_KEY": "An object has the same key twice.",
    "E_JSON_NUMBER": "NaN, Infinity, or a number with too many digits.",
    "E_FORMAT": "The file is not of the expected format.",
    "E_SHAPE": "A list, object, text, number or truth value stands where another is due.",
    "E_FIELD_UNKNOWN": "An object has a key the format does not know.",
    "E_FIELD_MISSING": "A mandatory key is absent.",
    "E_INTEGER": "A whole number is due; fractions, texts and truth values are refused.",
    "E_TEXT_CHAR": "A text holds a control character or half of a surrogate pair.",
    "E_TEXT_LENGTH": "A text is empty or too long.",
    "E_ID": "An id has characters other than letters, digits, '.', '_', '-', or is too long.",
    "E_WEEK": "A week label is no ISO week, or labels do not rise.",
    "E_CURRENCY": "The currency is not a three-letter code.",
    "E_FRACTION": "The fraction of a level is not a decimal number in quotes.",
    "E_DUPLICATE": "The same id or row stands twice.",
    "E_REFERENCE": "A row names an id that is not in the problem.",
    "E_RANGE": "A number is outside its range.",
    "E_LENGTH": "A list has another length than the list it belongs to.",
    "E_EMPTY": "A list that needs at least one entry has none.",
    "E_WINDOW": "The last week of a line is before its first.",
    "E_HOURS_FALLING": "A higher level takes fewer hours than a lower one.",
    "E_HOURS_ZERO": "A candidate's hours are zero at a level where the line's are not, or the reverse.",
    "E_VALUES_RISING": "value_by_end does not go forward in weeks and down in value.",
    "E_WEEKLY": "weekly_min is above weekly_max.",
    "E_CANDIDATES_TEAM": "A line with candidates may be shared by more than one person.",
    "E_PRICE_ODD": "The price of a withdrawn quarter-hour is not even.",
    "E_CYCLE": "Lines wait for each other in a circle.",
    "E_LINE_SHARED": "A line is in the options of two requests.",
    "E_LINE_UNUSED": "A line is in no option of any request.",
    "E_LOCK_FIELDS": "A lock has not exactly the keys of its kind.",
    "E_FLOOR_SCOPE": "A floor must name either a KAM or a purpose.",
    "E_SCALE": "The absolute values of the problem sum to more than the engine can add exactly.",
}
"""Every error code and what it means; the codes are stable."""


@dataclass(frozen=True, slots=True)
class ProblemError:
    """One thing that is wrong.

    Attributes:
        code: One of `CODES`; never changes its meaning.
        where: Path of the place, ids instead of positions where a row has one: "lines/r1.arch/hours".
        message: What is wrong, naming the object and both sides of a mismatch.
        remedy: What to do about it.
    """

    code: str
    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """One line for a terminal."""
        place = f"{self.where}: " if self.where else ""
        return f"{self.code} {place}{self.message} {self.remedy}"


class ProblemErrors(ValueError):  # noqa: N818 - the plural is the point: all errors of a file at once.
    """Everything that is wrong with a problem or a file; never empty."""

    def __init__(self, errors: Sequence[ProblemError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = tuple(errors)


@dataclass(slots=True)
class Faults:
    """Collects errors, so that all of them are told at once."""

    errors: list[ProblemError] = field(default_factory=list)

    def add(self, code: str, where: str, message: str, remedy: str) -> None:
        """Note one error."""
        self.errors.append(ProblemError(code, where, message, remedy))

    def whole(self, value: object, where: str, what: str, low: int, high: int) -> bool:
        """Whether `value` is a whole number from `low` to `high`; notes an error when not."""
        if type(value) is not int:
            self.add("E_INTEGER", where, f"{what} is {show(value)}.", "Use a whole number.")
            return False
        if not low <= value <= high:
            self.add("E_RANGE", where, f"{what} is {show(value)}.", f"Use {low:,} to {high:,}.")
            return False
        return True

    def known(self, name: str, ids: Collection[str], where: str, what: str, kind: str) -> bool:
        """Whether `name` is among `ids`; notes an error naming both sides when not."""
        if name in ids:
            return True
        close = get_close_matches(str(name), list(ids), n=1) if len(ids) <= 5_000 else []
        hint = f" Did you mean {close[0]}?" if close else ""
        self.add(
            "E_REFERENCE",
            where,
            f"{what} names {kind} {show(name)}, but the problem has no {kind} of this id.",
            f"Correct the id or add the {kind}.{hint}",
        )
        return False

    def length(self, entries: Sequence[object], due: int, where: str, what: str, per: str) -> bool:
        """Whether `entries` has `due` entries; notes an error when not."""
        if len(entries) == due:
            return True
        self.add(
            "E_LENGTH", where, f"{what} has {len(entries)} entries for {due} {per}.", f"Give {due} entries."
        )
        return False


def show(value: object) -> str:
    """A value shortened and escaped for a message."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**30:
        return "a number of more than 30 digits"
    text = ascii(value) if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
