"""Opens a company's files: lines of CSV and objects of JSON, each as an entry to read values from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.exchange.company_entry import Entry
from planner.exchange.company_findings import Findings, Shift


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files lie, what was found wrong so far, and how far dates move."""

    path: Path
    found: Findings
    shift: Shift

    def lines(self, name: str) -> Iterator[Entry]:
        """The lines of a CSV file whose first line names the fields."""
        values: list[dict[str, Any]] = []
        text = self._text(name)
        if text is not None:
            try:
                values = list(csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True))
            except csv.Error as error:
                self.found.unreadable(name, error)
        for number, each in enumerate(values, start=2):
            entry = Entry(self.found, f"{name}/line {number}", each, self.shift, column_of=name)
            yield entry
            entry.close()

    def objects(self, name: str) -> Iterator[Entry]:
        """The objects of a JSON file that holds a list of them, named by their code or else their place."""
        values = self._json(name, list)
        for number, each in enumerate(values or ()):
            if not isinstance(each, dict):
                self.found.unreadable(f"{name}/{number}", "an object in braces must stand here")
                continue
            entry = Entry(self.found, f"{name}/{each.get('code', number)}", each, self.shift)
            yield entry
            entry.close()

    def document(self, name: str) -> Entry | None:
        """The one object of a JSON file; None when it cannot be read."""
        values = self._json(name, dict)
        return None if values is None else Entry(self.found, name, values, self.shift)

    def _json(self, name: str, kind: type[list[Any] | dict[str, Any]]) -> Any:
        text = self._text(name)
        if text is None:
            return None
        try:
            values = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        except ValueError as error:
            self.found.unreadable(name, error)
            return None
        if not isinstance(values, kind) or not values:
            self.found.unreadable(name, f"it must hold a JSON {'list' if kind is list else 'object'}")
            return None
        return values

    def _text(self, name: str) -> str | None:
        try:
            text = (self.path / name).read_text(encoding="utf-8")
        except OSError as error:
            self.found.unreadable(name, error.strerror)
        except UnicodeError as error:
            self.found.unreadable(name, error)
        else:
            if "\n" in text.strip():
                return text
            self.found.unreadable(name, "it is empty")
        return None
