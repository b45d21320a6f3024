"""People: who works here, signs in, has skills and is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SKILL_FAMILY = sa.Enum(
    "support",
    "technical",
    "legal",
    "finance",
    "design",
    "logistics",
    "strategy",
    "industry",
    "language",
    name="skill_family",
    native_enum=False,
    create_constraint=True,
    length=32,
)
ROLE = sa.Enum(
    "kam",
    "head",
    "leadership",
    "planner",
    "finance",
    "admin",
    "specialist",
    name="role",
    native_enum=False,
    create_constraint=True,
    length=32,
)
LEAVE_STATUS = sa.Enum(
    "planned", "approved", name="leave_status", native_enum=False, create_constraint=True, length=32
)


def _app_user() -> None:
    op.create_table(
        "app_user",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
    )


def _holiday() -> None:
    op.create_table(
        "holiday",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("country", "day", name=op.f("uq_holiday_country_day")),
    )


def _skill() -> None:
    op.create_table(
        "skill",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("family", SKILL_FAMILY, nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("key", name=op.f("uq_skill_key")),
    )


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)


def _delegation() -> None:
    op.create_table(
        "delegation",
        sa.Column("from_user_id", sa.String(length=36), nullable=False),
        sa.Column("to_user_id", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_delegation_days")),
        sa.CheckConstraint("from_user_id <> to_user_id", name=op.f("ck_delegation_people")),
        sa.ForeignKeyConstraint(["from_user_id"], ["app_user.id"], name=op.f("fk_delegation_from_user_id")),
        sa.ForeignKeyConstraint(["to_user_id"], ["app_user.id"], name=op.f("fk_delegation_to_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_from_user_id"), "delegation", ["from_user_id"], unique=False)
    op.create_index(op.f("ix_delegation_to_user_id"), "delegation", ["to_user_id"], unique=False)


def _department() -> None:
    op.create_table(
        "department",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("head_id", sa.String(length=36), nullable=True),
        sa.Column("deputy_head_id", sa.String(length=36), nullable=True),
        sa.Column("own_work_reserve", sa.BigInteger(), nullable=False),
        sa.Column("expedite_reserve", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            (
                "own_work_reserve >= 0 AND expedite_reserve >= 0 AND "
                "own_work_reserve + expedite_reserve <= 1000"
            ),
            name=op.f("ck_department_reserves"),
        ),
        sa.ForeignKeyConstraint(
            ["deputy_head_id"], ["app_user.id"], name=op.f("fk_department_deputy_head_id")
        ),
        sa.ForeignKeyConstraint(["head_id"], ["app_user.id"], name=op.f("fk_department_head_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )


def _user_role() -> None:
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("role", ROLE, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )


def _specialist() -> None:
    op.create_table(
        "specialist",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("department_id", sa.String(length=36), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("weekday_quarter_hours", sa.JSON(), nullable=False),
        sa.Column("cost_rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("customer_facing", sa.Boolean(), nullable=False),
        sa.Column("max_parallel", sa.BigInteger(), nullable=True),
        sa.Column("min_chunk_quarter_hours", sa.BigInteger(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_specialist_department_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_specialist_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialist")),
        sa.UniqueConstraint("code", name=op.f("uq_specialist_code")),
    )
    op.create_index(op.f("ix_specialist_department_id"), "specialist", ["department_id"], unique=False)


def _leave() -> None:
    op.create_table(
        "leave",
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("first_half", sa.Boolean(), nullable=False),
        sa.Column("last_half", sa.Boolean(), nullable=False),
        sa.Column("status", LEAVE_STATUS, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_leave_days")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialist.id"], name=op.f("fk_leave_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_specialist_id"), "leave", ["specialist_id"], unique=False)


def _specialist_skill() -> None:
    op.create_table(
        "specialist_skill",
        sa.Column("specialist_id", sa.String(length=36), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("attested_by", sa.String(length=120), nullable=False),
        sa.Column("attested_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_specialist_skill_level")),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_specialist_skill_skill_id")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialist.id"], name=op.f("fk_specialist_skill_specialist_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialist_skill")),
        sa.UniqueConstraint(
            "specialist_id", "skill_id", name=op.f("uq_specialist_skill_specialist_id_skill_id")
        ),
    )
    op.create_index(op.f("ix_specialist_skill_skill_id"), "specialist_skill", ["skill_id"], unique=False)
    op.create_index(
        op.f("ix_specialist_skill_specialist_id"), "specialist_skill", ["specialist_id"], unique=False
    )


def upgrade() -> None:
    _app_user()
    _holiday()
    _skill()
    _api_token()
    _delegation()
    _department()
    _user_role()
    _specialist()
    _leave()
    _specialist_skill()


def downgrade() -> None:
    op.drop_table("specialist_skill")
    op.drop_table("leave")
    op.drop_table("specialist")
    op.drop_table("user_role")
    op.drop_table("department")
    op.drop_table("delegation")
    op.drop_table("api_token")
    op.drop_table("skill")
    op.drop_table("holiday")
    op.drop_table("app_user")
