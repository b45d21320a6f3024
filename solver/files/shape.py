"""Readers of parsed JSON: each takes a value and where it stands, and gives what it should be or BAD.

A reader notes its own error, so that reading can go on and tell every error of a file at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.files.strict_json import REPORTED
from solver.validate.errors import show

if TYPE_CHECKING:
    from solver.validate.errors import Faults

BAD: Any = object()
"""What a reader gives when the value cannot be used; its error is already noted."""

REQUIRED: Any = object()

Reader = Callable[[object, str, "Faults"], Any]


def text(value: object, where: str, faults: Faults) -> Any:
    """A string."""
    return _typed(value, str, "a text in quotes", where, faults)


def mapping(value: object, where: str, faults: Faults) -> Any:
    """An object, whatever its keys."""
    return _typed(value, dict, "an object", where, faults)


def boolean(value: object, where: str, faults: Faults) -> Any:
    """True or false."""
    return _typed(value, bool, "true or false", where, faults)


def whole(value: object, where: str, faults: Faults) -> Any:
    """A whole number; 1.0, true and "1" are refused."""
    if type(value) is int or value is REPORTED:
        return BAD if value is REPORTED else value
    faults.add(
        "E_INTEGER", where, f"Here stands {show(value)}.", "Use a whole number without quotes or point."
    )
    return BAD


def number(value: object, where: str, faults: Faults) -> Any:
    """A whole number or a fraction."""
    return value if type(value) is float else whole(value, where, faults)


def maybe(read: Reader) -> Reader:
    """What `read` reads, or None for null."""
    return lambda value, where, faults: None if value is None else read(value, where, faults)


def many(read: Reader) -> Reader:
    """A list of what `read` reads, as a tuple; BAD when one entry is."""

    def reader(value: object, where: str, faults: Faults) -> Any:
        entries = _typed(value, list, "a list", where, faults)
        if entries is BAD:
            return BAD
        read_entries = tuple(read(entry, f"{where}/{index}", faults) for index, entry in enumerate(entries))
        return BAD if BAD in read_entries else read_entries

    return reader


def pair(first: Reader, second: Reader) -> Reader:
    """A list of exactly two entries, as a tuple."""

    def reader(value: object, where: str, faults: Faults) -> Any:
        entries = _typed(value, list, "a list of two entries", where, faults)
        if entries is not BAD and len(entries) != 2:
            faults.add("E_SHAPE", where, f"Here stand {len(entries)} entries.", "Use a list of two entries.")
        if entries is BAD or len(entries) != 2:
            return BAD
        both = first(entries[0], where, faults), second(entries[1], where, faults)
        return BAD if BAD in both else both

    return reader


def levels(value: object, where: str, faults: Faults) -> Any:
    """An object of whole numbers by skill."""
    entries = _typed(value, dict, 'an object such as {"legal": 3}', where, faults)
    if entries is BAD:
        return BAD
    read = {key: whole(level, f"{where}/{key}", faults) for key, level in entries.items()}
    return BAD if BAD in read.values() else read


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object: how it is read, what stands for it when absent, and its name in Python."""

    read: Reader
    default: Any = REQUIRED


def record(fields: Mapping[str, Field], make: Callable[..., Any]) -> Reader:
    """An object with exactly these keys, given to `make` by name; BAD when a key is wrong or missing."""

    def reader(value: object, where: str, faults: Faults) -> Any:
        read = keys(fields, value, where, faults)
        return BAD if read is BAD or any(v is BAD for v in read.values()) else make(**read)

    return reader


def keys(fields: Mapping[str, Field], value: object, where: str, faults: Faults) -> Any:
    """What stands under each key of an object, BAD where it cannot be used; BAD when it is no object.

    An unknown key is noted and otherwise passed over, so that the rest of the object is still checked.
    """
    entries = _typed(value, dict, "an object", where, faults)
    if entries is BAD:
        return BAD
    place = f"{where}/" if where else ""
    for key in [key for key in entries if key not in fields]:
        message, known = f"The key {show(key)} is unknown.", ", ".join(fields)
        faults.add(
            "E_FIELD_UNKNOWN", f"{place}{key}", message, f"Remove it; the keys known here are {known}."
        )
    return {key: _entry(field, key, entries, place, faults) for key, field in fields.items()}


def _entry(field: Field, key: str, entries: Mapping[str, object], place: str, faults: Faults) -> Any:
    if key in entries:
        return field.read(entries[key], f"{place}{key}", faults)
    if field.default is REQUIRED:
        faults.add("E_FIELD_MISSING", f"{place}{key}", f"The key {show(key)} is missing.", "Add it.")
        return BAD
    return field.default


def _typed(value: object, kind: type, due: str, where: str, faults: Faults) -> Any:
    if isinstance(value, kind):
        return value
    if value is not REPORTED:
        faults.add("E_SHAPE", where, f"Here stands {show(value)}.", f"Use {due}.")
    return BAD
