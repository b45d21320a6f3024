"""A table that somebody handed in: a line of column names and lines of cells, from CSV or from a workbook.

What a file is follows from its first bytes, never from its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from planner.verdict import Denied, Kind, Message, Refused

LARGEST_FILE: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100

ZIP: Final = b"PK\x03\x04"
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS: Final = {b"%PDF": "PDF", b"MZ": "EXE", b"\x89PNG": "PNG", b"\x1f\x8b": "GZIP", b"{\\rtf": "RTF"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a file as they stand there.

    Attributes:
        columns: The names in the first line, as written.
        rows: Each line's number in the file and its cells; texts from CSV, also numbers, days and truth
            values from a workbook. Empty lines are left out, a short line is filled with empty cells.
        kind: "csv" or "xlsx".
        details: What was found out about the file, such as its separator, for the preview.
        long: Lines with more cells than the first line names: their number and how many cells they have.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[int, Sequence[Any]]]
    kind: str
    details: dict[str, str] = field(default_factory=dict)
    long: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell of a workbook that holds no value of its own: a formula, or an error such as #REF!."""

    text: str
    formula: bool


def bad_file(code: str, reason: str, remedy: str, /, **params: Any) -> Refused:
    """The refusal of a file that cannot be read at all."""
    return Refused(Denied(Kind.INVALID, code, Message(reason, params), Message(remedy, params)))


def read_sheet(content: bytes, encoding: str | None = None) -> Sheet:
    """The table in a file.

    Args:
        content: The file.
        encoding: How a CSV file is written when it is not Unicode, such as "cp1250"; None to find out.

    Raises:
        Refused: E_FILE_*, E_ENCODING, E_CSV_* or E_SHEET_CHOOSE; the file cannot be read as a table.
    """
    from planner.exchange.sheets_csv import read_csv
    from planner.exchange.sheets_xlsx import read_workbook

    if len(content) > LARGEST_FILE:
        raise bad_file(
            "E_FILE_SIZE",
            "The file has %(size)s MB; %(most)s MB can be taken.",
            "Split it into several files.",
            size=-(-len(content) // 1024**2),
            most=LARGEST_FILE // 1024**2,
        )
    if content.startswith(ZIP):
        return read_workbook(content)
    _refuse_others(content)
    return read_csv(content, encoding)


def _refuse_others(content: bytes) -> None:
    if content.startswith(OLD_OFFICE):
        raise bad_file(
            "E_FILE_XLS",
            "This is an old Excel file, or one with a password.",
            "Open it, take the password off, and save it as .xlsx or CSV.",
        )
    for mark, name in OTHERS.items():
        if content.startswith(mark):
            raise bad_file(
                "E_FILE_TYPE",
                "This is no table (found: %(found)s).",
                "Send an Excel workbook (.xlsx) or CSV.",
                found=name,
            )
    if content.lstrip()[:1] == b"<":
        raise bad_file(
            "E_FILE_TYPE",
            "This is no table (found: %(found)s).",
            "Send an Excel workbook (.xlsx) or CSV.",
            found="HTML",
        )


def a_sheet(lines: Sequence[tuple[int, Sequence[Any]]], kind: str, details: dict[str, str]) -> Sheet:
    """The table in numbered lines of which the first not empty one names the columns.

    Raises:
        Refused: E_FILE_EMPTY, E_FILE_ROWS or E_FILE_COLUMNS.
    """
    full = [(number, cells) for number, cells in lines if any(cell not in ("", None) for cell in cells)]
    if len(full) < 2:
        reason, remedy = "The file has no data rows.", "Fill in the template and send it again."
        raise bad_file("E_FILE_EMPTY", reason, remedy)
    if len(full) - 1 > MOST_ROWS:
        reason, remedy = "The file has %(count)s rows; %(most)s can be taken.", "Split it into several files."
        raise bad_file("E_FILE_ROWS", reason, remedy, count=len(full) - 1, most=MOST_ROWS)
    columns = [str(cell).strip() for cell in full[0][1]]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        reason = "The file has %(count)s columns; %(most)s can be taken."
        raise bad_file(
            "E_FILE_COLUMNS", reason, "Start from the template.", count=len(columns), most=MOST_COLUMNS
        )
    rows, long = [], []
    for number, cells in full[1:]:
        if any(cell not in ("", None) for cell in cells[len(columns) :]):
            long.append((number, len(cells)))
        rows.append((number, (*cells[: len(columns)], *("",) * (len(columns) - len(cells)))))
    return Sheet(columns, rows, kind, details, long)
