"""Requests: what is asked for and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


PURPOSE = sa.Enum(
    "win", "grow", "retain", "defend", name="purpose", native_enum=False, create_constraint=True, length=32
)
REQUEST_TYPE = sa.Enum(
    "tender",
    "proposal",
    "technical_advice",
    "pilot",
    "demo",
    "issue",
    "delivery",
    "training",
    "co_development",
    "event",
    "other",
    name="request_type",
    native_enum=False,
    create_constraint=True,
    length=32,
)
REQUEST_STATUS = sa.Enum(
    "draft",
    "submitted",
    "returned",
    "planned",
    "decided",
    "published",
    "running",
    "closed",
    "withdrawn",
    "expired",
    name="request_status",
    native_enum=False,
    create_constraint=True,
    length=32,
)
OUTCOME = sa.Enum(
    "granted", "partly", "refused", name="outcome", native_enum=False, create_constraint=True, length=32
)
EVIDENCE_KIND = sa.Enum(
    "customer_statement",
    "recommendation",
    "past_outcome",
    "contract",
    "market_data",
    "own_estimate",
    name="evidence_kind",
    native_enum=False,
    create_constraint=True,
    length=32,
)
PREFERENCE = sa.Enum(
    "none", "prefer", "require", name="preference", native_enum=False, create_constraint=True, length=32
)


def _resource_request() -> None:
    op.create_table(
        "resource_request",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("kam_id", sa.String(length=36), nullable=False),
        sa.Column("filed_by_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("purpose", PURPOSE, nullable=True),
        sa.Column("type", REQUEST_TYPE, nullable=True),
        sa.Column("earliest_week", sa.String(length=8), nullable=True),
        sa.Column("latest_week", sa.String(length=8), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("deadline_source", sa.String(length=300), nullable=False),
        sa.Column("need_statement", sa.Text(), nullable=False),
        sa.Column("avoidable_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("obligation", sa.Boolean(), nullable=False),
        sa.Column("contract_reference", sa.String(length=160), nullable=False),
        sa.Column("obligation_confirmed_by_id", sa.String(length=36), nullable=True),
        sa.Column("status", REQUEST_STATUS, nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", OUTCOME, nullable=True),
        sa.Column("filing_order", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("earliest_week <= latest_week", name=op.f("ck_resource_request_window")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_resource_request_account_id")),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["app_user.id"], name=op.f("fk_resource_request_filed_by_id")
        ),
        sa.ForeignKeyConstraint(["kam_id"], ["app_user.id"], name=op.f("fk_resource_request_kam_id")),
        sa.ForeignKeyConstraint(
            ["obligation_confirmed_by_id"],
            ["app_user.id"],
            name=op.f("fk_resource_request_obligation_confirmed_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_request")),
        sa.UniqueConstraint("filing_order", name=op.f("uq_resource_request_filing_order")),
    )
    op.create_index(op.f("ix_resource_request_account_id"), "resource_request", ["account_id"], unique=False)
    op.create_index(op.f("ix_resource_request_kam_id"), "resource_request", ["kam_id"], unique=False)
    op.create_index(op.f("ix_resource_request_status"), "resource_request", ["status"], unique=False)


def _benefit() -> None:
    op.create_table(
        "benefit",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("month_offset", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("month_offset BETWEEN 0 AND 120", name=op.f("ck_benefit_month")),
        sa.ForeignKeyConstraint(["request_id"], ["resource_request.id"], name=op.f("fk_benefit_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit")),
    )
    op.create_index(op.f("ix_benefit_request_id"), "benefit", ["request_id"], unique=False)


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", EVIDENCE_KIND, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["resource_request.id"], name=op.f("fk_evidence_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_request_id"), "evidence", ["request_id"], unique=False)


def _request_line() -> None:
    op.create_table(
        "request_line",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("min_level", sa.BigInteger(), nullable=False),
        sa.Column("quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("language_id", sa.String(length=36), nullable=True),
        sa.Column("language_level", sa.BigInteger(), nullable=True),
        sa.Column("customer_facing", sa.Boolean(), nullable=False),
        sa.Column("activity", sa.String(length=120), nullable=False),
        sa.Column("specialist_id", sa.String(length=36), nullable=True),
        sa.Column("preference", PREFERENCE, nullable=False),
        sa.Column("max_specialists", sa.BigInteger(), nullable=False),
        sa.Column("weekly_min", sa.BigInteger(), nullable=True),
        sa.Column("weekly_max", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("alternative", sa.BigInteger(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("max_specialists >= 1", name=op.f("ck_request_line_team")),
        sa.CheckConstraint("min_level BETWEEN 1 AND 5", name=op.f("ck_request_line_level")),
        sa.CheckConstraint("quarter_hours > 0", name=op.f("ck_request_line_effort")),
        sa.ForeignKeyConstraint(["language_id"], ["skill.id"], name=op.f("fk_request_line_language_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["resource_request.id"], name=op.f("fk_request_line_request_id")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_request_line_skill_id")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialist.id"], name=op.f("fk_request_line_specialist_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_line")),
    )
    op.create_index(op.f("ix_request_line_request_id"), "request_line", ["request_id"], unique=False)


def _response_point() -> None:
    op.create_table(
        "response_point",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("fraction", sa.BigInteger(), nullable=False),
        sa.Column("probability", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("fraction BETWEEN 0 AND 1500", name=op.f("ck_response_point_fraction")),
        sa.CheckConstraint("probability BETWEEN 0 AND 1000", name=op.f("ck_response_point_probability")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["resource_request.id"], name=op.f("fk_response_point_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_point")),
        sa.UniqueConstraint("request_id", "fraction", name=op.f("uq_response_point_request_id_fraction")),
    )
    op.create_index(op.f("ix_response_point_request_id"), "response_point", ["request_id"], unique=False)


def upgrade() -> None:
    _resource_request()
    _benefit()
    _evidence()
    _request_line()
    _response_point()


def downgrade() -> None:
    op.drop_table("response_point")
    op.drop_table("request_line")
    op.drop_table("evidence")
    op.drop_table("benefit")
    op.drop_table("resource_request")
