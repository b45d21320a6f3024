"""Read by Alembic: hands it the connection of `planner.migrations.running` and the records."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from planner.records import Base
from planner.records.base import UtcDateTime


def plain_types(kind: str, thing: Any, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our time type as SQLAlchemy's own, so that old migrations never need today's code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plain_types,
    compare_type=True,
)
context.run_migrations()
