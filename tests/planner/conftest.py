"""One engine process and one solved E7 for all planning tests: making them takes longer than using them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from scenario import Quarrel

from planner.database import Database
from planner.solving.engine import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The real engine in its own process."""
    shared = Engine()
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def planned_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, engine: Engine
) -> tuple[Path, str]:
    """A SQLite file with E7 and its first plan, undecided; and the run's id."""
    path = tmp_path_factory.mktemp("planned") / "planner.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    run = Quarrel(database, engine).plan()
    database.dispose()
    return path, run.id


@pytest.fixture
def planned(planned_template: tuple[Path, str], tmp_path: Path, engine: Engine) -> Iterator[Quarrel]:
    """E7 with its first plan, R1 + R3, undecided; `first` is the run."""
    template, run_id = planned_template
    shutil.copyfile(template, tmp_path / "planned.db")
    database = Database(f"sqlite:///{tmp_path / 'planned.db'}")
    yield Quarrel.reopened(database, engine, run_id)
    database.dispose()


@pytest.fixture
def bundled(sqlite_database: Database, engine: Engine) -> Quarrel:
    """E7 with Legal and R4, a bundle of 10 h design and 8 h law worth 60 k: the plan is R1 + R4 = 108 k."""
    world = Quarrel(sqlite_database, engine)
    world.add_legal()
    world.bundle()
    return world
