"""how long a site keeps what readers sent, and which copy of the database this is"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Columns are added and dropped in place, as in 0002 and 0004.

_DAYS = ("reader_email_days", "comment_days", "closed_days", "spam_days")


def upgrade() -> None:
    """Go there. A site that says nothing keeps what the settings say."""
    for name in _DAYS:
        op.add_column("site", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home", sa.String(length=200), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_reason", sa.String(length=300), nullable=False),
        sa.Column("frozen_up_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.execute(
        "INSERT INTO installation (id, home, frozen_reason, frozen_up_to) VALUES (1, '', '', 0)"
    )
    # Few reports have an address: an index of those alone costs the others nothing.
    has_address = sa.text("reader_email <> ''")
    op.create_index(
        "ix_report_received_at",
        "report",
        ["received_at"],
        sqlite_where=has_address,
        postgresql_where=has_address,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_report_received_at", "report")
    op.drop_table("installation")
    for name in reversed(_DAYS):
        op.drop_column("site", name)
