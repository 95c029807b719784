"""length of the story, and a selector for it"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Columns are added and dropped in place, not in a batch: that would copy the table, and SQLite
# refuses to drop the old one while rows elsewhere refer to it.


def upgrade() -> None:
    """Go there. Rows that are there know neither: 0 and nothing."""
    op.add_column(
        "article", sa.Column("text_length", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "site",
        sa.Column(
            "article_selector",
            sa.String(length=300),
            nullable=False,
            server_default=sa.text("''"),
        ),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("site", "article_selector")
    op.drop_column("article", "text_length")
