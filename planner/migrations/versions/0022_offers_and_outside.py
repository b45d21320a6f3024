"""Until when an offer stands, what may be bought outside, and hours held softly until a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from planner.migrations.keeping import keep_table, release_table

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _row(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _published_outside() -> None:
    name = "published_outside"
    op.create_table(
        name,
        sa.Column("publication_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("line_id", sa.String(length=36), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        *_row(name),
        _reference(name, "line_id", "request_line"),
        _reference(name, "publication_id", "publication"),
        _reference(name, "request_id", "resource_request"),
        sa.UniqueConstraint(
            "publication_id", "line_id", name=op.f("uq_published_outside_publication_id_line_id")
        ),
    )
    op.create_index(op.f("ix_published_outside_publication_id"), name, ["publication_id"], unique=False)
    keep_table(name)


def _soft_booking() -> None:
    name = "soft_booking"
    op.create_table(
        name,
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("asked_by_id", sa.String(length=36), nullable=False),
        sa.Column("first_week", sa.String(length=8), nullable=False),
        sa.Column("last_week", sa.String(length=8), nullable=False),
        sa.Column("quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("granted_by_id", sa.String(length=36), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.String(length=36), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=False),
        *_row(name),
        sa.CheckConstraint("quarter_hours > 0", name=op.f("ck_soft_booking_effort")),
        sa.CheckConstraint("first_week <= last_week", name=op.f("ck_soft_booking_window")),
        _reference(name, "account_id", "account"),
        _reference(name, "asked_by_id", "app_user"),
        _reference(name, "ended_by_id", "app_user"),
        _reference(name, "granted_by_id", "app_user"),
        _reference(name, "request_id", "resource_request"),
        _reference(name, "specialist_id", "specialist"),
    )
    for column in ("account_id", "expires_on", "request_id", "specialist_id"):
        op.create_index(op.f(f"ix_soft_booking_{column}"), name, [column], unique=False)


def upgrade() -> None:
    with op.batch_alter_table("resource_request") as table:
        table.add_column(sa.Column("offer_valid_until", sa.Date(), nullable=True))
        table.add_column(sa.Column("money_budget_minor", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("request_line") as table:
        table.add_column(sa.Column("outside_cost_minor", sa.BigInteger(), nullable=True))
        table.add_column(
            sa.Column("outside_source", sa.String(length=300), nullable=False, server_default="")
        )
    with op.batch_alter_table("request_outcome") as table:
        table.add_column(sa.Column("outside_minor", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("outside_lines", sa.JSON(), nullable=False, server_default="[]"))
    _published_outside()
    _soft_booking()


def downgrade() -> None:
    op.drop_table("soft_booking")
    release_table("published_outside")
    op.drop_table("published_outside")
    for name, columns in (
        ("request_outcome", ("outside_lines", "outside_minor")),
        ("request_line", ("outside_source", "outside_cost_minor")),
        ("resource_request", ("money_budget_minor", "offer_valid_until")),
    ):
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)
