"""The `planner` command: each subcommand goes to where its work lives.

What a subcommand needs is imported when it runs: `planner serve` starts its processes before it loads
anything itself, and a broken engine never takes the other commands with it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner import logs, settings
from planner.settings import SettingsError
from planner.verdict import Denied, Refused

if TYPE_CHECKING:
    from planner.backup import Copy
    from planner.database import Database

ENGINE = {
    "planner.solving.commands": "COMMANDS",
    "planner.solving.bench_commands": "BENCH_COMMAND",
    "planner.solving.replay_commands": "COMMANDS",
}
"""Modules with further commands, and the name under which each offers one or several."""


class Group(click.Group):
    """The main command; it also knows the engine's commands and shows refusals as a person reads them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Own commands and the engine's."""
        return sorted({*super().list_commands(ctx), *_engine_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """An own command, or one of the engine's."""
        return super().get_command(ctx, cmd_name) or _engine_commands().get(cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what the planner refuses becomes a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise click.ClickException(_words(refused.denied)) from refused
        except SettingsError as error:
            raise click.ClickException(str(error)) from error


def _engine_commands() -> dict[str, click.Command]:
    """The engine's commands by name; a module that cannot be imported offers none."""
    found: dict[str, click.Command] = {}
    for module, name in ENGINE.items():
        try:
            offered = getattr(import_module(module), name)
        except (ImportError, AttributeError):
            continue
        for command in [offered] if isinstance(offered, click.Command) else offered:
            found[command.name or name.lower()] = command
    return found


def _words(denied: Denied) -> str:
    lines = [f"{denied.code}: {denied.reason} {denied.remedy}"]
    lines += [f"  {p.where}: {p.reason} {p.remedy} ({p.code})" for p in denied.problems]
    return "\n".join(lines)


@contextmanager
def _database() -> Iterator[Database]:
    """The configured database, which must have been migrated."""
    from planner.database import Database
    from planner.migrations import check_migrated

    database = Database(settings.read().database_url)
    try:
        check_migrated(database.engine)
        yield database
    finally:
        database.dispose()


@click.group(cls=Group)
@click.version_option(package_name="planner")
def main() -> None:
    """Assign scarce specialists to key-account requests by worth."""
    logs.configure(settings.read())


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the shape this program needs; make it when there is none."""
    from planner.migrations import migrate

    before, after = migrate(settings.read().database_url)
    click.echo(
        f"The database is at revision {after}." if before == after else f"{before or 'empty'} -> {after}"
    )


@main.group()
def user() -> None:
    """People who sign in."""


def _password() -> str:
    """The password typed twice at a terminal, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="How the person is shown.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    help="kam, head, leadership, planner, finance, admin or specialist; once per role.",
)
@click.option("--language", default="en", show_default=True, help="en, pl, cs or nb.")
def create_user(email: str, name: str, roles: tuple[str, ...], language: str) -> None:
    """Give a person access; the password is asked for, or read from standard input."""
    from planner.actor import SYSTEM
    from planner.services.staff import users

    with _database() as database:
        password = _password()
        with database.writing() as session:
            users.create_user(session, SYSTEM, email, name, password, roles=roles, language=language)
    click.echo(f"{email} may sign in.")


@user.command("password")
@click.argument("email")
def set_password(email: str) -> None:
    """Set a new password; the person's sessions and tokens end at once."""
    from sqlalchemy import select

    from planner.actor import SYSTEM
    from planner.records import User
    from planner.services.staff import users

    with _database() as database:
        with database.reading() as session:
            found = session.scalars(select(User.id).where(User.email == users.normal_email(email))).first()
        if found is None:
            raise click.ClickException(f"Nobody signs in as {email}.")
        password = _password()
        with database.writing() as session:
            users.set_password(session, SYSTEM, found, password)
    click.echo(f"{email} has a new password.")


@user.command("list")
def list_users() -> None:
    """Show who may sign in."""
    from planner.actor import SYSTEM
    from planner.services.staff import users

    with _database() as database, database.reading() as session:
        for person in users.list_users(session, SYSTEM):
            roles = ", ".join(sorted(person.roles))
            ended = "" if person.active else "  (no access)"
            click.echo(f"{person.email}  {person.display_name}  {roles}{ended}")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path) -> None:
    """Load a company from a folder of files, moved to the present week."""
    from planner.clock import today
    from planner.exchange import company

    with _database() as database, database.writing() as session:
        loaded = company.load(session, folder, today())
    for table, number in sorted(loaded.counts.items()):
        click.echo(f"{number:6d}  {table}")
    click.echo(f"Dates were moved by {loaded.shift_weeks} weeks.")


KINDS = click.Choice(
    [
        *("departments", "holidays", "skills", "specialists", "attestations", "leave"),
        *("accounts", "figures", "rates", "requests"),
    ]
)
AS = click.option("--as", "email", default="", help="E-mail address of the person who does it.")


@main.command("import")
@click.argument("kind", type=KINDS)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would be stored.")
@click.option("--encoding", help="cp1250, cp1252 or iso8859-2, for CSV that is not UTF-8.")
@AS
def import_file(kind: str, file: Path, *, check: bool, encoding: str | None, email: str) -> None:
    """Store a CSV file or workbook: all of it, or nothing and every error in it."""
    from planner.exchange.commands import bring_in
    from planner.records import ImportKind

    with _database() as database:
        bring_in(database, ImportKind(kind), file, email=email, check=check, encoding=encoding)


@main.command("export")
@click.argument("kind", type=KINDS)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--template", is_flag=True, help="Only the columns and an example.")
@AS
def export_file(kind: str, file: Path, *, template: bool, email: str) -> None:
    """Write what is stored into FILE (.csv or .xlsx), in the shape that import takes."""
    from planner.exchange.commands import take_out
    from planner.records import ImportKind

    with _database() as database:
        take_out(database, ImportKind(kind), file, email=email, empty=template)


@main.command()
def worker() -> None:
    """Solve what is queued until stopped; several may run at once."""
    from planner.solving.worker import Worker

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with _database() as database:
        Worker(database).run(stopped)


@main.command()
def serve() -> None:
    """Serve the application: web processes and one worker, until stopped."""
    _serve()


def _serve() -> None:
    from planner.serving import serve as run

    def check() -> None:
        with _database():
            click.echo(f"Serving at http://{here.address}")

    here = settings.read()
    sys.exit(run(here, check))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to the new FILE while everybody goes on working, and check the copy."""
    from planner.backup import back_up

    _tell(back_up(settings.read().database_url, file))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Make the database from FILE, a copy made by `planner backup`; one that is there is never replaced."""
    from planner.backup import restore as make

    _tell(make(file, settings.read().database_url))
    click.echo("All sign-ins and tokens ended: everybody signs in anew.")


def _tell(copy: Copy) -> None:
    click.echo(f"Whole and checked: {copy.events} events, {copy.publications} published plans.")
    for problem in copy.problems:
        click.echo(str(problem))
    if copy.problems:
        sys.exit(1)


@main.command()
@click.option("--fresh", is_flag=True, help="Begin again from an empty database.")
@click.option("--serve/--no-serve", "serves", default=True, help="Whether to serve it at the end.")
def demo(*, fresh: bool, serves: bool) -> None:
    """Load the demo company, solve its cycle and serve it."""
    from planner import demo as show
    from planner.database import Database

    os.environ.setdefault("PLANNER_DATABASE_URL", show.DEMO_URL)
    here = settings.read()
    if fresh:
        _forget(here.database_url)
    database = Database(here.database_url)
    try:
        show.prepare(database, click.echo)
        people, password = show.sign_ins(database)
    finally:
        database.dispose()
    click.echo(f"\nSign in with the password “{password}” as\n")
    for person in people:
        click.echo(f"  {person.email:36} {person.name:24} {person.role}")
    click.echo()
    if serves:
        _serve()


def _forget(url: str) -> None:
    """Remove the demo's own file; any other database is somebody's work."""
    from planner.demo import DEMO_URL

    if url != DEMO_URL:
        raise click.ClickException("Only the demo's own database is begun afresh; this is another one.")
    place = Path(url.removeprefix("sqlite:///"))
    for file in (place, place.with_name(place.name + "-wal"), place.with_name(place.name + "-shm")):
        file.unlink(missing_ok=True)


@main.group("audit")
def audit_group() -> None:
    """The log of everything done."""


@audit_group.command("verify")
def verify_audit() -> None:
    """Check that nothing logged, published or decided was changed, removed or added; exit code 1 if so."""
    from planner import audit, kept

    with _database() as database, database.reading() as session:
        problems = kept.check(session)
        number = audit.length(session)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    click.echo(f"All {number} events, published plans and decisions are as they were written.")
    if settings.witness() is None:
        click.echo("No witness is set, so a cut end would not show: set PLANNER_AUDIT_WITNESS to a file.")
