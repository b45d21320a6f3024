"""Importing files: hand in, look at what would happen, confirm. Between the steps the file stays here.

What is confirmed is read again from the stored file against what is stored then; nothing comes back from the
reader's side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from planner import checks
from planner.actor import SYSTEM, Actor
from planner.clock import now
from planner.database import Database
from planner.exchange.exports import as_csv, as_workbook, export_rows, template_rows
from planner.exchange.imports import Source, digest_of, read
from planner.exchange.kinds import Progress
from planner.exchange.sheets import LARGEST_FILE
from planner.permissions import Action, may
from planner.records import ImportFile, ImportKind, ImportState
from planner.scope import an_id
from planner.services.importing.import_reports import IMPORTING, as_json, store_content, unreadable
from planner.services.versions import check_version
from planner.transitions import ImportAction, check, move
from planner.verdict import Kind, Refused, not_found, refuse, require

EXPORTING: Final[Mapping[ImportKind, Action]] = {
    **IMPORTING,
    ImportKind.ACCOUNTS: Action.EXPORT_ACCOUNTS,
    ImportKind.FIGURES: Action.EXPORT_ACCOUNTS,
}

FORMS: Final = ("csv", "xlsx")
KEPT_FOR: Final = timedelta(days=7)
"""How long a file waits for a yes."""

TELL_EVERY_S: Final = 0.5
LONGEST_NAME: Final = 200
LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Choices:
    """The kinds that the actor may import and those they may export."""

    importing: Sequence[ImportKind]
    exporting: Sequence[ImportKind]


def choices(actor: Actor) -> Choices:
    """What the actor may do in the data area.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_DATA))
    return Choices(
        [kind for kind in ImportKind if may(actor, IMPORTING[kind])],
        [kind for kind in ImportKind if may(actor, EXPORTING[kind])],
    )


def a_kind(name: str) -> ImportKind:
    """The kind of that name.

    Raises:
        Refused: E_NOT_FOUND.
    """
    try:
        return ImportKind(name)
    except ValueError:
        raise not_found() from None


def a_form(name: str) -> str:
    """The form of that name: csv or xlsx.

    Raises:
        Refused: E_NOT_FOUND.
    """
    if name not in FORMS:
        raise not_found()
    return name


def template(actor: Actor, kind: ImportKind, form: str) -> bytes:
    """A file with the columns of a kind and one line of examples.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for an unknown form.
    """
    require(may(actor, IMPORTING[kind]))
    return _written(template_rows(kind), kind, form)


def export(session: Session, actor: Actor, kind: ImportKind, form: str) -> bytes:
    """What is stored of a kind, as far as the actor may see it, in the shape that an import takes.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for an unknown form.
    """
    require(may(actor, EXPORTING[kind]))
    return _written(export_rows(session, actor, kind), kind, form)


def _written(table: tuple[list[str], Any], kind: ImportKind, form: str) -> bytes:
    columns, rows = table
    if a_form(form) == "csv":
        return as_csv(columns, rows)
    return as_workbook(columns, rows, kind.value)


def hand_in(session: Session, actor: Actor, kind: ImportKind, name: str, content: bytes) -> ImportFile:
    """Keep a file for checking; `name` is shown and never used as a path.

    Raises:
        Refused: E_FORBIDDEN; E_FILE_SIZE; E_FILE_EMPTY.
    """
    require(may(actor, IMPORTING[kind]))
    if len(content) > LARGEST_FILE:
        raise refuse(
            Kind.INVALID,
            "E_FILE_SIZE",
            "The file has %(size)s MB; %(most)s MB can be taken.",
            "Split it into several files.",
            size=-(-len(content) // 1024**2),
            most=LARGEST_FILE // 1024**2,
        )
    if not content:
        raise refuse(Kind.INVALID, "E_FILE_EMPTY", "The file is empty.", "Choose a file with rows in it.")
    _forget_old(session)
    row = ImportFile(
        kind=kind,
        name=_shown_name(name),
        digest=digest_of(content),
        content=content,
        created_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    return row


def _shown_name(name: str) -> str:
    tidy = checks.tidy(name).replace("\\", "/").rpartition("/")[2][:LONGEST_NAME]
    return tidy if tidy and not checks.text("name", tidy, LONGEST_NAME) else "?"


def _forget_old(session: Session) -> None:
    """Drop files for whose yes nobody came."""
    session.execute(
        update(ImportFile)
        .where(ImportFile.content.is_not(None), ImportFile.created_at < now() - KEPT_FOR)
        .values(content=None, state=ImportState.DISCARDED)
    )


def find_import(session: Session, actor: Actor, import_id: str) -> ImportFile:
    """An own file.

    Raises:
        Refused: E_NOT_FOUND for what is not the actor's.
    """
    require(may(actor, Action.IMPORT_FILE))
    query = select(ImportFile).where(ImportFile.id == an_id(import_id)).options(defer(ImportFile.content))
    row = session.scalars(query).one_or_none()
    if row is None or (actor != SYSTEM and row.created_by_id != actor.user_id):
        raise not_found()
    return row


def list_imports(session: Session, actor: Actor) -> list[ImportFile]:
    """The actor's files, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_DATA))
    query = (
        select(ImportFile)
        .where(ImportFile.created_by_id == actor.user_id)
        .options(defer(ImportFile.content))
        .order_by(ImportFile.created_at.desc(), ImportFile.id)
        .limit(LISTED)
    )
    return list(session.scalars(query))


def check_again(session: Session, actor: Actor, import_id: str, encoding: str | None = None) -> ImportFile:
    """Put a file back to be checked, perhaps with an encoding chosen by hand.

    Raises:
        Refused: E_NOT_FOUND; E_STATE once stored or discarded.
    """
    row = find_import(session, actor, import_id)
    move(row, ImportAction.CHECK)
    row.rows_done, row.rows_total = 0, None
    row.report = {"encoding": encoding} if encoding else {}
    return row


def check_file(database: Database, actor: Actor, import_id: str) -> None:
    """Read a file that waits, telling the row about progress, and keep what was found.

    This reads in one session and writes in short units of work of its own, so that others are not held up.
    """
    told = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if monotonic() - told < TELL_EVERY_S:
            return
        told = monotonic()
        with database.writing() as session:
            row = session.get_one(ImportFile, import_id)
            if row.state is ImportState.CHECKING:
                row.rows_done, row.rows_total = done, total

    with database.reading() as session:
        row = session.get_one(ImportFile, import_id)
        version, encoding = row.digest, row.report.get("encoding")
        report = _report(session, actor, row, encoding, tell)
    with database.writing() as session:
        row = session.get_one(ImportFile, import_id)
        if row.state is ImportState.CHECKING and row.digest == version:
            _keep(row, report)


def _report(
    session: Session, actor: Actor, row: ImportFile, encoding: str | None, progress: Progress
) -> dict[str, Any]:
    try:
        source = Source(row.kind, row.name, row.content or b"", encoding)
        _importer, finding = read(session, actor, source, progress)
    except Refused as refused:
        return {**unreadable(refused.denied), "encoding": encoding}
    report = {**as_json(finding), "encoding": encoding}
    before = session.scalars(
        select(ImportFile)
        .where(ImportFile.digest == row.digest, ImportFile.state == ImportState.STORED)
        .order_by(ImportFile.stored_at.desc())
        .limit(1)
        .options(defer(ImportFile.content))
    ).first()
    if before is not None and before.stored_at is not None and before.kind == row.kind:
        report["seen"] = {"at": before.stored_at.isoformat(), "by": before.created_by.display_name}
    return report


def _keep(row: ImportFile, report: dict[str, Any]) -> None:
    row.report = report
    row.rows_total = row.rows_done = report["rows"]
    move(row, ImportAction.FAIL if report["fault_count"] else ImportAction.PASS)


def store_import(session: Session, actor: Actor, import_id: str, version: int) -> ImportFile:
    """Store a checked file: all of it or nothing.

    Raises:
        Refused: E_NOT_FOUND; E_FORBIDDEN; E_VERSION_STALE; E_STATE; E_IMPORT_FAULTY when what is stored
            changed meanwhile so that the file does not fit any more.
    """
    row = find_import(session, actor, import_id)
    require(may(actor, IMPORTING[row.kind]))
    check_version(session, row, version)
    require(check(row, ImportAction.STORE))
    source = Source(row.kind, row.name, row.content or b"", row.report.get("encoding"))
    store_content(session, actor, source)
    move(row, ImportAction.STORE)
    row.content, row.stored_at = None, now()
    return row


def discard_import(session: Session, actor: Actor, import_id: str) -> ImportFile:
    """Throw a file away that was not stored.

    Raises:
        Refused: E_NOT_FOUND; E_STATE.
    """
    row = find_import(session, actor, import_id)
    move(row, ImportAction.DISCARD)
    row.content = None
    return row
