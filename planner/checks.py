"""Is a typed value well formed? Each check gives the problems it finds; none means well formed.

`where` is the path of the value, such as "lines/0/quarter_hours".
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from planner.clock import monday
from planner.verdict import Denied, Kind, Message, Problem, Refused

MAX_MARKS = 8
"""Accents on one letter; real writing systems need fewer."""

MONEY_MAX = 10**11
"""Largest amount in minor units, a thousand million whole ones, wherever money is typed or loaded.

Ten thousand of them sum to 10^15, the largest total that the engine takes and that JSON keeps exactly.
"""

YEARS = range(2000, 2101)

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the reading direction and can disguise a text."""

WEEK_PATTERN = re.compile(r"[0-9]{4}-W[0-9]{2}")
MONTH_PATTERN = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


def problem(where: str, code: str, reason: str, remedy: str, **params: Any) -> Problem:
    """A Problem whose two texts share their params."""
    return Problem(where, code, Message(reason, params), Message(remedy, params))


def invalid(problems: Iterable[Problem]) -> Refused:
    """The refusal that carries all problems of a form at once."""
    return Refused(
        Denied(
            Kind.INVALID,
            "E_INVALID",
            Message("Some values cannot be accepted."),
            Message("Correct the marked fields; nothing was stored."),
            tuple(problems),
        )
    )


def require_well_formed(problems: Sequence[Problem]) -> None:
    """Go on when there are no problems.

    Raises:
        Refused: E_INVALID with all of them.
    """
    if problems:
        raise invalid(problems)


def tidy(text: str) -> str:
    """A text as it is stored: line ends as newlines, composed characters, no space around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _bad_character(text: str, *, lines: bool) -> int | None:
    """Position of the first character that no text may hold; None when there is none."""
    marks = 0
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        control = category == "Cc" and not (lines and character in "\n\t")
        if control or category in {"Cs", "Zl", "Zp"} or marks > MAX_MARKS:
            return position
    return None


def text(
    where: str, value: object, longest: int, *, required: bool = False, lines: bool = False
) -> list[Problem]:
    """A text of at most `longest` characters; `lines` allows several lines."""
    if not isinstance(value, str):
        return [problem(where, "E_TEXT", "This is not a text.", "Type a text.")]
    try:
        value.encode()
    except UnicodeEncodeError as bad:
        return [_character(where, bad.start)]
    value = tidy(value)
    if value:
        return _content(where, value, longest, lines=lines)
    return [problem(where, "E_TEXT_BLANK", "This is empty.", "Type something.")] if required else []


def _content(where: str, value: str, longest: int, *, lines: bool) -> list[Problem]:
    """What is wrong with a text that is not blank."""
    if len(value) > longest:
        reason = "This is %(length)d characters long; at most %(longest)d are kept."
        return [problem(where, "E_TEXT_LENGTH", reason, "Shorten it.", length=len(value), longest=longest)]
    position = _bad_character(value, lines=lines)
    if position is not None:
        return [_character(where, position)]
    if not BIDI.isdisjoint(value) or not any(_visible(c) for c in value):
        reason = "This holds characters that cannot be seen or that turn the reading direction."
        return [problem(where, "E_TEXT_INVISIBLE", reason, "Type it by hand instead of pasting it.")]
    return []


def _character(where: str, position: int) -> Problem:
    reason = "The character at position %(position)d cannot be stored."
    return problem(where, "E_TEXT_CHAR", reason, "Remove it.", position=position + 1)


def _visible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in {"Cf", "Mn", "Me"}


def whole(where: str, value: object, low: int, high: int, *, code: str = "E_NUMBER_RANGE") -> list[Problem]:
    """A whole number from `low` to `high`; True, 2.0 and "2" are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        return [problem(where, "E_INTEGER", "This is not a whole number.", "Type a whole number.")]
    if low <= value <= high:
        return []
    reason = "This is out of range."
    remedy = "Type a number from %(low)s to %(high)s."
    return [problem(where, code, reason, remedy, low=low, high=high)]


def money(where: str, value: object, *, negative: bool = False) -> list[Problem]:
    """An amount in minor units."""
    return whole(where, value, -MONEY_MAX if negative else 0, MONEY_MAX, code="E_MONEY_RANGE")


def choice(where: str, value: object, kind: type[enum.StrEnum]) -> list[Problem]:
    """One of the values of an enumeration."""
    options = [member.value for member in kind]
    if value in options:
        return []
    remedy = "Choose one of: %(options)s."
    return [problem(where, "E_CHOICE", "This is not one of the choices.", remedy, options=", ".join(options))]


def week(where: str, value: object) -> list[Problem]:
    """An ISO week that exists, from 2000 to 2100."""
    if not isinstance(value, str) or not WEEK_PATTERN.fullmatch(value) or int(value[:4]) not in YEARS:
        return [problem(where, "E_WEEK", "This is not a week.", "Write it like 2027-W01.")]
    try:
        monday(value)
    except ValueError:
        year, number = int(value[:4]), int(value[6:])
        reason = "%(year)d has no week %(number)d."
        return [problem(where, "E_WEEK", reason, "Choose another week.", year=year, number=number)]
    return []


def month(where: str, value: object) -> list[Problem]:
    """A month from 2000 to 2100, such as "2026-12"."""
    good = isinstance(value, str) and MONTH_PATTERN.fullmatch(value) and int(value[:4]) in YEARS
    return [] if good else [problem(where, "E_MONTH", "This is no month.", "Write it as 2026-12.")]


def identifier(where: str, value: object) -> list[Problem]:
    """A UUID in its usual spelling, as `new_id` makes them."""
    try:
        good = isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        good = False
    return [] if good else [problem(where, "E_ID", "This is not an id.", "Leave it out to get one.")]


def missing(where: str, reason: str, remedy: str) -> Problem:
    """A mandatory value is not there."""
    return problem(where, "E_REQUIRED", reason, remedy)


def unknown(where: str, value: str, names: Iterable[str]) -> Problem:
    """A name that refers to nothing, with the nearest three that exist."""
    by_fold = {name.casefold(): name for name in names}
    near = [by_fold[n] for n in get_close_matches(value[:100].casefold(), by_fold, n=3, cutoff=0.3)]
    remedy = "Nearest names: %(near)s." if near else "Choose one from the list."
    shown = value[:60]
    return problem(
        where, "E_REF_UNKNOWN", "“%(value)s” is not known here.", remedy, value=shown, near=", ".join(near)
    )
