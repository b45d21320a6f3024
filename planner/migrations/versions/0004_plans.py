"""Plans: cycles, runs, what they propose and what is asked about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


CYCLE_KIND = sa.Enum(
    "weekly", "quarterly", "ad_hoc", name="cycle_kind", native_enum=False, create_constraint=True, length=32
)
CYCLE_STATUS = sa.Enum(
    "collecting",
    "solving",
    "deciding",
    "published",
    "closed",
    name="cycle_status",
    native_enum=False,
    create_constraint=True,
    length=32,
)
RUN_PURPOSE = sa.Enum(
    "official", "what_if", name="run_purpose", native_enum=False, create_constraint=True, length=32
)
JOB_STATE = sa.Enum(
    "queued",
    "running",
    "done",
    "failed",
    "cancelled",
    name="job_state",
    native_enum=False,
    create_constraint=True,
    length=32,
)
PLAN_STATUS = sa.Enum(
    "optimal", "feasible", "none", name="plan_status", native_enum=False, create_constraint=True, length=32
)
PROPOSAL_STATE = sa.Enum(
    "proposed",
    "approved",
    "rejected",
    "countered",
    "published",
    "worked",
    "superseded",
    name="proposal_state",
    native_enum=False,
    create_constraint=True,
    length=32,
)
QUESTION_KIND = sa.Enum(
    "break_even", "rejection", name="question_kind", native_enum=False, create_constraint=True, length=32
)


def _planning_cycle() -> None:
    op.create_table(
        "planning_cycle",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", CYCLE_KIND, nullable=False),
        sa.Column("first_week", sa.String(length=8), nullable=False),
        sa.Column("horizon_weeks", sa.BigInteger(), nullable=False),
        sa.Column("frozen_weeks", sa.BigInteger(), nullable=False),
        sa.Column("slushy_weeks", sa.BigInteger(), nullable=False),
        sa.Column("request_cutoff", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", CYCLE_STATUS, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("frozen_weeks >= 0 AND slushy_weeks >= 0", name=op.f("ck_planning_cycle_zones")),
        sa.CheckConstraint("horizon_weeks BETWEEN 1 AND 53", name=op.f("ck_planning_cycle_horizon")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_cycle")),
        sa.UniqueConstraint("name", name=op.f("uq_planning_cycle_name")),
    )


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_hash", sa.String(length=71), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_problem_hash"), "snapshot", ["problem_hash"], unique=False)


def _plan_run() -> None:
    op.create_table(
        "plan_run",
        sa.Column("cycle_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("purpose", RUN_PURPOSE, nullable=False),
        sa.Column("state", JOB_STATE, nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("snapshot_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_id", sa.String(length=36), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=120), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("plan_status", PLAN_STATUS, nullable=True),
        sa.Column("stopped", sa.String(length=32), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("bound_minor", sa.BigInteger(), nullable=True),
        sa.Column("churn_minor", sa.BigInteger(), nullable=True),
        sa.Column("reproducible", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_plan_run_created_by_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["planning_cycle.id"], name=op.f("fk_plan_run_cycle_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_plan_run_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_run")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_plan_run_cycle_id_number")),
    )
    op.create_index(op.f("ix_plan_run_cycle_id"), "plan_run", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_plan_run_state"), "plan_run", ["state"], unique=False)


def _request_outcome() -> None:
    op.create_table(
        "request_outcome",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("levels", sa.BigInteger(), nullable=False),
        sa.Column("fraction", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["resource_request.id"], name=op.f("fk_request_outcome_request_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_request_outcome_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_outcome")),
        sa.UniqueConstraint("run_id", "request_id", name=op.f("uq_request_outcome_run_id_request_id")),
    )
    op.create_index(op.f("ix_request_outcome_request_id"), "request_outcome", ["request_id"], unique=False)
    op.create_index(op.f("ix_request_outcome_run_id"), "request_outcome", ["run_id"], unique=False)


def _proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("line_id", sa.String(length=36), nullable=False),
        sa.Column("department_id", sa.String(length=36), nullable=False),
        sa.Column("state", PROPOSAL_STATE, nullable=False),
        sa.Column("line_digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_proposal_department_id")),
        sa.ForeignKeyConstraint(["line_id"], ["request_line.id"], name=op.f("fk_proposal_line_id")),
        sa.ForeignKeyConstraint(["request_id"], ["resource_request.id"], name=op.f("fk_proposal_request_id")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_proposal_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "run_id", "line_id", "department_id", name=op.f("uq_proposal_run_id_line_id_department_id")
        ),
    )
    op.create_index(op.f("ix_proposal_department_id"), "proposal", ["department_id"], unique=False)
    op.create_index(op.f("ix_proposal_request_id"), "proposal", ["request_id"], unique=False)
    op.create_index(op.f("ix_proposal_run_id"), "proposal", ["run_id"], unique=False)


def _allocation() -> None:
    op.create_table(
        "allocation",
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quarter_hours > 0", name=op.f("ck_allocation_effort")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_allocation_proposal_id")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_allocation_run_id")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialist.id"], name=op.f("fk_allocation_specialist_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint(
            "proposal_id", "specialist_id", "week", name=op.f("uq_allocation_proposal_id_specialist_id_week")
        ),
    )
    op.create_index(
        "ix_allocation_load", "allocation", ["run_id", "specialist_id", "week", "quarter_hours"], unique=False
    )
    op.create_index(op.f("ix_allocation_proposal_id"), "allocation", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_allocation_specialist_id"), "allocation", ["specialist_id"], unique=False)


def _question() -> None:
    op.create_table(
        "question",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("kind", QUESTION_KIND, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("proposal_id", sa.String(length=36), nullable=True),
        sa.Column("scope", sa.String(length=16), nullable=True),
        sa.Column("state", JOB_STATE, nullable=False),
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
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
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


def upgrade() -> None:
    _planning_cycle()
    _snapshot()
    _plan_run()
    _request_outcome()
    _proposal()
    _allocation()
    _question()


def downgrade() -> None:
    op.drop_table("question")
    op.drop_table("allocation")
    op.drop_table("proposal")
    op.drop_table("request_outcome")
    op.drop_table("plan_run")
    op.drop_table("snapshot")
    op.drop_table("planning_cycle")
