"""Requests that leadership took into a cycle after its cut-off, each with the reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_admission",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("cycle_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("admitted_by_id", sa.String(length=36), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_late_admission_reason")),
        sa.ForeignKeyConstraint(
            ["admitted_by_id"], ["app_user.id"], name=op.f("fk_late_admission_admitted_by_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["planning_cycle.id"], name=op.f("fk_late_admission_cycle_id_planning_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["resource_request.id"],
            name=op.f("fk_late_admission_request_id_resource_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_admission")),
        sa.UniqueConstraint("request_id", "cycle_id", name=op.f("uq_late_admission_request_id_cycle_id")),
    )


def downgrade() -> None:
    op.drop_table("late_admission")
