"""Database triggers that keep what was decided and published from change, by whatever path.

Used by migrations. A migration that rebuilds one of these tables must release it before and keep it after.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic import op

from planner.records.plans import RUN_RESULT

UNCHANGEABLE = ("audit_event", "decision", "publication", "published_hours", "snapshot")
"""Tables that only ever grow; later ones are kept by the migration that makes them."""


def _same(column: str, *, postgresql: bool) -> str:
    # PostgreSQL's JSON has no equality of its own.
    cast = "::text" if postgresql else ""
    word = "IS DISTINCT FROM" if postgresql else "IS NOT"
    return f"OLD.{column}{cast} {word} NEW.{column}{cast}"


def _changed(*, postgresql: bool) -> str:
    return " OR ".join(_same(column, postgresql=postgresql) for column in RUN_RESULT)


def _table(table: str, *, postgresql: bool) -> Iterator[str]:
    """Statements that let a table only grow."""
    if postgresql:
        stop = "EXECUTE FUNCTION planner_keep()"
        yield f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {stop}"
        yield f"CREATE TRIGGER keep_{table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {stop}"
        return
    stop = f"BEGIN SELECT RAISE(ABORT, '{table} is kept from change'); END"  # noqa: S608 - a constant name
    yield f"CREATE TRIGGER keep_{table}_update BEFORE UPDATE ON {table} {stop}"
    yield f"CREATE TRIGGER keep_{table}_delete BEFORE DELETE ON {table} {stop}"


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION planner_keep() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is kept from change', TG_TABLE_NAME; END $$"
    )
    stop = "EXECUTE FUNCTION planner_keep()"
    for table in UNCHANGEABLE:
        yield from _table(table, postgresql=True)
    done = f"OLD.state = 'done' AND ({_changed(postgresql=True)})"
    yield f"CREATE TRIGGER keep_plan_run_update BEFORE UPDATE ON plan_run FOR EACH ROW WHEN ({done}) {stop}"
    done = "OLD.state = 'done'"
    yield f"CREATE TRIGGER keep_plan_run_delete BEFORE DELETE ON plan_run FOR EACH ROW WHEN ({done}) {stop}"


def _sqlite() -> Iterator[str]:
    for table in UNCHANGEABLE:
        yield from _table(table, postgresql=False)
    stop = "BEGIN SELECT RAISE(ABORT, 'plan_run is kept from change'); END"
    done = f"OLD.state = 'done' AND ({_changed(postgresql=False)})"
    yield f"CREATE TRIGGER keep_plan_run_update BEFORE UPDATE ON plan_run WHEN {done} {stop}"
    yield f"CREATE TRIGGER keep_plan_run_delete BEFORE DELETE ON plan_run WHEN OLD.state = 'done' {stop}"


def keep() -> None:
    """Make the triggers."""
    for statement in _postgresql() if op.get_bind().dialect.name == "postgresql" else _sqlite():
        op.execute(statement)


def release() -> None:
    """Remove the triggers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION planner_keep() CASCADE")
        return
    for table in (*UNCHANGEABLE, "plan_run"):
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER keep_{table}_{event}")


def keep_table(table: str) -> None:
    """Let a table made after the others only grow too."""
    for statement in _table(table, postgresql=op.get_bind().dialect.name == "postgresql"):
        op.execute(statement)


def release_table(table: str) -> None:
    """Remove the triggers of `keep_table`."""
    if op.get_bind().dialect.name == "postgresql":
        for name in (f"keep_{table}", f"keep_{table}_whole"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
        return
    for event in ("update", "delete"):
        op.execute(f"DROP TRIGGER keep_{table}_{event}")
