"""A list costs the same number of statements however long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from clients import Program, browser
from factories import World
from flask import Flask
from sqlalchemy import event

from planner.database import Database

Client = Callable[[str], Program]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Every statement sent to the database inside."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


LISTS = [
    ("nora", "/api/v1/requests"),
    ("lukas", "/api/v1/requests?status=submitted"),
    ("lukas", "/api/v1/obligations"),
    ("nora", "/api/v1/accounts"),
    ("nora", "/api/v1/specialists"),
    ("lukas", "/api/v1/cycles"),
    ("adam", "/api/v1/audit"),
    ("nora", "/requests"),
    ("lukas", "/requests"),
]


@pytest.mark.parametrize(("name", "address"), LISTS)
def test_a_longer_list_takes_no_more_statements(app: Flask, world: World, name: str, address: str) -> None:
    """One row first, then six; the count stays, and it is small."""
    person = browser(app, world, name)
    headers = {"Authorization": f"Bearer {world.ids[f'token of {name}']}"}

    def statements() -> int:
        with counted(world.database) as sent:
            assert person.get(address, headers=headers).status_code == 200
        return len(sent)

    promise: dict[str, Any] = {"obligation": True, "contract_reference": "C 1"}
    world.submitted(**promise)
    few = statements()
    for _ in range(5):
        world.submitted(**promise)
    assert statements() == few
    assert few <= 25


def test_one_request_costs_few_statements(client: Client, world: World) -> None:
    """Who is asking, the row and its parts, warnings, end and history, and whether its money may be seen."""
    request = world.submitted()
    with counted(world.database) as sent:
        assert client("nora").get(f"/requests/{request.id}").status_code == 200
    assert len(sent) <= 32
