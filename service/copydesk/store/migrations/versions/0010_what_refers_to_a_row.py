"""find what was merged into an erratum, and the mails about a report, without reading all rows"""

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Also asked by the database itself, for each row that the purge deletes.
COLUMNS = {"erratum": "merged_into_id", "message": "report_id"}


def upgrade() -> None:
    """Go there."""
    for table, column in COLUMNS.items():
        is_set = text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            sqlite_where=is_set,
            postgresql_where=is_set,
        )


def downgrade() -> None:
    """Go back."""
    for table, column in COLUMNS.items():
        op.drop_index(f"ix_{table}_{column}", table)
