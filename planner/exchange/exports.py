"""Writes tables that an import takes back: CSV and workbooks in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.exchange.imports import IMPORTERS
from planner.exchange.lines import FORMULA_SIGNS
from planner.records import ImportKind

EXCEL_WIDTH: Final = 18


def export_rows(
    session: Session, actor: Actor, kind: ImportKind
) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """The columns of a kind and what is stored of it, as far as the actor may see it."""
    importer = IMPORTERS[kind](session, actor)
    return [column.name for column in importer.columns], importer.export()


def template_rows(kind: ImportKind) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """The columns of a kind and one line of examples."""
    columns = IMPORTERS[kind].columns
    return [column.name for column in columns], [tuple(column.example for column in columns)]


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8, marked so that spreadsheets know; texts that look like formulas get an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.10g}"
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
        return "'" + cell
    return cell


def as_workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> bytes:
    """A workbook with one sheet; texts are written as texts, whatever they look like."""
    import xlsxwriter  # type: ignore[import-untyped]  # - the library has no types

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns), EXCEL_WIDTH)
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column, bold)
    for number, row in enumerate(rows, 1):
        for index, cell in enumerate(row):
            if isinstance(cell, bool) or cell in (None, ""):
                continue
            if isinstance(cell, date):
                sheet.write_datetime(number, index, cell, day)
            elif isinstance(cell, int | float | Decimal):
                sheet.write_number(number, index, float(cell))
            else:
                sheet.write_string(number, index, str(cell))
    book.close()
    return file.getvalue()
