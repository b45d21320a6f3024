"""How long an import of 10,000 rows takes on this machine: `python -m planner.importbench`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from planner.actor import SYSTEM
from planner.clock import today
from planner.database import Database
from planner.exchange import company
from planner.exchange.exports import as_csv, as_workbook
from planner.exchange.imports import IMPORTERS, Source
from planner.migrations import migrate
from planner.records import Account, ImportKind
from planner.services.importing.import_reports import store_content

ROWS = 10_000
FIRST_YEAR = 2000
COMPANY = Path(__file__).resolve().parents[1] / "fixtures" / "company"


def rows(codes: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Monthly figures of years long gone, so that none of them is stored yet."""
    for number in range(ROWS):
        account, month = codes[number % len(codes)], number // len(codes)
        when = f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}"
        amounts = (70_000 + number, 800, 0, 120, 40_000, 900, 700, 100, 50)
        yield account, when, "forecast", "EUR", *amounts, 40, 20.5, 69_000, 90_000, 1_000, 0, 0, ""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for form in ("csv", "xlsx"):
            url = f"sqlite:///{folder}/{form}.db"
            migrate(url)
            database = Database(url)
            with database.writing() as session:
                company.load(session, COMPANY, today())
                # Groups and branches may not both have figures for a month.
                lone = select(Account.code).where(Account.parent_id.is_(None)).order_by(Account.code)
                codes = session.scalars(lone).all()
            columns = [column.name for column in IMPORTERS[ImportKind.FIGURES].columns]
            table = list(rows(codes))
            content = as_csv(columns, table) if form == "csv" else as_workbook(columns, table, "figures")
            source = Source(ImportKind.FIGURES, f"figures.{form}", content)
            for what in ("new", "again, unchanged"):
                begun = time.monotonic()
                with database.writing() as session:
                    found = store_content(session, SYSTEM, source)
                seconds = time.monotonic() - begun
                click.echo(f"import {form:5} {found.rows} rows, {what:17} {seconds:6.2f} s")
            database.dispose()


if __name__ == "__main__":
    main()
