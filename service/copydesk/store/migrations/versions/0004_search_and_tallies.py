"""search and tallies"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Columns are added and dropped in place, not in a batch: that would copy the table, and with the
# old table SQLite would drop the triggers that are made here.

_SHELF = (
    "CASE WHEN state = 'open' AND proof IN ('not_found', 'unreadable') "
    "THEN 'unverified' ELSE state END"
)
# What the shelf follows from, and what is counted by.
_MOVES = ("state", "proof")
_COUNTED = ("site_id", "shelf", "kind")
# Whose change makes the words of an erratum, or the marks beside them, other ones.
_OF_ERRATUM = ("kind", "snoozed_until", "quote", "suggestion", "article_id")
_OF_REPORT = ("erratum_id", "quote", "suggestion", "comment")
_OF_ARTICLE = ("title", "byline", "canonical_url")


def upgrade() -> None:
    """Go there. What is counted is counted now; what is to be searched is owed to the worker."""
    dialect = op.get_bind().dialect.name
    # PostgreSQL indexes only what is stored; SQLite adds only what is not.
    stored = dialect == "postgresql" or None
    op.add_column(
        "erratum", sa.Column("shelf", sa.String(length=32), sa.Computed(_SHELF, persisted=stored))
    )
    op.create_table(
        "erratum_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("shelf", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum_tally")),
    )
    op.create_table(
        "search_todo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erratum_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_todo")),
    )
    _indices()
    op.execute(
        "INSERT INTO erratum_tally (site_id, shelf, kind, change) "
        "SELECT site_id, shelf, kind, count(*) FROM erratum GROUP BY site_id, shelf, kind"
    )
    op.execute("INSERT INTO search_todo (erratum_id) SELECT id FROM erratum ORDER BY id")
    _index_for_words(dialect)
    for trigger in _TRIGGERS:
        _trigger(dialect, *trigger)


def downgrade() -> None:
    """Go back."""
    for name, table, *_rest in _TRIGGERS:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE erratum_search")
    op.drop_table("search_todo")
    op.drop_table("erratum_tally")
    op.drop_index("ix_erratum_snoozed_until", "erratum")
    op.drop_index("ix_erratum_site_id_kind_shelf_last_seen_at_id", "erratum")
    op.drop_index("ix_erratum_site_id_shelf_last_seen_at_id", "erratum")
    op.drop_column("erratum", "shelf")
    op.create_index(
        "ix_erratum_site_id_state_last_seen_at_id",
        "erratum",
        ["site_id", "state", "last_seen_at", "id"],
    )
    for table in ("report", "history_entry"):
        op.drop_index(f"ix_{table}_erratum_id_id", table)
        op.create_index(f"ix_{table}_erratum_id", table, ["erratum_id"])


def _indices() -> None:
    op.drop_index("ix_erratum_site_id_state_last_seen_at_id", "erratum")
    op.create_index(
        "ix_erratum_site_id_shelf_last_seen_at_id",
        "erratum",
        ["site_id", "shelf", "last_seen_at", "id"],
    )
    op.create_index(
        "ix_erratum_site_id_kind_shelf_last_seen_at_id",
        "erratum",
        ["site_id", "kind", "shelf", "last_seen_at", "id"],
    )
    snoozed = sa.text("snoozed_until IS NOT NULL")
    op.create_index(
        "ix_erratum_snoozed_until",
        "erratum",
        ["snoozed_until"],
        sqlite_where=snoozed,
        postgresql_where=snoozed,
    )
    for table in ("report", "history_entry"):
        op.drop_index(f"ix_{table}_erratum_id", table)
        op.create_index(f"ix_{table}_erratum_id_id", table, ["erratum_id", "id"])


def _index_for_words(dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(
            "CREATE TABLE erratum_search (erratum_id integer NOT NULL, words tsvector NOT NULL, "
            "CONSTRAINT pk_erratum_search PRIMARY KEY (erratum_id))"
        )
        # It is written in batches behind everybody's back: no need to put its entries off, at the
        # price of every search.
        op.execute(
            "CREATE INDEX ix_erratum_search_words ON erratum_search USING gin (words) "
            "WITH (fastupdate = off)"
        )
    else:
        # The words come folded and cut by our own rules, the same on both databases: whatever is
        # not ASCII is part of a word. Nobody asks where in the text a word stood.
        op.execute(
            "CREATE VIRTUAL TABLE erratum_search USING fts5 "
            "(words, tokenize = 'ascii', detail = none, columnsize = 0, prefix = '3 4 5 6 7 8')"
        )


def _changed(columns: tuple[str, ...], dialect: str) -> str:
    differs = "IS DISTINCT FROM" if dialect == "postgresql" else "IS NOT"
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


_TALLY = "INSERT INTO erratum_tally (site_id, shelf, kind, change) VALUES "
_PLUS = "(NEW.site_id, NEW.shelf, NEW.kind, 1)"
_MINUS = "(OLD.site_id, OLD.shelf, OLD.kind, -1)"
_TODO = "INSERT INTO search_todo (erratum_id) "

# Name, table, when, of which columns, if which differ, what. The database itself keeps count and owes
# the index its changes, in the transaction that makes them: no statement can forget it.
_TRIGGERS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("erratum_counted", "erratum", "INSERT", (), (), f"{_TALLY} {_PLUS};"),
    (
        "erratum_recounted",
        "erratum",
        "UPDATE",
        ("site_id", "kind", *_MOVES),
        _COUNTED,
        f"{_TALLY} {_MINUS}, {_PLUS};",
    ),
    (
        "erratum_forgotten",
        "erratum",
        "DELETE",
        (),
        (),
        f"{_TALLY} {_MINUS}; DELETE FROM erratum_search WHERE {{key}} = OLD.id;",
    ),
    (
        "erratum_reworded",
        "erratum",
        "UPDATE",
        (*_OF_ERRATUM, *_MOVES),
        (*_OF_ERRATUM, "shelf"),
        f"{_TODO} VALUES (NEW.id);",
    ),
    ("report_worded", "report", "INSERT", (), (), f"{_TODO} VALUES (NEW.erratum_id);"),
    (
        "report_reworded",
        "report",
        "UPDATE",
        _OF_REPORT,
        _OF_REPORT,
        f"{_TODO} VALUES (OLD.erratum_id), (NEW.erratum_id);",
    ),
    ("report_forgotten", "report", "DELETE", (), (), f"{_TODO} VALUES (OLD.erratum_id);"),
    (
        "article_reworded",
        "article",
        "UPDATE",
        _OF_ARTICLE,
        _OF_ARTICLE,
        f"{_TODO} SELECT id FROM erratum WHERE article_id = NEW.id;",
    ),
)


def _trigger(
    dialect: str,
    name: str,
    table: str,
    moment: str,
    columns: tuple[str, ...],
    compared: tuple[str, ...],
    body: str,
) -> None:
    """Make one trigger. SQLite's holds its statements, PostgreSQL's calls a function that does."""
    event = f"{moment} OF {', '.join(columns)}" if columns else moment
    when = f"WHEN ({_changed(compared, dialect)})" if compared else ""
    if dialect == "sqlite":
        body = body.format(key="rowid")
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {when} BEGIN {body} END")
        return
    body = body.format(key="erratum_id")
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ BEGIN {body} RETURN NULL; END $body$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} "
        f"EXECUTE FUNCTION {name}()"
    )
