"""read PostgreSQL's index of words from the newest errata on"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# On PostgreSQL alone: SQLite's lists of words are in the order of the ids as they are.
#
# The word "ferry" of erratum 20000 stands in the index as "1.ferry": so "1.fer" finds its beginning
# without the ferries of all other years. Marks stay as they are, each of them is one list. Not the
# rows say it but a function: nothing has to be written anew or indexed by the worker, and single
# rows are still tested by their words alone. 14 bits are ``search_match.AGE_BITS``. The marks of
# ages that rows have from before do no harm.
_BY_AGE = """
CREATE FUNCTION erratum_words_by_age(words tsvector, erratum_id integer) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $body$
    SELECT array_to_tsvector(coalesce(array_agg(
        CASE WHEN left(word, 1) = chr(57344) THEN word ELSE (erratum_id >> 14) || '.' || word END
    ), '{}')) FROM unnest(tsvector_to_array(words)) AS word
$body$
"""


def upgrade() -> None:
    """Go there."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_BY_AGE)
    op.execute("DROP INDEX ix_erratum_search_words")
    op.execute(
        "CREATE INDEX ix_erratum_search_words_by_age ON erratum_search "
        "USING gin (erratum_words_by_age(words, erratum_id)) WITH (fastupdate = off)"
    )


def downgrade() -> None:
    """Go back. What the older program looks for, the worker has to write anew."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX ix_erratum_search_words_by_age")
    op.execute("DROP FUNCTION erratum_words_by_age(tsvector, integer)")
    op.execute(
        "CREATE INDEX ix_erratum_search_words ON erratum_search USING gin (words) "
        "WITH (fastupdate = off)"
    )
    op.execute(
        "INSERT INTO search_todo (erratum_id) SELECT erratum_id FROM erratum_search "
        "ORDER BY erratum_id"
    )
