"""find the oldest work of a kind without looking at what waits of other kinds"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = "ix_outbox_job_state_kind_due_at_id"


def upgrade() -> None:
    """Go there."""
    op.create_index(NAME, "outbox_job", ["state", "kind", "due_at", "id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(NAME, "outbox_job")
