"""The real application on the small world of `factories`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from applications import make_app
from clients import Program, new_token, program
from factories import PEOPLE, World, build_world
from flask import Flask

from planner.database import Database
from planner.solving.engine import Engine
from web.database import KEY


@pytest.fixture(scope="session")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A database file with the small world, and the ids of its rows; a token for each person is made once."""
    path = tmp_path_factory.mktemp("world") / "planner.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    world = build_world(database)
    ids = {**world.ids, **{f"token of {name}": new_token(world, name) for name in PEOPLE}}
    database.dispose()
    return path, ids


@pytest.fixture(scope="session")
def one_app(built: tuple[Path, dict[str, str]]) -> Flask:
    """The application, made once for all tests."""
    app = make_app(f"sqlite:///{built[0]}")
    app.extensions[KEY].dispose()
    return app


@pytest.fixture
def app(one_app: Flask, built: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the small world."""
    path = tmp_path / "planner.db"
    shutil.copyfile(built[0], path)
    database = one_app.extensions[KEY] = Database(f"sqlite:///{path}")
    yield one_app
    database.dispose()


@pytest.fixture
def apps(sqlite_url: str) -> Iterator[Callable[..., Flask]]:
    """Makes further applications, configured otherwise, on an empty database."""
    made: list[Flask] = []

    def make(**config: object) -> Flask:
        made.append(make_app(sqlite_url, **config))
        return made[-1]

    yield make
    for each in made:
        each.extensions[KEY].dispose()


@pytest.fixture
def world(app: Flask, built: tuple[Path, dict[str, str]]) -> World:
    """The small world behind the application."""
    return World(app.extensions[KEY], dict(built[1]))


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The real engine in its own process."""
    shared = Engine()
    yield shared
    shared.close()


@pytest.fixture
def client(app: Flask, world: World) -> Callable[[str], Program]:
    """A program for a person, by first name."""
    return lambda name: program(app, world, name)
