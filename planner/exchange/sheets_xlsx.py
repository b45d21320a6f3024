"""Reads Excel workbooks with care: sizes are checked before anything is unpacked, formulas are marked."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from planner.exchange.sheets import MOST_COLUMNS, MOST_ROWS, NoValue, Sheet, a_sheet, bad_file

MOST_UNPACKED: Final = 50 * 1024 * 1024
MOST_PARTS: Final = 1_000
MOST_RATIO: Final = 100
SMALL: Final = 1024 * 1024
"""A part under this size may be packed as tightly as it likes."""

CHUNK: Final = 1024 * 1024
BOOK: Final = "xl/workbook.xml"
SHEET: Final = re.compile(r"<sheet [^>]*>")
RELATION: Final = re.compile(r"<Relationship [^>]*>")
ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"]*)"')
FORMULA: Final = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*><f[ >/]')
MERGED: Final = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
MACROS: Final = "vbaProject.bin"


@dataclass(frozen=True, slots=True)
class Marks:
    """What only the archive tells of a sheet: cells that hold formulas, and ranges merged into one cell."""

    formulas: frozenset[str] = frozenset()
    merged: tuple[str, ...] = ()


def read_workbook(content: bytes) -> Sheet:
    """The table on the one filled and visible sheet of a workbook.

    Raises:
        Refused: E_FILE_ARCHIVE, E_FILE_UNPACKED, E_FILE_MACRO, E_FILE_TYPE, E_FILE_ENCRYPTED, E_SHEET_CHOOSE,
            E_CELL_MERGED or what `a_sheet` refuses.
    """
    marks = _inspect(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        filled = [name for name in visible if book.get_sheet_by_name(name).total_height > 0]
        if len(filled) > 1:
            raise bad_file(
                "E_SHEET_CHOOSE",
                "The workbook has %(count)s filled sheets: %(names)s.",
                "Keep one of them, or send each as a file of its own.",
                count=len(filled),
                names=", ".join(filled[:5]),
            )
        lines = _lines(book, filled[0], marks.get(filled[0], Marks())) if filled else []
    except PasswordError:
        reason, remedy = "The workbook has a password.", "Take it off and send it again."
        raise bad_file("E_FILE_ENCRYPTED", reason, remedy) from None
    except (CalamineError, OSError):
        raise _no_workbook() from None
    hidden = len(book.sheets_metadata) - len(visible)
    return a_sheet(lines, "xlsx", {"sheet": filled[0] if filled else "", "hidden_sheets": str(hidden)})


def _lines(book: CalamineWorkbook, name: str, marks: Marks) -> list[tuple[int, list[Any]]]:
    if marks.merged:
        raise bad_file(
            "E_CELL_MERGED",
            "Cells are merged (%(cells)s), so it is not known which rows their value is meant for.",
            "Take them apart and write the value into each cell.",
            cells=", ".join(marks.merged[:5]),
        )
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > MOST_ROWS * 5 or sheet.total_width > MOST_COLUMNS * 5:
        reason, remedy = "The table is far too large.", "Delete what stands beside and beneath the table."
        raise bad_file("E_FILE_ROWS", reason, remedy)
    return [
        (
            number,
            [_cell(cell, f"{_letters(index)}{number}", marks.formulas) for index, cell in enumerate(cells)],
        )
        for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1)
    ]


def _cell(cell: Any, name: str, formulas: frozenset[str]) -> Any:
    if isinstance(cell, str) and cell in ERRORS:
        return NoValue(cell, formula=False)
    return NoValue(str(cell), formula=True) if name in formulas else cell


def _no_workbook() -> Exception:
    return bad_file(
        "E_FILE_TYPE",
        "This is no table (found: %(found)s).",
        "Send an Excel workbook (.xlsx) or CSV.",
        found="ZIP",
    )


def _too_much(size: int) -> Exception:
    return bad_file(
        "E_FILE_UNPACKED",
        "The workbook unpacks to %(size)s MB or more; %(most)s MB can be taken.",
        "Save only the table, without pictures and empty formatted rows.",
        size=size // 1024**2,
        most=MOST_UNPACKED // 1024**2,
    )


def _inspect(content: bytes) -> dict[str, Marks]:
    """What the archive tells of each sheet, after checking that it is what a workbook is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _marks(archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, OSError):
        reason, remedy = "The workbook is damaged.", "Save it again and send that file."
        raise bad_file("E_FILE_ARCHIVE", reason, remedy) from None


def _marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Marks by sheet; the directory may lie about sizes, so each part is also counted while unpacked."""
    parts = archive.infolist()
    _check_directory(parts)
    names, found, left = _sheet_names(archive), {}, MOST_UNPACKED
    for part in parts:
        body = _unpacked(archive, part, left)
        left -= len(body)
        if part.filename in names:
            formulas = frozenset(cell.decode() for cell in FORMULA.findall(body))
            merged = tuple(cells.decode() for cells in MERGED.findall(body))
            found[names[part.filename]] = Marks(formulas, merged)
    return found


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name of each sheet by the part of the archive that holds it."""
    parts = {part.filename: part for part in archive.infolist()}
    texts = [
        _unpacked(archive, parts[name], SMALL).decode() if name in parts else ""
        for name in (BOOK, "xl/_rels/workbook.xml.rels")
    ]
    targets = {}
    for tag in RELATION.findall(texts[1]):
        values = dict(ATTRIBUTE.findall(tag))
        targets[values.get("Id", "")] = values.get("Target", "").removeprefix("/xl/")
    names = {}
    for tag in SHEET.findall(texts[0]):
        values = dict(ATTRIBUTE.findall(tag))
        names["xl/" + targets.get(values.get("r:id", ""), "")] = html.unescape(values.get("name", ""))
    return names


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    strange = any(".." in name or name.startswith("/") or "\\" in name for name in names)
    if len(parts) > MOST_PARTS or strange or len(set(names)) != len(names):
        reason, remedy = "The archive is not laid out as a workbook.", "Save the table with Excel again."
        raise bad_file("E_FILE_ARCHIVE", reason, remedy)
    if any(name.endswith(MACROS) for name in names):
        reason, remedy = "The workbook holds macros.", "Save it as .xlsx, which has none."
        raise bad_file("E_FILE_MACRO", reason, remedy)
    if BOOK not in names:
        raise _no_workbook()
    total = sum(part.file_size for part in parts)
    if total > MOST_UNPACKED:
        raise _too_much(total)
    for part in parts:
        if part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise _too_much(part.file_size)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > most:
                raise _too_much(MOST_UNPACKED)
            pieces.append(piece)
    return b"".join(pieces)


def _letters(index: int) -> str:
    """The name of a column from its index: A, B, ... Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
