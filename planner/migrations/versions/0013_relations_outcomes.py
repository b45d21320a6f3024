"""Relations with customers, what came of requests, hours worked, and files waiting for import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from planner.migrations.keeping_customers import keep_outcomes, release_outcomes

revision = "0013"
down_revision = "0012"
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


CONTACT_FUNCTION = _choice("contact_function", "purchasing", "technical", "finance", "hr", "management")
CONTACT_ROLE = _choice("contact_role", "decider", "signatory", "influencer", "user", "gatekeeper")
PLAN_STATE = _choice("plan_state", "draft", "submitted", "board_reviewed", "superseded")
RELATIONSHIP_STAGE = _choice(
    "relationship_stage", "exploratory", "basic", "cooperative", "interdependent", "integrated"
)
TARGET_KIND = _choice("target_kind", "sales", "contribution", "retention")
CLOSING_STATE = _choice("closing_state", "recorded", "returned", "confirmed", "superseded")
RESULT = _choice("result", "won", "lost", "retained", "lost_customer", "resolved", "cancelled")
IMPORT_KIND = _choice(
    "import_kind",
    *("accounts", "figures", "specialists", "skills", "attestations", "leave", "requests", "rates"),
)
IMPORT_STATE = _choice("import_state", "checking", "ready", "faulty", "stored", "discarded")


def _contact() -> None:
    op.create_table(
        "contact",
        _to("account_id", "account.id", nullable=False),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("person_need", sa.String(length=300), nullable=False),
        sa.Column("function", CONTACT_FUNCTION, nullable=False),
        sa.Column("role", CONTACT_ROLE, nullable=False),
        sa.Column("in_decision_group", sa.Boolean(), nullable=False),
        sa.Column("our_strength", sa.BigInteger(), nullable=True),
        sa.Column("competitor_strength", sa.BigInteger(), nullable=True),
        sa.Column("image", sa.BigInteger(), nullable=True),
        _to("image_rated_by_id", "app_user.id", nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        _to("owner_id", "app_user.id", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.CheckConstraint("erased_at IS NULL OR (person_name = '' AND person_need = '')", name="erased"),
        sa.CheckConstraint("image IS NULL OR image BETWEEN 0 AND 5", name="image"),
        sa.CheckConstraint("our_strength IS NULL OR our_strength BETWEEN 0 AND 5", name="ours"),
        sa.CheckConstraint(
            "competitor_strength IS NULL OR competitor_strength BETWEEN 0 AND 5", name="theirs"
        ),
    )
    op.create_index("ix_contact_account_id", "contact", ["account_id"], unique=False)


def _strategic_goal() -> None:
    op.create_table(
        "strategic_goal",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_row(),
        sa.UniqueConstraint("code"),
    )


def _account_plan() -> None:
    op.create_table(
        "account_plan",
        _to("account_id", "account.id", nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", PLAN_STATE, nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("goals_served", sa.JSON(), nullable=False),
        sa.Column("products", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("pricing", sa.Text(), nullable=False),
        sa.Column("stage_aimed_at", RELATIONSHIP_STAGE, nullable=True),
        sa.Column("target_rationale", sa.Text(), nullable=False),
        _to("author_id", "app_user.id", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.UniqueConstraint("account_id", "period", "revision"),
    )
    op.create_index("ix_account_plan_account_id", "account_plan", ["account_id"], unique=False)
    _unique_while("uq_account_plan_draft", "account_plan", ["account_id", "period"], "state = 'draft'")
    _unique_while(
        "uq_account_plan_in_force",
        "account_plan",
        ["account_id", "period"],
        "state IN ('submitted', 'board_reviewed')",
    )


def _plan_target() -> None:
    op.create_table(
        "plan_target",
        _to("plan_id", "account_plan.id", nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", TARGET_KIND, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("chance", sa.BigInteger(), nullable=True),
        *_row(),
        sa.CheckConstraint(
            "(kind = 'retention' AND amount_minor IS NULL AND chance BETWEEN 0 AND 1000) "
            "OR (kind <> 'retention' AND amount_minor IS NOT NULL AND chance IS NULL)",
            name="measure",
        ),
        sa.UniqueConstraint("plan_id", "kind"),
    )
    op.create_index("ix_plan_target_plan_id", "plan_target", ["plan_id"], unique=False)


def _milestone() -> None:
    op.create_table(
        "milestone",
        _to("plan_id", "account_plan.id", nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("stage", RELATIONSHIP_STAGE, nullable=True),
        *_row(),
        sa.CheckConstraint("title <> ''", name="title"),
    )
    op.create_index("ix_milestone_plan_id", "milestone", ["plan_id"], unique=False)


def _closing() -> None:
    op.create_table(
        "closing",
        _to("request_id", "resource_request.id", nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", CLOSING_STATE, nullable=False),
        sa.Column("result", RESULT, nullable=False),
        sa.Column("delivered_quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("delivered_fraction", sa.BigInteger(), nullable=False),
        sa.Column("claimed_probability", sa.BigInteger(), nullable=False),
        sa.Column("claimed_value_minor", sa.BigInteger(), nullable=False),
        sa.Column("realised_value_minor", sa.BigInteger(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("punctual_start", sa.Boolean(), nullable=True),
        sa.Column("feedback", sa.BigInteger(), nullable=True),
        sa.Column("feedback_text", sa.Text(), nullable=False),
        sa.Column("referral", sa.Boolean(), nullable=False),
        sa.Column("reference_letter", sa.Boolean(), nullable=False),
        sa.Column("reference_text", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        _to("recorded_by_id", "app_user.id", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _to("confirmed_by_id", "app_user.id", nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'superseded') OR confirmed_by_id IS NOT NULL", name="confirmed"
        ),
        sa.CheckConstraint("revision = 1 OR correction_reason <> ''", name="correction"),
        sa.CheckConstraint("feedback IS NULL OR feedback BETWEEN 1 AND 5", name="feedback"),
        sa.CheckConstraint("delivered_fraction >= 0", name="fraction"),
        sa.CheckConstraint("delivered_quarter_hours >= 0", name="hours"),
        sa.CheckConstraint("claimed_probability BETWEEN 0 AND 1000", name="probability"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> recorded_by_id", name="second_person"
        ),
        sa.UniqueConstraint("request_id", "revision"),
    )
    op.create_index("ix_closing_request_id", "closing", ["request_id"], unique=False)
    _unique_while("uq_closing_confirmed", "closing", ["request_id"], "state = 'confirmed'")
    _unique_while("uq_closing_open", "closing", ["request_id"], "state IN ('recorded', 'returned')")


def _work_log() -> None:
    op.create_table(
        "work_log",
        _to("request_id", "resource_request.id", nullable=False),
        _to("line_id", "request_line.id", nullable=False),
        _to("specialist_id", "specialist.id", nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("planned_quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("worked_quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        _to("confirmed_by_id", "app_user.id", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        *_row(),
        sa.CheckConstraint("planned_quarter_hours >= 0", name="planned"),
        sa.CheckConstraint("worked_quarter_hours BETWEEN 0 AND 672", name="worked"),
        sa.UniqueConstraint("line_id", "specialist_id", "week"),
    )
    op.create_index("ix_work_log_request_id", "work_log", ["request_id"], unique=False)
    op.create_index("ix_work_log_specialist_id", "work_log", ["specialist_id"], unique=False)


def _outcome_reminder() -> None:
    op.create_table(
        "outcome_reminder",
        _to("request_id", "resource_request.id", nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        *_row(),
        sa.UniqueConstraint("request_id", "number"),
    )
    op.create_index("ix_outcome_reminder_request_id", "outcome_reminder", ["request_id"], unique=False)


def _import_file() -> None:
    op.create_table(
        "import_file",
        sa.Column("kind", IMPORT_KIND, nullable=False),
        sa.Column("state", IMPORT_STATE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        _to("created_by_id", "app_user.id", nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        *_row(),
        sa.CheckConstraint("content IS NOT NULL OR state IN ('stored', 'discarded')", name="content"),
        sa.CheckConstraint(
            "rows_done >= 0 AND (rows_total IS NULL OR rows_done <= rows_total)", name="progress"
        ),
    )
    op.create_index("ix_import_file_created_by_id", "import_file", ["created_by_id"], unique=False)
    op.create_index("ix_import_file_digest", "import_file", ["digest"], unique=False)


def upgrade() -> None:
    _contact()
    _strategic_goal()
    _account_plan()
    _plan_target()
    _milestone()
    _closing()
    _work_log()
    _outcome_reminder()
    _import_file()
    keep_outcomes()


def downgrade() -> None:
    release_outcomes()
    for table in (
        "import_file",
        "outcome_reminder",
        "work_log",
        "closing",
        "milestone",
        "plan_target",
        "account_plan",
        "strategic_goal",
        "contact",
    ):
        op.drop_table(table)
