"""Reads CSV whatever program wrote it: UTF-8 or UTF-16, comma, semicolon or tab; never guesses letters."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Final

from planner.exchange.sheets import Sheet, a_sheet, bad_file

SEPARATORS: Final = {";": "semicolon", ",": "comma", "\t": "tab"}
ENCODINGS: Final = {"cp1250": "Windows-1250", "iso8859-2": "ISO 8859-2", "cp1252": "Windows-1252"}
"""Encodings that may be chosen by hand."""

LONGEST_FIELD: Final = 20_000
POLISH_OR_CZECH: Final = frozenset("ąćęłńóśźżáčďéěíňřšťúůýž")


def read_csv(content: bytes, encoding: str | None = None) -> Sheet:
    """The table in a CSV file.

    Raises:
        Refused: E_ENCODING, E_CSV_* or what `a_sheet` refuses.
    """
    text, name = _text(content, encoding)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        reason = "Line %(line)s holds a zero character, which no text has."
        raise bad_file("E_CSV_NUL", reason, "Save the file again as CSV.", line=line)
    separator = _separator(text)
    lines: list[tuple[int, list[str]]] = []
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_FIELD * 50))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    first = 1
    try:
        for cells in reader:
            if any(len(cell) > LONGEST_FIELD for cell in cells):
                reason = "A cell in the row that starts in line %(line)s is far too long."
                remedy = "Look for a double quote that is not closed there."
                raise bad_file("E_CSV_FIELD", reason, remedy, line=first)
            lines.append((first, cells))
            first = reader.line_num + 1
    except csv.Error:
        reason = "A double quote that opens in line %(line)s is not closed where it should be."
        remedy = "Close it, or double it when it belongs to the text."
        raise bad_file("E_CSV_QUOTE", reason, remedy, line=first) from None
    return a_sheet(lines, "csv", {"encoding": name, "separator": SEPARATORS[separator]})


def _text(content: bytes, encoding: str | None) -> tuple[str, str]:
    """The letters of the file, and the name of their encoding."""
    if encoding is not None:
        if encoding not in ENCODINGS:
            reason, remedy = "This encoding is not known.", "Choose one from the list, or save as UTF-8."
            raise bad_file("E_ENCODING", reason, remedy)
        try:
            return content.decode(encoding), ENCODINGS[encoding]
        except UnicodeDecodeError as error:
            raise _not_in(content, error, ENCODINGS[encoding]) from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise _not_in(content, error, "UTF-16") from None
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise bad_file(
            "E_ENCODING",
            "Line %(line)s is not UTF-8; it looks like %(guess)s.",
            "Save the file as CSV UTF-8, or choose the encoding when you send it.",
            line=line,
            guess=_guess(content),
        ) from None


def _not_in(content: bytes, error: UnicodeDecodeError, name: str) -> Exception:
    line = content[: error.start].count(b"\n") + 1
    reason = "Line %(line)s is not %(name)s."
    return bad_file("E_ENCODING", reason, "Save the file as CSV UTF-8.", line=line, name=name)


def _guess(content: bytes) -> str:
    """The encoding under which most letters are Polish or Czech: a word of help, nothing is read so."""

    def known(encoding: str) -> int:
        return sum(letter.lower() in POLISH_OR_CZECH for letter in content.decode(encoding, "replace"))

    return ENCODINGS[max(ENCODINGS, key=known)]


def _separator(text: str) -> str:
    """What parts the names of the columns: the sign that stands most often in the first full line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "|" in first and not any(sign in first for sign in SEPARATORS):
        reason, remedy = "The columns are parted by upright bars.", "Part them by commas, semicolons or tabs."
        raise bad_file("E_CSV_SEPARATOR", reason, remedy)
    return max(SEPARATORS, key=first.count)
