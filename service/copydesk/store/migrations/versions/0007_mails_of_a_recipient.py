"""find a recipient's mails by how far they have come, as the budget asks"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OLD = ("ix_message_recipient_created_at", ["recipient", "created_at"])
NEW = ("ix_message_recipient_state_sent_at", ["recipient", "state", "sent_at"])


def upgrade() -> None:
    """Go there."""
    op.create_index(NEW[0], "message", NEW[1])
    op.drop_index(OLD[0], "message")


def downgrade() -> None:
    """Go back."""
    op.create_index(OLD[0], "message", OLD[1])
    op.drop_index(NEW[0], "message")
