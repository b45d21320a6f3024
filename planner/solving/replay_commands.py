"""A published plan leaves the database: `planner publication export` and `planner replay`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from planner.solving.inputs import write

FOUND = 1
BAD_INPUT = 2
SHOWN = 20
"""Differences that are told one by one."""


@click.group("publication")
def publication_group() -> None:
    """Published plans."""


@publication_group.command("export")
@click.argument("number", type=click.IntRange(min=1))
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write it.")
def export_command(number: int, output: str) -> None:
    """Write publication NUMBER with all it follows from into a file that `planner replay` computes again."""
    from planner import settings
    from planner.actor import SYSTEM
    from planner.database import Database
    from planner.migrations import check_migrated
    from planner.services.publishing.publication_file import export_publication

    database = Database(settings.read().database_url)
    try:
        check_migrated(database.engine)
        with database.reading() as session:
            text = export_publication(session, SYSTEM, number)
    finally:
        database.dispose()
    error = write(output, text)
    if error is not None:
        click.echo(f"error {error}", err=True)
        sys.exit(BAD_INPUT)
    click.echo(f"Publication {number} stands in {output}.")


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Show every figure, not only those that differ.")
def replay_command(file: Path, *, everything: bool) -> None:
    """Compute the published plan of FILE again, without any database.

    The referee checks the plan; value, hours and the figures of every request, customer and department are
    counted anew and held against what was published. Exit code 1 when something differs.
    """
    from planner.solving.replay import ReplayError, replay

    try:
        done = replay(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ReplayError) as error:
        click.echo(f"error E_FILE_READ {file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    for fault in done.faults:
        click.echo(f"The referee: {fault}")
    if everything:
        for figure in done.figures:
            click.echo(f"{'same ' if figure.same else 'OTHER'} {figure.name}: {figure.published}")
    for figure in done.differences[:SHOWN]:
        click.echo(f"{figure.name}: published {figure.published}, computed {figure.recomputed}")
    same = len(done.figures) - len(done.differences)
    click.echo(f"Plan {done.number}: {same} of {len(done.figures)} figures come out as published.")
    if done.faults or done.differences:
        sys.exit(FOUND)


COMMANDS: list[click.Command] = [publication_group, replay_command]
