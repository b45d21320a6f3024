"""What a request's value rests on, the end of a strategic factor, and rates of cost since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SOURCE = sa.Enum(
    "stream", "lifetime", name="value_source", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    with op.batch_alter_table("resource_request") as table:
        table.add_column(sa.Column("value_source", SOURCE, nullable=False, server_default="stream"))
    with op.batch_alter_table("strategic_factor") as table:
        table.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
    op.create_table(
        "cost_rate",
        sa.Column("valid_from", sa.String(length=7), nullable=False),
        sa.Column("kam_hour_minor", sa.BigInteger(), nullable=False),
        sa.Column("specialist_hour_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kam_hour_minor >= 0 AND specialist_hour_minor >= 0 AND interest BETWEEN 0 AND 1000",
            name=op.f("ck_cost_rate_rates"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_cost_rate_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_rate")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_cost_rate_valid_from")),
    )


def downgrade() -> None:
    op.drop_table("cost_rate")
    with op.batch_alter_table("strategic_factor") as table:
        table.drop_column("ended_on")
    with op.batch_alter_table("resource_request") as table:
        table.drop_constraint(op.f("ck_resource_request_value_source"), type_="check")
        table.drop_column("value_source")
