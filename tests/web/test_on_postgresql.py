"""The whole company on PostgreSQL: its story is played there, and then every route is opened on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from applications import make_app
from clients import new_token
from factories import build_world
from matrix_policy import OUTSIDERS, PEOPLE
from matrix_routes import ROUTES
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from stage import set_stage
from test_matrix import Theatre, address

from planner import kept
from planner.database import Database
from planner.solving.engine import Engine
from tests.conftest import Server
from web.database import KEY

pytestmark = pytest.mark.postgres

KEPT = {
    "audit_event": "seq = seq",
    **dict.fromkeys(("decision", "publication", "published_hours", "snapshot", "board_review"), "id = id"),
    "plan_run": "result = 'x'",
    "key_account_definition": "key_share = key_share + 1",
}
"""Tables whose rows stay as they are, and a change that none may suffer; the first ones only ever grow."""


@pytest.fixture(scope="module")
def theatre(postgres: Server, tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Theatre]:
    """The stage of the matrix, set on PostgreSQL.

    Requests, two solved plans, decisions, an offer, exceptions with prices, a swap, a scenario, a
    publication, its review with a resolution, a survey, outcomes, contacts, an account plan, imported files.
    """
    with postgres.copy("template") as url:
        database = Database(url)
        world = build_world(database)
        world.ids |= {f"token of {name}": new_token(world, name) for name in set(PEOPLE.values()) if name}
        app = make_app(url)
        app.extensions[KEY].dispose()
        app.extensions[KEY] = database
        # The stage keeps a copy of the file that its database is; here is none to copy.
        file = tmp_path_factory.mktemp("stage") / "none.db"
        file.touch()
        theatre = Theatre(app, set_stage(world, file, engine))
        yield theatre
        theatre.watch.close()
        database.dispose()


@pytest.mark.parametrize("table", KEPT)
def test_what_was_decided_cannot_be_changed_there(theatre: Theatre, table: str) -> None:
    """Triggers refuse every way of changing a row, of removing it and of emptying the table."""
    change = KEPT[table]
    ways = [f"UPDATE {table} SET {change}", f"DELETE FROM {table}"]  # noqa: S608 - the names are constants
    ways += [f"TRUNCATE {table} CASCADE"] if change in {"id = id", "seq = seq"} else []
    database = theatre.stage.world.database
    for way in ways:
        with pytest.raises(DatabaseError, match="kept from change"), database.writing() as session:
            session.execute(text(way))


def test_every_route_works_there_too(theatre: Theatre) -> None:
    """Who may open a page or a list sees it; a use case is done or refused in words; the log holds."""
    stage = theatre.stage
    wrong, done = [], 0
    for (method, template), rule in sorted(ROUTES.items()):
        who = next(iter(sorted(set(rule.who) - OUTSIDERS)), "anonymous")
        row = str(stage.rows[rule.kind]["own"]) if rule.kind else ""
        answer = theatre.call(who, method, address(stage, template, rule, row), rule, row)
        done += method != "GET" and answer.status_code < 400
        if answer.status_code >= 500:
            wrong.append(f"{who}: {method} {template}: {answer.status_code}")
    assert wrong == []
    assert done > 50
    with stage.world.database.reading() as session:
        assert kept.check(session) == []
