"""JSON that is taken at its word: no duplicate keys, no NaN, no guessing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from solver.validate.errors import ProblemError, ProblemErrors, show

if TYPE_CHECKING:
    from solver.validate.errors import Faults

REPORTED = object()
"""Stands for a value whose error is already told."""


def parse(source: str | bytes, faults: Faults) -> object:
    """The JSON value in `source`.

    Duplicate keys and NaN are noted in `faults` and reading goes on.

    Raises:
        ProblemErrors: When nothing can be read at all: empty, not UTF-8, not JSON, nested too deeply.
    """
    text = _decode(source) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    if not text.strip():
        raise _fatal("E_FILE_EMPTY", "The file is empty.", "Give a file with a JSON object.")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        read = dict(pairs)
        if len(read) < len(pairs):
            _note_duplicates(pairs, faults)
        return read

    def no_constant(name: str) -> object:
        faults.add(
            "E_JSON_NUMBER", "", f"The file holds {name}, which is no number.", "Use a whole number or null."
        )
        return REPORTED

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _fatal(
            "E_JSON", f"The text is not JSON at {place}: {error.msg}.", "Correct it there."
        ) from None
    except RecursionError:
        raise _fatal(
            "E_JSON_DEPTH", "Brackets are nested too deeply.", "No row needs more than 7 levels."
        ) from None
    except ValueError:
        raise _fatal(
            "E_JSON_NUMBER", "A number has thousands of digits.", "Use numbers below 10^18."
        ) from None


def _decode(source: bytes) -> str:
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} of the file is not UTF-8 text."
        raise _fatal("E_ENCODING", message, "Save the file as UTF-8 text.") from None
    if "\0" in text:
        raise _fatal(
            "E_ENCODING", "The file holds zero bytes; it is not text.", "Save the file as UTF-8 text."
        )
    return text


def _note_duplicates(pairs: list[tuple[str, object]], faults: Faults) -> None:
    seen: set[str] = set()
    name = next((f" of the object with id {show(value)}" for key, value in pairs if key == "id"), "")
    for key, _ in pairs:
        if key in seen:
            message = f"The key {show(key)}{name} stands twice in one object."
            faults.add("E_JSON_DUPLICATE_KEY", "", message, "Keep one of them.")
        seen.add(key)


def _fatal(code: str, message: str, remedy: str) -> ProblemErrors:
    return ProblemErrors([ProblemError(code, "", message, remedy)])
