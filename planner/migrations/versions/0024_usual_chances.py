"""The chances that are usual at each stage of cooperation, as versions that two people agree on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STAGE = sa.Enum(
    *("first_contact", "proposal", "negotiation", "running", "renewal"),
    name="stage",
    native_enum=False,
    create_constraint=True,
    length=32,
)
SHAPE = sa.Enum(
    *("steps", "linear", "adbudg"),
    name="shape",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "usual_chances",
        sa.Column("stage", STAGE, nullable=False),
        sa.Column("shape", SHAPE, nullable=False),
        sa.Column("at_none", sa.BigInteger(), nullable=False),
        sa.Column("at_half", sa.BigInteger(), nullable=False),
        sa.Column("at_full", sa.BigInteger(), nullable=False),
        sa.Column("top", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stated_by_id", sa.String(length=36), nullable=False),
        sa.Column("confirmed_by_id", sa.String(length=36), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "at_none >= 0 AND at_none <= at_half AND at_half <= at_full AND at_full <= 1000",
            name=op.f("ck_usual_chances_chances"),
        ),
        sa.CheckConstraint(
            "top IS NULL OR (top > at_full AND top <= 1000)", name=op.f("ck_usual_chances_top")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_usual_chances_reason")),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> stated_by_id",
            name=op.f("ck_usual_chances_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_id"], ["app_user.id"], name=op.f("fk_usual_chances_stated_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["app_user.id"], name=op.f("fk_usual_chances_confirmed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usual_chances")),
    )
    op.create_index(
        "uq_usual_chances_waiting",
        "usual_chances",
        ["stage"],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL AND ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_usual_chances_waiting", table_name="usual_chances")
    op.drop_table("usual_chances")
