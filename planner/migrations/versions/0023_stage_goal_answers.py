"""A request's stage of cooperation and strategic goal, and answers kept for programs that send again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STAGE = sa.Enum(
    *("first_contact", "proposal", "negotiation", "running", "renewal"),
    name="stage",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    with op.batch_alter_table("resource_request") as table:
        table.add_column(sa.Column("stage", STAGE, nullable=True))
        table.add_column(sa.Column("curve_reason", sa.String(length=300), nullable=False, server_default=""))
        table.add_column(sa.Column("goal_id", sa.String(length=36), nullable=True))
        table.create_foreign_key(op.f("fk_resource_request_goal_id"), "strategic_goal", ["goal_id"], ["id"])
        table.create_index(op.f("ix_resource_request_goal_id"), ["goal_id"])
    op.create_table(
        "kept_answer",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept_answer")),
    )
    op.create_index(op.f("ix_kept_answer_row_id"), "kept_answer", ["row_id"], unique=False)
    op.create_index(op.f("ix_kept_answer_expires_at"), "kept_answer", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_kept_answer_expires_at"), table_name="kept_answer")
    op.drop_index(op.f("ix_kept_answer_row_id"), table_name="kept_answer")
    op.drop_table("kept_answer")
    with op.batch_alter_table("resource_request") as table:
        table.drop_index(op.f("ix_resource_request_goal_id"))
        table.drop_constraint(op.f("fk_resource_request_goal_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_resource_request_stage"), type_="check")
        for column in ("goal_id", "curve_reason", "stage"):
            table.drop_column(column)
