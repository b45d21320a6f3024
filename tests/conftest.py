"""What every test may use: a clean database of either kind, and the small world of `factories`."""

from __future__ import annotations

import dataclasses
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from factories import World

    from planner.database import Database

# Hashing as cheap as argon2 allows: tests sign in hundreds of times.
for parameter, least in (("TIME_COST", "1"), ("MEMORY_KIB", "8"), ("PARALLELISM", "1")):
    os.environ[f"PLANNER_PASSWORD_{parameter}"] = least
# The day for which worked answers hold.
os.environ["PLANNER_TODAY"] = "2027-01-04"

# Test folders are no packages; the factories serve more than one of them.
sys.path.insert(0, str(Path(__file__).parent / "planner"))

NO_SERVER = "PostgreSQL is not tested: no server binary (initdb) was found on this machine."


def server_binaries() -> Path | None:
    """The folder with PostgreSQL's server programs, if the machine has them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server when there is none; the summary says so in one line."""
    if server_binaries() is not None:
        return
    left_out = [item for item in items if item.get_closest_marker("postgres")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One clear line instead of a hundred skips."""
    if server_binaries() is None:
        terminalreporter.write_line(NO_SERVER)


class Server:
    """A throw-away PostgreSQL server that listens on a socket in its own folder only."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries = binaries
        self.folder = folder
        self.data = folder / "data"
        # The server refuses to run as root.
        self.user: str | None = None
        if os.geteuid() == 0:
            self.user = next(
                (u.pw_name for u in pwd.getpwall() if u.pw_name in {"postgres", "nobody"}), "nobody"
            )
            shutil.chown(folder, self.user)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as the server's user."""
        done = subprocess.run(
            [self.binaries / program, *arguments],
            user=self.user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout} {done.stderr}")

    def start(self) -> None:
        """Make the data folder and start, without the safety that a real server needs."""
        self.run("initdb", "-D", str(self.data), "-U", "planner", "--auth=trust", "--no-sync", "-E", "UTF8")
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=150 "
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB"
        )
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Stop at once."""
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def url(self, name: str) -> str:
        """The address of one database."""
        return f"postgresql+psycopg://planner@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction, such as CREATE DATABASE."""
        import psycopg

        with psycopg.connect(f"host={self.folder} user=planner dbname=postgres", autocommit=True) as link:
            link.execute(statement.encode())

    @contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """The address of a copy of a database, which goes with the test."""
        name = f"test_{os.urandom(6).hex()}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server with a migrated database named `template`."""
    binaries = server_binaries()
    assert binaries is not None, NO_SERVER
    from planner.migrations import migrate

    folder = Path(tempfile.mkdtemp(prefix="planner-pg-"))
    server = Server(binaries, folder)
    try:
        server.start()
        try:
            server.execute("CREATE DATABASE template")
            migrate(server.url("template"))
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    from planner.migrations import migrate

    path = tmp_path_factory.mktemp("template") / "planner.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a clean, migrated SQLite file."""
    path = tmp_path / "planner.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of a clean, migrated PostgreSQL database."""
    with postgres.copy("template") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a clean database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A clean database, once of each kind: for promises that rest on SQL."""
    yield from _open(database_url)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A clean SQLite database: for what does not depend on the kind."""
    yield from _open(sqlite_url)


def _open(url: str) -> Iterator[Database]:
    from planner.database import Database

    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_world_template(sqlite_template: Path) -> tuple[Path, World]:
    """A SQLite file that holds the small world, to copy."""
    path = sqlite_template.with_name("world.db")
    shutil.copyfile(sqlite_template, path)
    return path, _build(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def postgres_world_template(postgres: Server) -> World:
    """A PostgreSQL database named `world` that holds the small world, to copy."""
    postgres.execute("CREATE DATABASE world TEMPLATE template")
    return _build(postgres.url("world"))


def _build(url: str) -> World:
    from factories import build_world

    from planner.database import Database

    database = Database(url)
    world = build_world(database)
    database.dispose()
    return world


@pytest.fixture
def world(sqlite_world_template: tuple[Path, World], tmp_path: Path) -> Iterator[World]:
    """The small world of `factories` in a SQLite database."""
    path, built = sqlite_world_template
    shutil.copyfile(path, tmp_path / "world.db")
    yield from _copied(f"sqlite:///{tmp_path}/world.db", built)


@pytest.fixture
def postgres_world(postgres: Server, postgres_world_template: World) -> Iterator[World]:
    """The small world of `factories` in a PostgreSQL database."""
    with postgres.copy("world") as url:
        yield from _copied(url, postgres_world_template)


def _copied(url: str, built: World) -> Iterator[World]:
    for database in _open(url):
        yield dataclasses.replace(built, database=database)


@pytest.fixture(params=["world", pytest.param("postgres_world", marks=pytest.mark.postgres)])
def any_world(request: pytest.FixtureRequest) -> World:
    """The small world of `factories`, once in each kind of database."""
    found: World = request.getfixturevalue(request.param)
    return found
