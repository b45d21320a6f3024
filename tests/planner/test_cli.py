"""The `planner` command as an operator uses it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from planner import cli
from planner.database import Database
from planner.records import Role, User
from planner.services.staff import users

PASSWORD = "correct horse battery"  # noqa: S105 - typed in the tests


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A clean, migrated database that the command will use."""
    monkeypatch.setenv("PLANNER_DATABASE_URL", sqlite_url)
    return sqlite_url


def run(*arguments: str, typed: str = "") -> Result:
    """The command in this process, with what is typed at it."""
    return CliRunner().invoke(cli.main, arguments, input=typed, catch_exceptions=False)


@contextmanager
def looking(url: str) -> Iterator[Session]:
    """What the command left behind."""
    database = Database(url)
    with database.reading() as session:
        yield session
    database.dispose()


def create(email: str = "zoe@example.com", typed: str = f"{PASSWORD}\n") -> Result:
    """Make a person with two roles."""
    return run("user", "create", email, "--name", "Zoe", "--role", "kam", "--role", "head", typed=typed)


def test_migrate_makes_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing to the newest shape; again says that nothing was to do."""
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path}/var/planner.db")
    assert run("migrate").output.startswith("empty -> 0")
    assert run("migrate").output.startswith("The database is at revision 0")


def test_an_unmigrated_database_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that needs the database says which command makes it."""
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path}/planner.db")
    for command in (["user", "list"], ["audit", "verify"], ["serve"], ["worker"]):
        result = run(*command)
        assert result.exit_code == 1
        assert "Run: planner migrate" in result.output


def test_a_person_is_made_listed_and_given_a_password(url: str) -> None:
    """The password comes from standard input and opens; after `user password` only the new one does."""
    assert create().exit_code == 0
    listed = run("user", "list")
    assert "zoe@example.com  Zoe  head, kam" in listed.output
    assert run("user", "password", "ZOE@example.com", typed="another good one\n").exit_code == 0
    with looking(url) as session:
        assert users.check_password(session, "zoe@example.com", PASSWORD) is None
        zoe = users.check_password(session, "zoe@example.com", "another good one")
        assert zoe is not None
        assert zoe.roles == {Role.KAM, Role.HEAD}


def test_bad_values_end_with_code_and_remedy(url: str) -> None:
    """A refusal is shown as people read it, with exit code 1 and nothing stored."""
    result = create("not an address", typed="short\n")
    assert result.exit_code == 1
    assert "E_EMAIL" in result.output
    assert "E_PASSWORD_LENGTH" in result.output
    assert "Traceback" not in result.output
    with looking(url) as session:
        assert session.query(User).count() == 0
    unknown = run("user", "password", "nobody@example.com", typed="x\n")
    assert (unknown.exit_code, "Nobody signs in as" in unknown.output) == (1, True)


def test_audit_verify_finds_tampering(url: str) -> None:
    """Exit code 0 on an untouched log, 1 with the event's number on a changed one."""
    create()
    result = run("audit", "verify")
    assert result.exit_code == 0
    assert result.output.startswith("All 1 events, published plans and decisions are as they were written.\n")
    assert "PLANNER_AUDIT_WITNESS" in result.output
    with sqlite3.connect(url.removeprefix("sqlite:///")) as link:
        link.execute("DROP TRIGGER keep_audit_event_update")
        link.execute("UPDATE audit_event SET reason = 'another'")
    link.close()
    result = run("audit", "verify")
    assert (result.exit_code, result.output) == (1, "Event 1 was changed after it was written.\n")


def test_bad_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the command, a setting that cannot work stops it with its name."""
    monkeypatch.setenv("PLANNER_ENV", "production")
    result = run("serve")
    assert result.exit_code == 1
    assert "PLANNER_SECRET_KEY" in result.output


def test_a_company_is_loaded(url: str) -> None:
    """The demo company lands whole, with one event; loading it twice is refused and changes nothing."""
    folder = Path(__file__).resolve().parents[2] / "fixtures" / "company"
    assert url
    result = run("load", str(folder))
    assert result.exit_code == 0, result.output
    assert "specialist" in result.output
    before = run("audit", "verify").output
    again = run("load", str(folder))
    assert (again.exit_code, "E_COMPANY_LOADED" in again.output) == (1, True)
    assert run("audit", "verify").output == before
    assert before.startswith("All 1 events,")


def test_a_missing_engine_takes_no_other_command_with_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """When the engine's commands cannot be imported the others still work."""
    assert url
    monkeypatch.setattr(cli, "ENGINE", {"planner.nowhere": "COMMANDS", "planner.clock": "COMMANDS"})
    assert run("--help").exit_code == 0
    assert run("user", "list").exit_code == 0
    assert run("solve").exit_code == 2


def test_engine_commands_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module may offer one command or several; they stand in the help and can be run."""
    one, two = click.Command("one", callback=lambda: click.echo("1")), click.Command("two")
    monkeypatch.setattr(cli, "ENGINE", {"test_cli_engine": "COMMANDS", "test_cli_bench": "BENCH_COMMAND"})
    for name, attribute, value in (
        ("test_cli_engine", "COMMANDS", [two]),
        ("test_cli_bench", "BENCH_COMMAND", one),
    ):
        module = type(sys)(name)
        setattr(module, attribute, value)
        monkeypatch.setitem(sys.modules, name, module)
    assert {"one", "two", "serve"} <= set(run("--help").output.split())
    assert run("one").output == "1\n"


def test_help_loads_no_engine() -> None:
    """`planner --help` is quick and small: neither the solver nor the compiler is imported."""
    code = (
        "import sys\nfrom planner.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'ortools', 'numba', 'flask'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")
    assert "Usage:" in done.stdout


def test_only_the_demos_own_file_is_begun_afresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`planner demo --fresh` never deletes somebody's database."""
    place = tmp_path / "work.db"
    place.write_text("work")
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{place}")
    result = run("demo", "--fresh")
    assert (result.exit_code, place.read_text()) == (1, "work")
    assert "Only the demo's own database" in result.output
