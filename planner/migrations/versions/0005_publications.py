"""Publications: what was promised, and the links that open it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _publication() -> None:
    op.create_table(
        "publication",
        sa.Column("cycle_id", sa.String(length=36), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("previous_id", sa.String(length=36), nullable=True),
        sa.Column("published_by_id", sa.String(length=36), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=71), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["planning_cycle.id"], name=op.f("fk_publication_cycle_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["publication.id"], name=op.f("fk_publication_previous_id")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["app_user.id"], name=op.f("fk_publication_published_by_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_publication_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("number", name=op.f("uq_publication_number")),
        sa.UniqueConstraint("run_id", name=op.f("uq_publication_run_id")),
    )
    op.create_index(op.f("ix_publication_cycle_id"), "publication", ["cycle_id"], unique=False)


def _board_link() -> None:
    op.create_table(
        "board_link",
        sa.Column("publication_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_board_link_created_by_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_board_link_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_board_link_digest")),
    )
    op.create_index(op.f("ix_board_link_publication_id"), "board_link", ["publication_id"], unique=False)


def _published_hours() -> None:
    op.create_table(
        "published_hours",
        sa.Column("publication_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("line_id", sa.String(length=36), nullable=False),
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["request_line.id"], name=op.f("fk_published_hours_line_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_published_hours_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["resource_request.id"], name=op.f("fk_published_hours_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialist.id"], name=op.f("fk_published_hours_specialist_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_hours")),
        sa.UniqueConstraint(
            "publication_id",
            "line_id",
            "specialist_id",
            "week",
            name=op.f("uq_published_hours_publication_id_line_id_specialist_id_week"),
        ),
    )
    op.create_index(
        op.f("ix_published_hours_publication_id"), "published_hours", ["publication_id"], unique=False
    )
    op.create_index(
        op.f("ix_published_hours_specialist_id"), "published_hours", ["specialist_id"], unique=False
    )


def upgrade() -> None:
    _publication()
    _board_link()
    _published_hours()


def downgrade() -> None:
    op.drop_table("published_hours")
    op.drop_table("board_link")
    op.drop_table("publication")
