"""Files to import, written by hand in tests."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # - the library has no types
from factories import World

from planner.exchange.imports import Finding, Source, read
from planner.records import ImportKind
from planner.services.importing.import_reports import store_content

GOOD: dict[str, Any] = {
    "account": "alfa",
    "month": "2026-11",
    "kind": "actual",
    "currency": "EUR",
    "gross_sales": "1000",
    **dict.fromkeys(("discounts", "bonuses", "returns"), "0"),
    "cogs": "600",
    **dict.fromkeys(("logistics", "support", "programme_costs", "other_cts"), "10"),
    "ar_open": "500",
    "ar_overdue": "100",
    "note": "",
}
"""A good month of Alfa."""


def csv_of(rows: Sequence[Mapping[str, Any]], separator: str = ",") -> bytes:
    """A CSV file with these rows."""
    columns = list(rows[0])
    lines = [separator.join(columns)]
    lines += [separator.join(f'"{row[column]}"' for column in columns) for row in rows]
    return "\n".join(lines).encode()


def workbook_of(
    rows: Sequence[Mapping[str, Any]], formulas: Mapping[tuple[int, int], str] | None = None
) -> bytes:
    """A workbook with these rows on one sheet; `formulas` by row and column index."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("data")
    columns = list(rows[0])
    sheet.write_row(0, 0, columns)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, [row[column] for column in columns])
    for (row_index, column), text in (formulas or {}).items():
        sheet.write_formula(row_index, column, text, None, 7)
    book.close()
    return file.getvalue()


def months(*changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Good months, each with its changes."""
    return [{**GOOD, **change} for change in changes]


def check(world: World, who: str, kind: ImportKind, content: bytes, **options: Any) -> Finding:
    """What a file would do, as somebody."""
    with world.database.reading() as session:
        return read(session, world.actor(who), Source(kind, "file", content, **options))[1]


def store(world: World, who: str, kind: ImportKind, content: bytes) -> Finding:
    """Store a file as somebody."""
    with world.database.writing() as session:
        return store_content(session, world.actor(who), Source(kind, "file", content))


def codes(finding: Finding) -> list[tuple[int | None, str, str]]:
    """Row, column and code of every fault."""
    return [(fault.row, fault.column, fault.code) for fault in finding.faults]
