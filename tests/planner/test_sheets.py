"""Reading files that people send: what they are follows from their bytes, and nothing is guessed."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from importing import workbook_of

from planner.exchange.exports import as_csv, as_workbook
from planner.exchange.sheets import read_sheet
from planner.exchange.values import Wrong, as_day, as_number
from planner.verdict import Refused

ROWS = [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


def _code(content: bytes, encoding: str | None = None) -> str:
    with pytest.raises(Refused) as caught:
        read_sheet(content, encoding)
    return caught.value.denied.code


def _archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_FILE_EMPTY"),
        (b"a,b\n", "E_FILE_EMPTY"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "E_FILE_XLS"),
        (b"%PDF-1.7", "E_FILE_TYPE"),
        (b"<!doctype html><table>", "E_FILE_TYPE"),
        (b"PK\x03\x04 not an archive", "E_FILE_ARCHIVE"),
        (_archive({"readme.txt": b"hello"}), "E_FILE_TYPE"),
        (_archive({"xl/workbook.xml": b"", "xl/vbaProject.bin": b""}), "E_FILE_MACRO"),
        (_archive({"xl/workbook.xml": b"", "../evil": b""}), "E_FILE_ARCHIVE"),
        (b"a,b\n1,\x00\n", "E_CSV_NUL"),
        (b'a,b\n1,"x\n2,y\n', "E_CSV_QUOTE"),
        ("a\nŻółć\n".encode("cp1250"), "E_ENCODING"),
        (b"a,b\n1," + b"x" * 1_000_000 + b"\n", "E_CSV_FIELD"),
        (b'"a"|"b"\n"1"|"x"\n', "E_CSV_SEPARATOR"),
        ("a,b\n1,x\n".encode("utf-16-le"), "E_CSV_NUL"),
        (b"a\n" + b"1\n" * 20_001, "E_FILE_ROWS"),
        (b",".join([b"c"] * 101) + b"\n" + b"1\n", "E_FILE_COLUMNS"),
        (b"x" * (10 * 1024 * 1024 + 1), "E_FILE_SIZE"),
    ],
    ids=[
        *("nothing", "only a head", "old workbook", "pdf", "page", "no archive", "other archive", "macros"),
        *(
            "path upwards",
            "null byte",
            "open quote",
            "encoding",
            "a megabyte in a cell",
            "upright bars",
            "no mark of Unicode",
            "too many rows",
            "too many columns",
            "too large",
        ),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, code: str) -> None:
    """Each kind of wrong file has a code of its own."""
    assert _code(content) == code


def test_a_zip_bomb_is_seen_in_the_directory() -> None:
    """60 MB of zeros in a few kilobytes are never unpacked."""
    bomb = _archive({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(60 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert _code(bomb) == "E_FILE_UNPACKED"


def test_a_directory_that_lies_about_sizes_does_not_help() -> None:
    """The size is also counted while unpacking."""
    content = bytearray(_archive({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(9_000_000)}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert _code(bytes(content)) in {"E_FILE_ARCHIVE", "E_FILE_UNPACKED"}


def test_separators_and_encodings_are_found() -> None:
    """Semicolons, tabs, marks of Unicode, Windows-1250 when chosen by hand."""
    for separator in (",", ";", "\t"):
        sheet = read_sheet(f"a{separator}b\n1{separator}x\n".encode("utf-8-sig"))
        assert (sheet.columns, sheet.rows) == (["a", "b"], [(2, ("1", "x"))])
    assert read_sheet("a\nż\n".encode("utf-16")).rows == [(2, ("ż",))]
    assert read_sheet("a\nż\n".encode("cp1250"), "cp1250").rows == [(2, ("ż",))]


def test_a_workbook_with_two_filled_sheets_asks_which() -> None:
    """Guessing the wrong one would store the wrong thing."""
    import xlsxwriter  # type: ignore[import-untyped]  # - the library has no types

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for name in ("one", "two"):
        book.add_worksheet(name).write_column(0, 0, ["a", "1"])
    book.close()
    assert _code(file.getvalue()) == "E_SHEET_CHOOSE"


def test_merged_cells_are_refused_with_their_place() -> None:
    """Only the first of them would hold the value; the others would become unknown unseen."""
    import xlsxwriter  # - the library has no types

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("one")
    for number, row in enumerate((("a", "b"), ("1", ""), ("2", ""))):
        sheet.write_row(number, 0, row)
    sheet.merge_range(1, 1, 2, 1, "x")
    book.close()
    with pytest.raises(Refused) as caught:
        read_sheet(file.getvalue())
    denied = caught.value.denied
    assert (denied.code, denied.reason.params["cells"]) == ("E_CELL_MERGED", "B2:B3")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234", "1234"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("-0,250", "-0.250"),
        ("1,000,000", "1000000"),
        (0.1 + 0.2, "0.3"),
        (7, "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(cell: Any, value: str) -> None:
    """Point or comma, with or without groups."""
    assert as_number(cell) == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.234", "E_NUMBER_AMBIGUOUS"),
        ("8h", "E_UNIT"),
        ("8e1", "E_NUMBER"),
        ("1_0", "E_NUMBER"),
        ("\uff11\uff12", "E_NUMBER"),
        ("1.2.3", "E_NUMBER"),
        (True, "E_NUMBER"),
        (float("nan"), "E_NUMBER"),
    ],
)
def test_what_could_mean_two_numbers_or_none_is_refused(cell: Any, code: str) -> None:
    """Never guess."""
    with pytest.raises(Wrong) as caught:
        as_number(cell)
    assert caught.value.code == code


def test_days_are_read_when_they_can_mean_one_day_only() -> None:
    """Dots mean day first; slashes only when one of the two cannot be a month."""
    for cell in ("2027-01-04", "4.1.2027", "04. 01. 2027", date(2027, 1, 4)):
        assert as_day(cell) == date(2027, 1, 4)
    assert as_day("25/01/2027") == date(2027, 1, 25)
    wrong = {
        "03/04/2026": "E_DATE_AMBIGUOUS",
        "2026-02-30": "E_DATE",
        "46031": "E_DATE_SERIAL",
        "20226-01-01": "E_DATE",
        "1999-12-31": "E_DATE",
    }
    for cell, code in wrong.items():
        with pytest.raises(Wrong) as caught:
            as_day(cell)
        assert caught.value.code == code, cell


def test_nothing_that_leaves_can_become_a_formula() -> None:
    """CSV gets an apostrophe before it, a workbook writes text; both are read back as they were."""
    rows = [("=1+1", "@cmd", "-x", "plain")]
    text = as_csv(["a", "b", "c", "d"], rows).decode("utf-8-sig")
    assert text.splitlines()[1] == "'=1+1,'@cmd,'-x,plain"
    (row,) = read_sheet(as_workbook(["a", "b", "c", "d"], rows, "x")).rows
    assert row == (2, ("=1+1", "@cmd", "-x", "plain"))


def test_mutated_files_are_read_or_refused_never_worse() -> None:
    """Two hundred files with flipped bytes: a table or a refusal with a code."""
    chance = random.Random(5)
    for original in (workbook_of(ROWS), as_csv(["a", "b"], [("1", "ż")])):
        for _ in range(100):
            content = bytearray(original)
            for _flip in range(chance.randrange(1, 12)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            assert _read_or_refused(bytes(content))


def _read_or_refused(content: bytes) -> bool:
    try:
        return bool(read_sheet(content).columns)
    except Refused as refused:
        return refused.denied.code.startswith("E_")
