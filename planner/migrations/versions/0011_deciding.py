"""Deciding together: booked hours, counter-offers, named heads, comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


OFFER_STATE = sa.Enum(
    "open",
    "accepted",
    "declined",
    "void",
    name="offer_state",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def _row(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """The columns that every row has."""
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _person_week() -> None:
    op.add_column("proposal", sa.Column("booked_as", sa.String(length=16), nullable=True))
    op.create_table(
        "person_week",
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("plain_limit", sa.BigInteger(), nullable=False),
        sa.Column("total_limit", sa.BigInteger(), nullable=False),
        sa.Column("plain", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        *_row("person_week"),
        sa.CheckConstraint("plain >= 0 AND plain <= plain_limit", name=op.f("ck_person_week_plain")),
        sa.CheckConstraint("total >= plain AND total <= total_limit", name=op.f("ck_person_week_total")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialist.id"], name=op.f("fk_person_week_specialist_id")
        ),
        sa.UniqueConstraint("specialist_id", "week", name=op.f("uq_person_week_specialist_id_week")),
    )


def _named_head() -> None:
    op.create_table(
        "named_head",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("department_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("named_by_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_row("named_head"),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_named_head_department_id")
        ),
        sa.ForeignKeyConstraint(["named_by_id"], ["app_user.id"], name=op.f("fk_named_head_named_by_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["resource_request.id"], name=op.f("fk_named_head_request_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_named_head_user_id")),
        sa.UniqueConstraint(
            "request_id", "department_id", name=op.f("uq_named_head_request_id_department_id")
        ),
    )
    op.create_index(op.f("ix_named_head_user_id"), "named_head", ["user_id"], unique=False)


def _counter_offer() -> None:
    op.create_table(
        "counter_offer",
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("state", OFFER_STATE, nullable=False),
        sa.Column("fraction", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of_id", sa.String(length=36), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.String(length=36), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        *_row("counter_offer"),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["app_user.id"], name=op.f("fk_counter_offer_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"], name=op.f("fk_counter_offer_made_by_id")),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"], ["app_user.id"], name=op.f("fk_counter_offer_on_behalf_of_id")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_counter_offer_proposal_id")),
    )
    op.create_index(op.f("ix_counter_offer_proposal_id"), "counter_offer", ["proposal_id"], unique=False)
    op.create_table(
        "counter_hours",
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("quarter_hours", sa.BigInteger(), nullable=False),
        *_row("counter_hours"),
        sa.CheckConstraint("quarter_hours > 0", name=op.f("ck_counter_hours_effort")),
        sa.ForeignKeyConstraint(["offer_id"], ["counter_offer.id"], name=op.f("fk_counter_hours_offer_id")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialist.id"], name=op.f("fk_counter_hours_specialist_id")
        ),
        sa.UniqueConstraint(
            "offer_id", "specialist_id", "week", name=op.f("uq_counter_hours_offer_id_specialist_id_week")
        ),
    )
    op.create_index(op.f("ix_counter_hours_offer_id"), "counter_hours", ["offer_id"], unique=False)


def _comment() -> None:
    op.create_table(
        "comment",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("proposal_id", sa.String(length=36), nullable=True),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_row("comment"),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_comment_proposal_id")),
        sa.ForeignKeyConstraint(["request_id"], ["resource_request.id"], name=op.f("fk_comment_request_id")),
    )
    op.create_index(op.f("ix_comment_request_id"), "comment", ["request_id"], unique=False)


def upgrade() -> None:
    _person_week()
    _named_head()
    _counter_offer()
    _comment()


def downgrade() -> None:
    for table in ("comment", "counter_hours", "counter_offer", "named_head", "person_week"):
        op.drop_table(table)
    with op.batch_alter_table("proposal") as batch:
        batch.drop_column("booked_as")
