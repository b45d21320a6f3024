"""To whom a key account manager reports, so that a sales manager's team can say what "key" means to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("app_user") as table:
        table.add_column(sa.Column("manager_id", sa.String(length=36), nullable=True))
        table.create_foreign_key(op.f("fk_app_user_manager_id"), "app_user", ["manager_id"], ["id"])
        table.create_index(op.f("ix_app_user_manager_id"), ["manager_id"])


def downgrade() -> None:
    with op.batch_alter_table("app_user") as table:
        table.drop_index(op.f("ix_app_user_manager_id"))
        table.drop_constraint(op.f("fk_app_user_manager_id"), type_="foreignkey")
        table.drop_column("manager_id")
