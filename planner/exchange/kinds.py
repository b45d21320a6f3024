"""What every kind of import shares: its columns, its items, and how they are compared with what is stored."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.exchange.lines import Faults, Line
from planner.exchange.sheets import Sheet
from planner.exchange.values import Wrong
from planner.records import ImportKind, Row, User
from planner.verdict import Message

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done."""

STEP = 250
"""Rows between two tellings."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, what belongs there, an example, and whether it must be there."""

    name: str
    about: Message
    example: str
    required: bool = False


@dataclass(slots=True)
class Item:
    """One thing the file holds: who it is, what it should be, and the row that is stored already."""

    label: str
    number: int
    values: Mapping[str, Any]
    row: Row | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    note: str = ""

    @property
    def is_new(self) -> bool:
        """Whether nothing is stored about it yet."""
        return self.row is None


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


class Importer(ABC):
    """Reads one kind of table: `read` per line, `finish` over all of them, then `store`."""

    kind: ClassVar[ImportKind]
    columns: ClassVar[tuple[Column, ...]]

    def __init__(self, session: Session, actor: Actor, source: str = "") -> None:
        self.session = session
        self.actor = actor
        self.source = source
        self.faults = Faults()
        self.items: list[Item] = []
        self._seen: dict[Any, int] = {}

    @abstractmethod
    def prepare(self) -> None:
        """Look up what the lines will refer to."""

    @abstractmethod
    def read(self, line: Line) -> None:
        """Take one line."""

    def finish(self) -> None:  # noqa: B027 - most kinds have nothing to add
        """Check what only all lines together show."""

    @abstractmethod
    def create(self, item: Item) -> Row:
        """The row of a new item."""

    def change(self, item: Item) -> None:
        """Write an item's changes into its row."""
        for name, (_old, new) in item.changes.items():
            setattr(item.row, name, new)

    def told(self, item: Item) -> Mapping[str, tuple[Any, Any]]:
        """What an item changes, by column, in the words of the file."""
        return item.changes

    @abstractmethod
    def export(self) -> Iterator[Sequence[Any]]:
        """What is stored, line by line as an import would take it, as far as the actor may see it."""

    def once(self, line: Line, column: str, key: Any) -> bool:
        """Whether this is the first line about `key`; a second one is a fault."""
        before = self._seen.setdefault(key, line.row)
        if before == line.row:
            return True
        reason = "The same stands in row %(row)s already."
        line.wrong(column, "E_DUPLICATE", reason, "Keep one of the two rows.", row=before)
        return False

    def add(self, line: Line, label: str, values: Mapping[str, Any], row: Row | None) -> Item:
        """Keep a good line as an item, compared with the row that is stored."""
        item = Item(label, line.row, values, row)
        if row is not None:
            for name, new in values.items():
                old = getattr(row, name)
                if old != new:
                    item.changes[name] = (old, new)
        self.items.append(item)
        return item

    def store(self, progress: Progress) -> None:
        """Write every new and changed item; the caller's unit of work makes it all or nothing."""
        total = len(self.items)
        # What is new comes first, as what changes may refer to it.
        self.session.add_all([self.create(item) for item in self.items if item.is_new])
        self.session.flush()
        for done, item in enumerate(self.items, 1):
            if not item.is_new and item.changes:
                self.change(item)
            if done % STEP == 0:
                progress(done, total)
        self.session.flush()
        progress(total, total)


class Afterwards:
    """A stored row as it would be once an item's changes are written."""

    def __init__(self, item: Item) -> None:
        self.item = item

    def __getattr__(self, name: str) -> Any:
        """The new value where there is one."""
        changes = self.item.changes
        return changes[name][1] if name in changes else getattr(self.item.row, name)


class RowImporter(Importer):
    """Reads tables in which one line is one stored row."""

    @abstractmethod
    def cells(self, row: Any) -> Sequence[Any]:
        """A row, stored or as it would be, in the words of the file: a cell per column."""

    def told(self, item: Item) -> Mapping[str, tuple[Any, Any]]:
        """What an item changes, by column, in the words of the file."""
        both = zip(self.columns, self.cells(item.row), self.cells(Afterwards(item)), strict=True)
        return {column.name: (old, new) for column, old, new in both if old != new}

    @cached_property
    def emails(self) -> dict[str, str]:
        """Addresses of all users, by id."""
        return dict(self.session.execute(select(User.id, User.email)).all())


def read_all(importer: Importer, sheet: Sheet, progress: Progress) -> None:
    """Read every line of a sheet; whatever is wrong stands in `importer.faults` then."""
    _check_columns(importer, sheet)
    if importer.faults.found:
        return
    importer.prepare()
    for number, count in sheet.long:
        reason = "The row has %(count)s cells, the first row names %(expected)s columns."
        remedy = "Put texts that hold the separator in double quotes."
        wrong = Wrong("E_CSV_ROW", reason, remedy, count=count, expected=len(sheet.columns))
        importer.faults.add((number, ""), "", wrong)
    names = [name.casefold() for name in sheet.columns]
    total = len(sheet.rows)
    for done, (number, cells) in enumerate(sheet.rows, 1):
        line = Line(importer.faults, number, dict(zip(names, cells, strict=True)))
        importer.read(line)
        if done % STEP == 0:
            progress(done, total)
    importer.finish()
    progress(total, total)


def _check_columns(importer: Importer, sheet: Sheet) -> None:
    """Note columns that are missing, unknown or there twice."""
    known = {column.name: column for column in importer.columns}
    given = [name.casefold() for name in sheet.columns]
    for name, written in zip(given, sheet.columns, strict=True):
        if given.count(name) > 1:
            wrong = Wrong("E_COLUMN_TWICE", "This column stands there twice.", "Keep one of them.")
            importer.faults.add((None, written), written, wrong)
        elif name not in known:
            reason = "There is no such column here."
            remedy = "Delete it or correct its name; known are: %(names)s."
            wrong = Wrong("E_COLUMN_UNKNOWN", reason, remedy, names=", ".join(known))
            importer.faults.add((None, written or "?"), written, wrong)
    for column in importer.columns:
        if column.required and column.name not in given:
            reason, remedy = "This column is missing.", "Add it; the template shows all columns."
            importer.faults.add((None, column.name), "", Wrong("E_COLUMN_MISSING", reason, remedy))


def folded(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Casefolded codes to ids."""
    return {code.casefold(): identity for code, identity in rows}
