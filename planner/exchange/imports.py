"""Reads imported files against what is stored: every fault at once, and what the file would change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.exchange.kinds import Importer, Item, Progress, plain, read_all
from planner.exchange.kinds_customers import Accounts
from planner.exchange.kinds_figures import ExchangeRates, Figures
from planner.exchange.kinds_people import Attestations, Leaves, Skills, Specialists
from planner.exchange.kinds_requests import Requests
from planner.exchange.kinds_units import Departments, Holidays
from planner.exchange.lines import MOST_FAULTS, Fault
from planner.exchange.sheets import read_sheet
from planner.records import ImportKind

IMPORTERS: Final[Mapping[ImportKind, type[Importer]]] = {
    each.kind: each
    for each in (
        *(Departments, Holidays, Skills, Specialists, Attestations, Leaves),
        *(Accounts, Figures, ExchangeRates, Requests),
    )
}

MOST_SHOWN: Final = 100
"""Changed rows that a preview lists one by one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file: what it holds, what it is called, and how it is written when that was chosen by hand."""

    kind: ImportKind
    name: str
    content: bytes
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file would do.

    Attributes:
        rows: Lines of data in the file.
        new: Things of which nothing is stored yet; `changed` and `unchanged` are stored already.
        changes: The first MOST_SHOWN changed things: label, and by column what the file would have
            said before and what it says now.
        added: Labels of the first MOST_SHOWN new things.
        faults: The first MOST_FAULTS faults in the file's order, `fault_count` all of them.
        details: What was found out about the file, such as its separator.
    """

    rows: int
    new: int
    changed: int
    unchanged: int
    changes: Sequence[tuple[str, Mapping[str, tuple[Any, Any]]]]
    added: Sequence[str]
    faults: Sequence[Fault]
    fault_count: int
    details: Mapping[str, str]


def quiet(_done: int, _total: int) -> None:
    """Tells nobody about progress."""


def digest_of(content: bytes) -> str:
    """What two equal files share."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def read(
    session: Session, actor: Actor, source: Source, progress: Progress = quiet
) -> tuple[Importer, Finding]:
    """Read a whole file against what is stored; nothing is written.

    Raises:
        Refused: the file cannot be read as a table at all.
    """
    sheet = read_sheet(source.content, source.encoding)
    importer = IMPORTERS[source.kind](session, actor, source.name)
    read_all(importer, sheet, progress)
    changed = [item for item in importer.items if item.changes and not item.is_new]
    new = [item for item in importer.items if item.is_new]
    faults = importer.faults.sorted()
    finding = Finding(
        rows=len(sheet.rows),
        new=len(new),
        changed=len(changed),
        unchanged=len(importer.items) - len(new) - len(changed),
        changes=[(item.label, dict(importer.told(item))) for item in changed[:MOST_SHOWN]],
        added=[item.label for item in new[:MOST_SHOWN]],
        faults=faults[:MOST_FAULTS],
        fault_count=len(faults),
        details=sheet.details,
    )
    return importer, finding


def trace(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Every changed thing with old and new values, for the audit log."""
    return [
        {
            "label": item.label,
            "changes": {name: [plain(old), plain(new)] for name, (old, new) in item.changes.items()},
        }
        for item in items
        if item.changes and not item.is_new
    ]
