"""the words in error of each erratum, to find it by"""

import sqlalchemy as sa
from alembic import op

from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.errata.word_keys_v1 import word_keys

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS_FROM, PAGES_FROM = 1, 1001
"""Versions of fingerprints: only errata about words have words."""
AT_ONCE = 500


def upgrade() -> None:
    """Go there. What is known already gets its keys, by the rule that is frozen as version 1."""
    table = op.create_table(
        "erratum_word",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("erratum_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_erratum_word_article_id_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["erratum_id"], ["erratum.id"], name=op.f("fk_erratum_word_erratum_id_erratum"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "word", "erratum_id", name=op.f("pk_erratum_word")),
    )
    op.create_index(op.f("ix_erratum_word_erratum_id"), "erratum_word", ["erratum_id"])
    erratum = sa.table(
        "erratum",
        *(sa.column(name) for name in ("id", "article_id", "quote", "prefix", "suffix")),
        sa.column("suggestion"),
        sa.column("fingerprint_version"),
    )
    about_words = erratum.c.fingerprint_version.between(WORDS_FROM, PAGES_FROM - 1)
    connection, last = op.get_bind(), 0
    while True:
        known = connection.execute(
            sa.select(erratum)
            .where(about_words, erratum.c.id > last)
            .order_by(erratum.c.id)
            .limit(AT_ONCE)
        ).all()
        if not known:
            return
        last = known[-1].id
        connection.execute(
            table.insert(),
            [
                {"article_id": row.article_id, "word": word, "erratum_id": row.id}
                for row in known
                for word in word_keys(
                    Claim(Quote(row.quote, row.prefix, row.suffix), row.suggestion)
                )
            ],
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("erratum_word")
