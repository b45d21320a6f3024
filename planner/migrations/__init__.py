"""Changes of the database's shape, one file each, run by Alembic."""

from planner.migrations.running import NotMigrated, check_migrated, differences, migrate

__all__ = ["NotMigrated", "check_migrated", "differences", "migrate"]
