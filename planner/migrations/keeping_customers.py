"""Database triggers that keep closed months and used definitions from silent change, by whatever path.

Used by migrations. A migration that rebuilds one of these tables must release it before and keep it after.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic import op

DEFINITION = (
    *("scope", "scope_id", "number", "basis", "window_months", "key_share", "critical_share"),
    *("mono_warning", "mono_severe", "absolute_threshold_minor", "min_priority_score", "kappa", "flags"),
    *("proposed_by_id", "approved_by_id", "approved_at", "valid_from"),
)
"""Columns of a definition that stay once it was approved; it may still end, which sets its last day."""

PARTS = ("qualification_criterion", "manual_key_account")
USED = "('active', 'retired')"

CLOSING = (
    *("request_id", "revision", "result", "delivered_quarter_hours", "delivered_fraction"),
    *("claimed_probability", "claimed_value_minor", "realised_value_minor", "ended_on", "punctual_start"),
    *("feedback", "feedback_text", "referral", "reference_letter", "reference_text", "lesson"),
    *("recorded_by_id", "recorded_at", "confirmed_by_id", "confirmed_at"),
)
"""Columns of an outcome that stay once a second person confirmed it; only a newer revision replaces it."""


def _changed(columns: tuple[str, ...], *, postgresql: bool) -> str:
    # PostgreSQL's JSON has no equality of its own.
    cast, word = ("::text", "IS DISTINCT FROM") if postgresql else ("", "IS NOT")
    return " OR ".join(f"OLD.{column}{cast} {word} NEW.{column}{cast}" for column in columns)


def _trigger(name: str, event: str, table: str, condition: str, *, postgresql: bool) -> Iterator[str]:
    """Statements that make a trigger which stops `event` on rows where `condition` holds."""
    if not postgresql:
        stop = f"BEGIN SELECT RAISE(ABORT, '{table} is kept from change'); END"  # noqa: S608 - a constant name
        yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} {stop}"
        return
    # A trigger's condition may hold no query in PostgreSQL, its function may.
    row = "OLD" if event == "DELETE" else "NEW"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '% is kept from change', TG_TABLE_NAME; END IF; RETURN {row}; END $$"
    )
    yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _closed(row: str) -> str:
    return f"{row}.kind = 'actual' AND EXISTS (SELECT 1 FROM closed_month WHERE month = {row}.month)"  # noqa: S608 - row is OLD or NEW


def _used(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM key_account_definition WHERE id = {row}.definition_id AND state IN {USED})"  # noqa: S608 - row is OLD or NEW


def _customers(*, postgresql: bool) -> Iterator[tuple[str, str, str, str]]:
    """Name, event, table and condition of each trigger."""
    figures, differs = "account_financials", "IS DISTINCT FROM" if postgresql else "IS NOT"
    uncorrected = f"NOT (NEW.correction_id IS NOT NULL AND NEW.correction_id {differs} OLD.correction_id)"
    either = f"(({_closed('OLD')}) OR ({_closed('NEW')}))"
    yield "keep_figures_insert", "INSERT", figures, f"{_closed('NEW')} AND NEW.correction_id IS NULL"
    yield "keep_figures_update", "UPDATE", figures, f"{either} AND {uncorrected}"
    yield "keep_figures_delete", "DELETE", figures, _closed("OLD")
    yield "keep_month_update", "UPDATE", "closed_month", "OLD.month <> NEW.month"
    yield "keep_month_delete", "DELETE", "closed_month", "OLD.month IS NOT NULL"
    definition, used = "key_account_definition", f"OLD.state IN {USED}"
    back = "NEW.state IN ('draft', 'proposed')"
    changed = _changed(DEFINITION, postgresql=postgresql)
    yield "keep_definition_update", "UPDATE", definition, f"{used} AND ({back} OR {changed})"
    yield "keep_definition_delete", "DELETE", definition, used
    for table in PARTS:
        yield f"keep_{table}_insert", "INSERT", table, _used("NEW")
        yield f"keep_{table}_update", "UPDATE", table, f"{_used('OLD')} OR {_used('NEW')}"
        yield f"keep_{table}_delete", "DELETE", table, _used("OLD")


def _outcomes(*, postgresql: bool) -> Iterator[tuple[str, str, str, str]]:
    settled = "OLD.state IN ('confirmed', 'superseded')"
    changed = _changed(CLOSING, postgresql=postgresql)
    back = "NEW.state IN ('recorded', 'returned')"
    yield "keep_closing_update", "UPDATE", "closing", f"{settled} AND ({back} OR {changed})"
    yield "keep_closing_delete", "DELETE", "closing", settled


def _make(triggers: Iterator[tuple[str, str, str, str]], *, postgresql: bool) -> None:
    for name, event, table, condition in triggers:
        for statement in _trigger(name, event, table, condition, postgresql=postgresql):
            op.execute(statement)


def _remove(triggers: Iterator[tuple[str, str, str, str]], *, postgresql: bool) -> None:
    for name, *_ in triggers:
        op.execute(f"DROP FUNCTION {name}() CASCADE" if postgresql else f"DROP TRIGGER {name}")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def keep_figures_and_definitions() -> None:
    """Keep figures of closed months, and definitions that were approved."""
    postgresql = _is_postgresql()
    _make(_customers(postgresql=postgresql), postgresql=postgresql)


def release_figures_and_definitions() -> None:
    """Remove those triggers."""
    postgresql = _is_postgresql()
    _remove(_customers(postgresql=postgresql), postgresql=postgresql)


def keep_outcomes() -> None:
    """Keep outcomes that a second person confirmed."""
    postgresql = _is_postgresql()
    _make(_outcomes(postgresql=postgresql), postgresql=postgresql)


def release_outcomes() -> None:
    """Remove those triggers."""
    postgresql = _is_postgresql()
    _remove(_outcomes(postgresql=postgresql), postgresql=postgresql)
