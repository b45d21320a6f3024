"""`planner import` and `planner export`: the same files as on the pages, for programs and large files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import SYSTEM, Actor, actor_for
from planner.database import Database
from planner.exchange.imports import Finding, Source, read
from planner.exchange.kinds import Progress
from planner.records import ImportKind, User
from planner.services.importing.import_reports import place_of, store_content
from planner.services.importing.imports import FORMS, export, template
from planner.services.staff.users import normal_email


def bring_in(
    database: Database, kind: ImportKind, file: Path, *, email: str, check: bool, encoding: str | None
) -> None:
    """Import a file, or only say what it would do; faults end with exit code 1."""
    source = Source(kind, file.name, file.read_bytes(), encoding)
    with database.reading() as session:
        actor = _actor(session, email)
        _refuse_alone(kind, actor)
        with _bar(f"Checking {file.name}") as tell:
            _importer, finding = read(session, actor, source, tell)
    _tell(finding)
    if finding.fault_count:
        sys.exit(1)
    if check:
        return
    with database.writing() as session, _bar("Storing") as tell:
        store_content(session, actor, source, tell)
    click.echo("Stored.")


def take_out(database: Database, kind: ImportKind, file: Path, *, email: str, empty: bool) -> None:
    """Write what is stored, or only the template, into a file whose ending says the form."""
    form = file.suffix.lstrip(".").lower()
    if form not in FORMS:
        raise click.ClickException(f"The file must end in {' or '.join('.' + each for each in FORMS)}.")
    with database.reading() as session:
        actor = _actor(session, email)
        _refuse_alone(kind, actor)
        content = template(actor, kind, form) if empty else export(session, actor, kind, form)
    file.write_bytes(content)
    click.echo(f"{file} has {len(content)} bytes.")


def _actor(session: Session, email: str) -> Actor:
    """The person of that address, or the planner itself when none is named."""
    if not email:
        return SYSTEM
    user = session.scalars(select(User).where(User.email == normal_email(email))).first()
    if user is None or not user.active:
        raise click.ClickException(f"Nobody signs in as {email}.")
    return actor_for(session, user)


def _refuse_alone(kind: ImportKind, actor: Actor) -> None:
    """Requests always have a key account manager; the planner itself is none."""
    if kind is ImportKind.REQUESTS and actor == SYSTEM:
        raise click.ClickException("Requests are somebody's: name the key account manager with --as EMAIL.")


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A progress bar at a terminal; nothing when the output goes to a file."""
    bar: Any = click.progressbar(length=100, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
    reached = 0
    with bar:

        def tell(done: int, total: int) -> None:
            nonlocal reached
            now_at = 100 * done // max(total, 1)
            bar.update(max(0, now_at - reached))
            reached = max(reached, now_at)

        yield tell


def _tell(finding: Finding) -> None:
    for fault in finding.faults:
        value = f" “{fault.value}”" if fault.value else ""
        click.echo(f"{place_of(fault)}{value}: {fault.reason} {fault.remedy} ({fault.code})")
    if finding.fault_count:
        more = finding.fault_count - len(finding.faults)
        rest = f", {more} of them not listed" if more else ""
        click.echo(f"{finding.fault_count} errors in {finding.rows} rows{rest}; nothing was stored.")
        return
    click.echo(
        f"{finding.rows} rows: {finding.new} new, {finding.changed} changed, {finding.unchanged} unchanged."
    )
