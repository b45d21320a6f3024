"""Decisions: what heads answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


DECISION_OUTCOME = sa.Enum(
    "approved", "rejected", name="decision_outcome", native_enum=False, create_constraint=True, length=32
)
REJECTION_REASON = sa.Enum(
    "leave",
    "skill_mismatch",
    "own_deadline",
    "overload",
    "data_error",
    "other",
    name="rejection_reason",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("outcome", DECISION_OUTCOME, nullable=False),
        sa.Column("reason", REJECTION_REASON, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of_id", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_from_id", sa.String(length=36), nullable=True),
        sa.Column("lost_low_minor", sa.BigInteger(), nullable=True),
        sa.Column("lost_high_minor", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["decision.id"], name=op.f("fk_decision_carried_from_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_decision_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["app_user.id"], name=op.f("fk_decision_on_behalf_of_id")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_proposal_id"), "decision", ["proposal_id"], unique=False)


def upgrade() -> None:
    _decision()


def downgrade() -> None:
    op.drop_table("decision")
