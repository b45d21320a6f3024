"""The application's database inside a request: sessions for reading, units of work for writing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from planner.database import Database
from web import sent_once
from web.auth import current_actor

KEY = "planner.database"


def init_app(app: Flask) -> None:
    """Connect the application to the database named by its configuration."""
    app.extensions[KEY] = Database(app.config["DATABASE_URL"])


def database() -> Database:
    """The application's database."""
    found: Database = current_app.extensions[KEY]
    return found


def reading() -> AbstractContextManager[Session]:
    """A session that sees one state of the database and never writes."""
    return database().reading()


@contextmanager
def writing() -> Iterator[Session]:
    """A unit of work: locked first, committed at the end, undone whole on any exception.

    Raises:
        SentBeforeError: the form that is being stored was stored before.
    """
    with database().writing() as session:
        sent_once.claim(session)
        yield session


def reads(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: call the view as view(session, actor, ...) inside a reading session.

    What is decorated further down, such as the response's schema, still runs inside the session.
    """

    @functools.wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with reading() as session:
            return view(session, current_actor(), *args, **kwargs)

    return inside


def writes(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: call the view as view(session, actor, ...) inside one unit of work.

    Arguments are checked by decorators further up, before the lock is taken; the answer leaves after
    the commit.
    """

    @functools.wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with writing() as session:
            return view(session, current_actor(), *args, **kwargs)

    return inside
