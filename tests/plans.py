"""How both databases plan what a piece of code asks them."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from copydesk.store.database import Database

Query = Callable[[Session], object]


def planned(database: Database, query: Query, *, analyze: bool = False) -> list[list[Any]]:
    """Run a query and return the plan of each of its statements.

    ``analyze``: with what each part of it did; on PostgreSQL alone.
    """
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as session:
        query(session)
    event.remove(database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN (FORMAT JSON) "
    if analyze:
        explain = "EXPLAIN (ANALYZE, FORMAT JSON) "
    with database.transaction() as session:  # what SET LOCAL sets ends with it
        if not database.is_sqlite:
            # Three thousand rows are few enough to be read whole; a million are not.
            for way in ("seqscan", "hashjoin", "mergejoin"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        cursor = session.connection().connection.cursor()
        plans = []
        for statement, parameters in statements:
            cursor.execute(explain + statement, parameters)
            plans.append([row[-1] for row in cursor.fetchall()])
        cursor.close()
    return plans


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a node of a plan and all beneath it."""
    yield node
    for part in node.get("Plans", ()):
        yield from nodes(part)
