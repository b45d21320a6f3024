"""Customers in full: figures that are kept, versions of the definition, criteria and ratings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from planner.migrations.keeping import keep_table, release_table
from planner.migrations.keeping_customers import (
    keep_figures_and_definitions,
    release_figures_and_definitions,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=36), primary_key=True, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    ]


def _to(name: str, target: str, *, nullable: bool) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=36), sa.ForeignKey(target), nullable=nullable)


def _unique_while(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


TRAIT = _choice("trait", "potential", "reference", "partner", "teacher", "innovator")
CRITERION_AXIS = _choice("criterion_axis", "business", "relationship")
CRITERION_KIND = _choice("criterion_kind", "monetary", "non_monetary")
DIRECTION = _choice("direction", "up", "down")
SCORE_SOURCE = _choice("score_source", "system", "kam", "sales_lead", "finance", "survey")
CHANNEL = _choice("channel", "direct", "distributor", "ecommerce")
RELATIONSHIP_STAGE = _choice(
    "relationship_stage", "exploratory", "basic", "cooperative", "interdependent", "integrated"
)
DEFINITION_SCOPE = _choice("definition_scope", "company", "sales_manager", "department")
DEFINITION_STATE = _choice("definition_state", "draft", "proposed", "active", "retired")


ACCOUNT_COLUMNS = (
    *("channel", "relationship_stage", "need", "budget_minor", "wallet_minor"),
    *("threat", "threat_source", "threat_on", "months_to_replace"),
)
FIGURES_COLUMNS = ("note", "author_id", "imported_from", "as_of", "correction_id")
DEFINITION_COLUMNS = (
    *("scope", "scope_id", "number", "state", "min_priority_score", "kappa", "flags", "note"),
    *("proposed_by_id", "approved_at"),
)


def _drop(name: str, columns: tuple[str, ...], constraints: tuple[tuple[str, str], ...]) -> None:
    with op.batch_alter_table(name) as table:
        for constraint, kind in constraints:
            table.drop_constraint(op.f(constraint), type_=kind)
        for column in columns:
            table.drop_column(column)


def _figures_correction() -> None:
    op.create_table(
        "figures_correction",
        _to("account_id", "account.id", nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        _to("corrected_by_id", "app_user.id", nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        *_row(),
        sa.CheckConstraint("note <> ''", name="note"),
    )
    op.create_index("ix_figures_correction_account_id", "figures_correction", ["account_id"], unique=False)


def _closed_month() -> None:
    op.create_table(
        "closed_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        _to("closed_by_id", "app_user.id", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        *_row(),
        sa.UniqueConstraint("month"),
    )


def _exchange_rate() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("rate_millionths", sa.BigInteger(), nullable=False),
        _to("author_id", "app_user.id", nullable=True),
        *_row(),
        sa.CheckConstraint("rate_millionths > 0", name="rate"),
        sa.UniqueConstraint("currency", "month"),
    )


def _account_trait() -> None:
    op.create_table(
        "account_trait",
        _to("account_id", "account.id", nullable=False),
        sa.Column("trait", TRAIT, nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        _to("stated_by_id", "app_user.id", nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        _to("confirmed_by_id", "app_user.id", nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_row(),
        sa.CheckConstraint("evidence <> ''", name="evidence"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> stated_by_id", name="second_person"
        ),
    )
    op.create_index("ix_account_trait_account_id", "account_trait", ["account_id"], unique=False)
    _unique_while("uq_account_trait_current", "account_trait", ["account_id", "trait"], "ended_on IS NULL")


def _qualification_criterion() -> None:
    op.create_table(
        "qualification_criterion",
        _to("definition_id", "key_account_definition.id", nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("axis", CRITERION_AXIS, nullable=False),
        sa.Column("kind", CRITERION_KIND, nullable=False),
        sa.Column("direction", DIRECTION, nullable=False),
        sa.Column("anchor_low_milli", sa.BigInteger(), nullable=False),
        sa.Column("anchor_high_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("swing_points", sa.BigInteger(), nullable=False),
        sa.Column("forecast_blend", sa.BigInteger(), nullable=False),
        sa.Column("enters_strategic_weight", sa.Boolean(), nullable=False),
        *_row(),
        sa.CheckConstraint("anchor_low_milli < anchor_high_milli", name="anchors"),
        sa.CheckConstraint("forecast_blend BETWEEN 0 AND 1000", name="blend"),
        sa.CheckConstraint("swing_points BETWEEN 0 AND 100", name="points"),
        sa.CheckConstraint("kind = 'non_monetary' OR NOT enters_strategic_weight", name="strategy"),
        sa.UniqueConstraint("definition_id", "key"),
    )
    op.create_index(
        "ix_qualification_criterion_definition_id", "qualification_criterion", ["definition_id"], unique=False
    )


def _manual_key_account() -> None:
    op.create_table(
        "manual_key_account",
        _to("definition_id", "key_account_definition.id", nullable=False),
        _to("account_id", "account.id", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _to("sponsor_id", "app_user.id", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        *_row(),
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.UniqueConstraint("definition_id", "account_id"),
    )
    op.create_index(
        "ix_manual_key_account_definition_id", "manual_key_account", ["definition_id"], unique=False
    )


def _qualification_score() -> None:
    op.create_table(
        "qualification_score",
        _to("account_id", "account.id", nullable=False),
        sa.Column("criterion_key", sa.String(length=64), nullable=False),
        sa.Column("value_current_milli", sa.BigInteger(), nullable=True),
        sa.Column("value_forecast_milli", sa.BigInteger(), nullable=True),
        sa.Column("source", SCORE_SOURCE, nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_link", sa.String(length=500), nullable=False),
        _to("rated_by_id", "app_user.id", nullable=True),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        _to("confirmed_by_id", "app_user.id", nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.CheckConstraint("rated_on <= expires_on", name="days"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR (rated_by_id IS NOT NULL AND confirmed_by_id <> rated_by_id)",
            name="second_person",
        ),
        sa.CheckConstraint(
            "value_current_milli IS NOT NULL OR value_forecast_milli IS NOT NULL", name="something_known"
        ),
    )
    op.create_index(
        "ix_qualification_score_newest",
        "qualification_score",
        ["account_id", "criterion_key", "rated_on"],
        unique=False,
    )


def _strategic_factor() -> None:
    op.create_table(
        "strategic_factor",
        _to("account_id", "account.id", nullable=False),
        sa.Column("factor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _to("set_by_id", "app_user.id", nullable=False),
        _to("approved_by_id", "app_user.id", nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        *_row(),
        sa.CheckConstraint("valid_from <= expires_on", name="days"),
        sa.CheckConstraint("factor BETWEEN 500 AND 2000", name="factor"),
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> set_by_id", name="second_person"),
    )
    op.create_index("ix_strategic_factor_account_id", "strategic_factor", ["account_id"], unique=False)


def _account() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("channel", CHANNEL, nullable=True))
        table.add_column(sa.Column("relationship_stage", RELATIONSHIP_STAGE, nullable=True))
        table.add_column(sa.Column("need", sa.Text(), server_default="", nullable=False))
        for name in ("budget_minor", "wallet_minor", "threat", "months_to_replace"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("threat_source", sa.String(length=300), server_default="", nullable=False))
        table.add_column(sa.Column("threat_on", sa.Date(), nullable=True))
        table.create_check_constraint("parent", "parent_id IS NULL OR parent_id <> id")
        table.create_check_constraint(
            "threat", "threat IS NULL OR (threat BETWEEN 0 AND 3 AND threat_on IS NOT NULL)"
        )
        table.create_check_constraint("budget", "budget_minor IS NULL OR budget_minor >= 0")
        table.create_check_constraint("wallet", "wallet_minor IS NULL OR wallet_minor >= 0")


def _account_financials() -> None:
    with op.batch_alter_table("account_financials") as table:
        table.add_column(sa.Column("note", sa.String(length=500), server_default="", nullable=False))
        table.add_column(_to("author_id", "app_user.id", nullable=True))
        table.add_column(sa.Column("imported_from", sa.String(length=200), server_default="", nullable=False))
        table.add_column(sa.Column("as_of", sa.Date(), nullable=True))
        table.add_column(_to("correction_id", "figures_correction.id", nullable=True))
        table.create_unique_constraint("uq_account_financials_correction_id", ["correction_id"])
        table.create_check_constraint("negative_sales", "gross_sales >= 0 OR note <> ''")


def _key_account_definition() -> None:
    with op.batch_alter_table("key_account_definition") as table:
        table.add_column(sa.Column("scope", DEFINITION_SCOPE, server_default="company", nullable=False))
        table.add_column(sa.Column("scope_id", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("number", sa.BigInteger(), server_default="1", nullable=False))
        table.add_column(sa.Column("state", DEFINITION_STATE, server_default="active", nullable=False))
        table.add_column(sa.Column("min_priority_score", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("kappa", sa.BigInteger(), server_default="500", nullable=False))
        table.add_column(sa.Column("flags", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        table.add_column(_to("proposed_by_id", "app_user.id", nullable=True))
        table.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        table.alter_column("approved_by_id", existing_type=sa.String(length=36), nullable=True)
        for name, condition in (
            ("approved", "state IN ('draft', 'proposed') OR approved_by_id IS NOT NULL"),
            (
                "second_person",
                "approved_by_id IS NULL OR proposed_by_id IS NULL OR approved_by_id <> proposed_by_id",
            ),
            ("days", "valid_to IS NULL OR valid_from <= valid_to"),
            ("kappa", "kappa BETWEEN 0 AND 1000"),
            ("scope_id", "(scope = 'company') = (scope_id IS NULL)"),
            ("window", "window_months BETWEEN 1 AND 60"),
        ):
            table.create_check_constraint(name, condition)


def upgrade() -> None:
    _figures_correction()
    _closed_month()
    _exchange_rate()
    _account()
    _account_financials()
    _key_account_definition()
    _account_trait()
    _qualification_criterion()
    _manual_key_account()
    _qualification_score()
    _strategic_factor()
    keep_table("figures_correction")
    keep_figures_and_definitions()


def downgrade() -> None:
    release_figures_and_definitions()
    release_table("figures_correction")
    for table in ("strategic_factor", "qualification_score", "manual_key_account"):
        op.drop_table(table)
    for table in ("qualification_criterion", "account_trait"):
        op.drop_table(table)
    op.execute("DELETE FROM key_account_definition WHERE approved_by_id IS NULL")
    _drop(
        "key_account_definition",
        DEFINITION_COLUMNS,
        (
            *(
                (f"ck_key_account_definition_{name}", "check")
                for name in ("approved", "second_person", "days", "kappa", "scope_id", "window")
            ),
            ("ck_key_account_definition_definition_scope", "check"),
            ("ck_key_account_definition_definition_state", "check"),
            ("fk_key_account_definition_proposed_by_id", "foreignkey"),
        ),
    )
    with op.batch_alter_table("key_account_definition") as table:
        table.alter_column("approved_by_id", existing_type=sa.String(length=36), nullable=False)
    _drop(
        "account_financials",
        FIGURES_COLUMNS,
        (
            ("ck_account_financials_negative_sales", "check"),
            ("uq_account_financials_correction_id", "unique"),
            ("fk_account_financials_author_id", "foreignkey"),
            ("fk_account_financials_correction_id", "foreignkey"),
        ),
    )
    checks = ("parent", "threat", "budget", "wallet", "channel", "relationship_stage")
    _drop("account", ACCOUNT_COLUMNS, tuple((f"ck_account_{name}", "check") for name in checks))
    for name in ("exchange_rate", "closed_month", "figures_correction"):
        op.drop_table(name)
