"""The board's review: what was sent, what was resolved, and the survey on alignment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from planner.migrations.keeping import keep_table, release_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ELEMENTS = ("strategy", "structure", "systems", "shared_values", "style", "staff", "skills")


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    ]


def _board_review() -> None:
    op.create_table(
        "board_review",
        sa.Column("publication_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("prepared_by_id", sa.String(length=36), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=71), nullable=False),
        *_row(),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_board_review_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["app_user.id"], name=op.f("fk_board_review_prepared_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_review")),
        sa.UniqueConstraint("publication_id", "number", name=op.f("uq_board_review_publication_id_number")),
    )
    op.create_index(op.f("ix_board_review_publication_id"), "board_review", ["publication_id"], unique=False)


def _resolution() -> None:
    op.create_table(
        "resolution",
        sa.Column("publication_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.String(length=36), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.String(length=36), nullable=True),
        *_row(),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_resolution_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_resolution_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["app_user.id"], name=op.f("fk_resolution_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
    )
    op.create_index(op.f("ix_resolution_publication_id"), "resolution", ["publication_id"], unique=False)


def _survey() -> None:
    op.create_table(
        "survey_round",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.String(length=36), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.ForeignKeyConstraint(["opened_by_id"], ["app_user.id"], name=op.f("fk_survey_round_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_round")),
        sa.UniqueConstraint("name", name=op.f("uq_survey_round_name")),
    )
    op.create_table(
        "survey_invitation",
        sa.Column("round_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("group_name", sa.String(length=120), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["survey_round.id"], name=op.f("fk_survey_invitation_round_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_survey_invitation_user_id")),
        sa.PrimaryKeyConstraint("round_id", "user_id", name=op.f("pk_survey_invitation")),
    )
    op.create_index(op.f("ix_survey_invitation_user_id"), "survey_invitation", ["user_id"], unique=False)


def _answers() -> None:
    # Without row numbers SQLite stores rows in the order of their random ids, not of their arrival.
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.String(length=36), nullable=False),
        sa.Column("group_name", sa.String(length=120), nullable=False),
        sa.Column(
            "element",
            sa.Enum(*ELEMENTS, name="element", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("current", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("current BETWEEN 1 AND 5", name=op.f("ck_survey_answer_current")),
        sa.CheckConstraint("target BETWEEN 1 AND 5", name=op.f("ck_survey_answer_target")),
        sa.ForeignKeyConstraint(["round_id"], ["survey_round.id"], name=op.f("fk_survey_answer_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_answer_round_id", "survey_answer", ["round_id"], unique=False)
    op.create_table(
        "survey_comment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["survey_round.id"], name=op.f("fk_survey_comment_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_comment_round_id"), "survey_comment", ["round_id"], unique=False)


def upgrade() -> None:
    _board_review()
    _resolution()
    _survey()
    _answers()
    keep_table("board_review")


def downgrade() -> None:
    release_table("board_review")
    for table in (
        *("survey_comment", "survey_answer", "survey_invitation", "survey_round", "resolution"),
        "board_review",
    ):
        op.drop_table(table)
