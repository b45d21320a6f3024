"""Customers: accounts, their figures and what a key account is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


ACCOUNT_STATUS = sa.Enum(
    "prospect",
    "active",
    "lost",
    "archived",
    name="account_status",
    native_enum=False,
    create_constraint=True,
    length=32,
)
CREDIT_STATUS = sa.Enum(
    "ok", "watch", "blocked", name="credit_status", native_enum=False, create_constraint=True, length=32
)
BASIS = sa.Enum(
    "contribution_profit",
    "gross_margin",
    "revenue",
    name="basis",
    native_enum=False,
    create_constraint=True,
    length=32,
)
FIGURES_KIND = sa.Enum(
    "actual", "forecast", name="figures_kind", native_enum=False, create_constraint=True, length=32
)


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("segment", sa.String(length=60), nullable=False),
        sa.Column("territory", sa.String(length=60), nullable=False),
        sa.Column("strategic_segment", sa.Boolean(), nullable=False),
        sa.Column("status", ACCOUNT_STATUS, nullable=False),
        sa.Column("kam_id", sa.String(length=36), nullable=False),
        sa.Column("deputy_kam_id", sa.String(length=36), nullable=True),
        sa.Column("credit_status", CREDIT_STATUS, nullable=False),
        sa.Column("credit_limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("contract_end", sa.Date(), nullable=True),
        sa.Column("data_as_of", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "deputy_kam_id IS NULL OR kam_id <> deputy_kam_id", name=op.f("ck_account_deputy")
        ),
        sa.ForeignKeyConstraint(["deputy_kam_id"], ["app_user.id"], name=op.f("fk_account_deputy_kam_id")),
        sa.ForeignKeyConstraint(["kam_id"], ["app_user.id"], name=op.f("fk_account_kam_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["account.id"], name=op.f("fk_account_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
    )
    op.create_index(op.f("ix_account_deputy_kam_id"), "account", ["deputy_kam_id"], unique=False)
    op.create_index(op.f("ix_account_kam_id"), "account", ["kam_id"], unique=False)


def _key_account_definition() -> None:
    op.create_table(
        "key_account_definition",
        sa.Column("basis", BASIS, nullable=False),
        sa.Column("window_months", sa.BigInteger(), nullable=False),
        sa.Column("key_share", sa.BigInteger(), nullable=False),
        sa.Column("critical_share", sa.BigInteger(), nullable=False),
        sa.Column("mono_warning", sa.BigInteger(), nullable=False),
        sa.Column("mono_severe", sa.BigInteger(), nullable=False),
        sa.Column("absolute_threshold_minor", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_id", sa.String(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            (
                "0 < key_share AND key_share <= critical_share AND "
                "critical_share <= mono_warning AND mono_warning <= mono_severe AND "
                "mono_severe <= 1000"
            ),
            name=op.f("ck_key_account_definition_shares"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["app_user.id"], name=op.f("fk_key_account_definition_approved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_account_definition")),
    )


def _account_financials() -> None:
    op.create_table(
        "account_financials",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", FIGURES_KIND, nullable=False),
        sa.Column("gross_sales", sa.BigInteger(), nullable=False),
        sa.Column("discounts", sa.BigInteger(), nullable=False),
        sa.Column("bonuses", sa.BigInteger(), nullable=False),
        sa.Column("returns", sa.BigInteger(), nullable=False),
        sa.Column("cogs", sa.BigInteger(), nullable=False),
        sa.Column("logistics", sa.BigInteger(), nullable=False),
        sa.Column("support", sa.BigInteger(), nullable=False),
        sa.Column("programme_costs", sa.BigInteger(), nullable=False),
        sa.Column("other_cts", sa.BigInteger(), nullable=False),
        sa.Column("kam_quarter_hours", sa.BigInteger(), nullable=True),
        sa.Column("specialist_quarter_hours", sa.BigInteger(), nullable=True),
        sa.Column("receipts", sa.BigInteger(), nullable=True),
        sa.Column("ar_open", sa.BigInteger(), nullable=True),
        sa.Column("ar_overdue", sa.BigInteger(), nullable=True),
        sa.Column("inventory_dedicated", sa.BigInteger(), nullable=True),
        sa.Column("ap_related", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "ar_overdue IS NULL OR ar_open IS NULL OR ar_overdue <= ar_open",
            name=op.f("ck_account_financials_overdue"),
        ),
        sa.CheckConstraint(
            (
                "discounts >= 0 AND bonuses >= 0 AND returns >= 0 AND cogs >= 0 AND "
                "logistics >= 0 AND support >= 0 AND programme_costs >= 0 AND "
                "other_cts >= 0"
            ),
            name=op.f("ck_account_financials_signs"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_financials_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_financials")),
        sa.UniqueConstraint(
            "account_id", "month", "kind", name=op.f("uq_account_financials_account_id_month_kind")
        ),
    )
    op.create_index(
        op.f("ix_account_financials_account_id"), "account_financials", ["account_id"], unique=False
    )


def upgrade() -> None:
    _account()
    _key_account_definition()
    _account_financials()


def downgrade() -> None:
    op.drop_table("account_financials")
    op.drop_table("key_account_definition")
    op.drop_table("account")
