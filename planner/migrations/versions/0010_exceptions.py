"""Exceptions and what-ifs: overrides, swaps, scenarios, and the questions behind them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD_KINDS = ("break_even", "rejection")
NEW_KINDS = (*OLD_KINDS, "card", "price", "frontier", "swap", "contribution")
KEPT = (
    "run_id",
    "kind",
    "subject",
    "request_id",
    "proposal_id",
    "scope",
    "state",
    "asked_by_id",
    "asked_at",
    "worker",
    "heartbeat_at",
    "attempts",
    "low_minor",
    "high_minor",
    "exact",
    "answer",
    "failure",
    "id",
    "created_at",
    "updated_at",
    "version",
)
"""Columns of a question that it had before."""


def _row() -> list[sa.Column[object]]:
    """What every row has."""
    return [
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    ]


def _added() -> list[sa.Column[object]]:
    """Columns of a question that are new."""
    return [
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
    ]


def _question(kinds: tuple[str, ...], *, wide: bool) -> None:
    op.create_table(
        "question",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="question_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=wide),
        sa.Column("proposal_id", sa.String(length=36), nullable=True),
        sa.Column("scope", sa.String(length=16), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="job_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.String(length=36), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=120), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("low_minor", sa.BigInteger(), nullable=True),
        sa.Column("high_minor", sa.BigInteger(), nullable=True),
        sa.Column("exact", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("failure", sa.JSON(), nullable=True),
        *_row(),
        *(_added() if wide else ()),
        sa.CheckConstraint(
            "low_minor IS NULL OR high_minor IS NULL OR low_minor <= high_minor",
            name=op.f("ck_question_interval"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_question_asked_by_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_question_proposal_id")),
        sa.ForeignKeyConstraint(["request_id"], ["resource_request.id"], name=op.f("fk_question_request_id")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_question_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("run_id", "kind", "subject", name=op.f("uq_question_run_id_kind_subject")),
    )
    op.create_index(op.f("ix_question_proposal_id"), "question", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_question_request_id"), "question", ["request_id"], unique=False)
    op.create_index(op.f("ix_question_run_id"), "question", ["run_id"], unique=False)
    op.create_index(op.f("ix_question_state"), "question", ["state"], unique=False)


def _rebuild(kinds: tuple[str, ...], *, wide: bool) -> None:
    """Make the table anew and take its rows over; SQLite can change neither a check nor a column."""
    kept = ", ".join(KEPT)
    names = ", ".join(f"'{kind}'" for kind in kinds)
    known = f"kind IN ({names}) AND request_id IS NOT NULL"
    op.execute("CREATE TABLE question_kept AS SELECT * FROM question")
    op.drop_table("question")
    _question(kinds, wide=wide)
    more = ", params, progress, stop_requested" if wide else ""
    values = ", '{}', '{}', FALSE" if wide else ""
    op.execute(
        f"INSERT INTO question ({kept}{more}) SELECT {kept}{values} FROM question_kept WHERE {known}"  # noqa: S608 - names of columns and kinds are constants
    )
    op.drop_table("question_kept")


def _of_override() -> list[sa.Column[object]]:
    return [
        sa.Column("cycle_id", sa.String(length=36), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "grant",
                "refuse",
                "forbid",
                "pin",
                "capacity",
                name="override_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("fraction", sa.BigInteger(), nullable=True),
        sa.Column("line_id", sa.String(length=36), nullable=True),
        sa.Column("specialist_id", sa.String(length=36), nullable=True),
        sa.Column("week", sa.String(length=8), nullable=True),
        sa.Column("quarter_hours", sa.BigInteger(), nullable=True),
        sa.Column("sponsor_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("price_low_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_high_minor", sa.BigInteger(), nullable=False),
        sa.Column("money_minor", sa.BigInteger(), nullable=True),
        sa.Column("churn_minor", sa.BigInteger(), nullable=False),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "active",
                "declined",
                "withdrawn",
                name="override_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("second_id", sa.String(length=36), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_reason", sa.Text(), nullable=False),
    ]


def _override() -> None:
    op.create_table(
        "override",
        *_of_override(),
        *_row(),
        sa.CheckConstraint("price_low_minor <= price_high_minor", name=op.f("ck_override_interval")),
        sa.CheckConstraint(
            "second_id IS NULL OR second_id <> sponsor_id", name=op.f("ck_override_two_people")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["planning_cycle.id"], name=op.f("fk_override_cycle_id")),
        sa.ForeignKeyConstraint(["line_id"], ["request_line.id"], name=op.f("fk_override_line_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_override_question_id")),
        sa.ForeignKeyConstraint(["request_id"], ["resource_request.id"], name=op.f("fk_override_request_id")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_override_run_id")),
        sa.ForeignKeyConstraint(["second_id"], ["app_user.id"], name=op.f("fk_override_second_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialist.id"], name=op.f("fk_override_specialist_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["app_user.id"], name=op.f("fk_override_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    op.create_index(op.f("ix_override_cycle_id"), "override", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_override_question_id"), "override", ["question_id"], unique=False)
    op.create_index(op.f("ix_override_request_id"), "override", ["request_id"], unique=False)
    op.create_index(op.f("ix_override_signed_at"), "override", ["signed_at"], unique=False)
    op.create_index(op.f("ix_override_sponsor_id"), "override", ["sponsor_id"], unique=False)
    op.create_index(op.f("ix_override_state"), "override", ["state"], unique=False)


def _swap_offer() -> None:
    op.create_table(
        "swap_offer",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("yields_id", sa.String(length=36), nullable=False),
        sa.Column("offered_id", sa.String(length=36), nullable=True),
        sa.Column("from_id", sa.String(length=36), nullable=False),
        sa.Column("to_id", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "checking",
                "agreed",
                "failed",
                "declined",
                "withdrawn",
                name="swap_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question_id", sa.String(length=36), nullable=True),
        *_row(),
        sa.ForeignKeyConstraint(["from_id"], ["app_user.id"], name=op.f("fk_swap_offer_from_id")),
        sa.ForeignKeyConstraint(
            ["offered_id"], ["resource_request.id"], name=op.f("fk_swap_offer_offered_id")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_swap_offer_question_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["resource_request.id"], name=op.f("fk_swap_offer_request_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_swap_offer_run_id")),
        sa.ForeignKeyConstraint(["to_id"], ["app_user.id"], name=op.f("fk_swap_offer_to_id")),
        sa.ForeignKeyConstraint(["yields_id"], ["resource_request.id"], name=op.f("fk_swap_offer_yields_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap_offer")),
    )
    op.create_index(op.f("ix_swap_offer_question_id"), "swap_offer", ["question_id"], unique=False)
    op.create_index(op.f("ix_swap_offer_request_id"), "swap_offer", ["request_id"], unique=False)
    op.create_index(op.f("ix_swap_offer_run_id"), "swap_offer", ["run_id"], unique=False)
    op.create_index(op.f("ix_swap_offer_state"), "swap_offer", ["state"], unique=False)
    op.create_index(op.f("ix_swap_offer_yields_id"), "swap_offer", ["yields_id"], unique=False)


def _scenario() -> None:
    op.create_table(
        "scenario",
        sa.Column("cycle_id", sa.String(length=36), nullable=False),
        sa.Column("base_run_id", sa.String(length=36), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "promoted",
                "archived",
                name="scenario_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("promoted_run_id", sa.String(length=36), nullable=True),
        *_row(),
        sa.ForeignKeyConstraint(["base_run_id"], ["plan_run.id"], name=op.f("fk_scenario_base_run_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["planning_cycle.id"], name=op.f("fk_scenario_cycle_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_scenario_owner_id")),
        sa.ForeignKeyConstraint(
            ["promoted_run_id"], ["plan_run.id"], name=op.f("fk_scenario_promoted_run_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_scenario_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("run_id", name=op.f("uq_scenario_run_id")),
    )
    op.create_index(op.f("ix_scenario_cycle_id"), "scenario", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_scenario_owner_id"), "scenario", ["owner_id"], unique=False)
    op.create_index(op.f("ix_scenario_state"), "scenario", ["state"], unique=False)


def upgrade() -> None:
    _rebuild(NEW_KINDS, wide=True)
    _override()
    _swap_offer()
    _scenario()


def downgrade() -> None:
    op.drop_table("scenario")
    op.drop_table("swap_offer")
    op.drop_table("override")
    _rebuild(OLD_KINDS, wide=False)
