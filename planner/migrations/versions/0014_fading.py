"""How a request's chance answers to hours between stated points, and how its worth fades."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


SHAPE = _choice("shape", "steps", "linear", "adbudg")
URGENCY = _choice("urgency_kind", "none", "deadline", "linear", "half_life")


def upgrade() -> None:
    with op.batch_alter_table("resource_request") as table:
        table.add_column(sa.Column("curve_shape", SHAPE, nullable=False, server_default="steps"))
        table.add_column(sa.Column("curve_top", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("urgency", URGENCY, nullable=False, server_default="none"))
        table.add_column(sa.Column("urgency_week", sa.String(length=8), nullable=True))
        table.add_column(sa.Column("urgency_pace", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("resource_request") as table:
        table.drop_constraint(op.f("ck_resource_request_shape"), type_="check")
        table.drop_constraint(op.f("ck_resource_request_urgency_kind"), type_="check")
        for column in ("urgency_pace", "urgency_week", "urgency", "curve_top", "curve_shape"):
            table.drop_column(column)
