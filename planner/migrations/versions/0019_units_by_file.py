"""Files of departments and of public holidays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = ("accounts", "figures", "specialists", "skills", "attestations", "leave", "requests", "rates")
NEWEST = (
    *("departments", "holidays", "skills", "specialists", "attestations", "leave"),
    *("accounts", "figures", "rates", "requests"),
)


def _kind(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="import_kind", native_enum=False, create_constraint=True, length=32)


def _become(before: sa.Enum, after: sa.Enum) -> None:
    with op.batch_alter_table("import_file") as table:
        table.alter_column("kind", existing_type=before, type_=after, existing_nullable=False)


def upgrade() -> None:
    _become(_kind(*KINDS), _kind(*NEWEST))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM import_file WHERE kind IN ('departments', 'holidays')"))
    _become(_kind(*NEWEST), _kind(*KINDS))
