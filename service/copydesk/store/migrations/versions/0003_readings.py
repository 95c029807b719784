"""when to read, how fast to ask a host, and corrections as facts"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Columns are added and dropped in place, as in 0002.


def upgrade() -> None:
    """Go there. Readings that were owed before name an erratum: its next one is set by them."""
    op.add_column("erratum", sa.Column("recheck_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "erratum",
        sa.Column("claim_readings", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column(
        "article",
        sa.Column("copy_url", sa.String(length=2048), nullable=False, server_default=sa.text("''")),
    )
    op.add_column("article", sa.Column("copy_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "site",
        sa.Column("thanks", sa.String(length=600), nullable=False, server_default=sa.text("''")),
    )
    op.create_table(
        "read_host",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_read_host")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("erratum_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_seconds", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["erratum_id"],
            ["erratum.id"],
            name=op.f("fk_correction_erratum_id_erratum"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_correction_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_erratum_id"), "correction", ["erratum_id"])
    op.create_index(
        op.f("ix_correction_site_id_corrected_at"), "correction", ["site_id", "corrected_at"]
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("correction")
    op.drop_table("read_host")
    op.drop_column("site", "thanks")
    op.drop_column("article", "copy_at")
    op.drop_column("article", "copy_url")
    op.drop_column("erratum", "claim_readings")
    op.drop_column("erratum", "recheck_due_at")
