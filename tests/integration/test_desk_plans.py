"""No query of the desk's pages reads a table from end to end: what both databases plan for them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from tests.bench.desk_rows import NOW, Rows
from tests.plans import Query, nodes, planned

from copydesk.desk.access import Access
from copydesk.desk.jobs import work_state
from copydesk.desk.queries import Cursor, Filter, count_tabs, has_any, read_page
from copydesk.desk.tabs import Tab
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Erratum, Kind, Report, Role

CHIEF = Access(Role.ADMIN)
SOME = Access(by_site={1: Role.EDITOR, 3: Role.AUTHOR})
REPORTS = 3000
LARGE = {"erratum", "report", "article", "article_alias", "outbox_job", "erratum_search"}


def page(access: Access, after: Cursor | None = None, **wanted: Any) -> Query:
    asked = Filter(**wanted)
    return lambda session: read_page(session, access, asked, after=after, now=NOW)


def counts(access: Access, **wanted: Any) -> Query:
    asked = Filter(**wanted)
    return lambda session: count_tabs(session, access, asked, now=NOW)


HALF_WAY = Cursor(NOW, REPORTS // 2)


def queries(access: Access) -> dict[str, Query]:
    """Return what somebody with this access does."""
    asked: tuple[tuple[str, Query], ...] = (
        *((f"tab {tab}", page(access, tab=tab)) for tab in Tab),
        *((f"tab {tab}, kind", page(access, tab=tab, kind=Kind.FACT)) for tab in Tab),
        *((f"tab {tab}, site", page(access, tab=tab, site_id=3)) for tab in Tab),
        *((f"tab {tab}, further", page(access, HALF_WAY, tab=tab)) for tab in Tab),
        *((f"search {tab}", page(access, tab=tab, text="слово")) for tab in Tab),
        ("search site, kind", page(access, text="ка", site_id=3, kind=Kind.OTHER)),
        ("search further", page(access, HALF_WAY, tab=Tab.ALL, text="слово")),
        ("address", page(access, text="https://0.example/news/7")),
        ("id", page(access, text="00000000-0000-0000-0000-000000000007")),
        ("counts", counts(access)),
        ("counts, kind", counts(access, kind=Kind.FACT)),
        ("counts of a search", counts(access, text="слово")),
        ("foot", partial(work_state, access=access, now=NOW)),
        ("any", partial(has_any, access=access)),
    )
    return dict(asked)


QUERIES = {
    f"{who} {what}": query
    for who, access in (("chief", CHIEF), ("editor", SOME))
    for what, query in queries(access).items()
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/copydesk.db"
    else:
        url = str(request.getfixturevalue("postgresql_server"))
    database = Database(url)
    upgrade(database)
    Rows(REPORTS).fill(database)
    yield database
    database.close()


@pytest.mark.parametrize("name", QUERIES)
def test_no_large_table_is_read_from_end_to_end(filled: Database, name: str) -> None:
    plans = planned(filled, QUERIES[name])
    assert plans
    for plan in plans:
        assert not (whole_tables(filled, plan) & LARGE), plan


def test_a_plan_without_an_index_is_noticed(filled: Database) -> None:
    for statement in (
        select(Erratum.id).where(Erratum.quote == "x"),
        select(Report.id).where(Report.comment.icontains("x")),
        select(Erratum.id).order_by(Erratum.last_seen_at.desc()).limit(5),
    ):
        [plan] = planned(filled, partial(_run, statement=statement))
        assert whole_tables(filled, plan) & LARGE


def _run(session: Session, statement: Select[int]) -> object:
    return session.scalars(statement).all()


def whole_tables(database: Database, plan: list[Any]) -> set[str]:
    """Return the tables of which a plan reads every row, in whatever order."""
    if database.is_sqlite:
        rows = [row.split() for row in plan]
        return {row[1] for row in rows if row[0] == "SCAN" and "VIRTUAL" not in row}
    return {
        node["Relation Name"]
        for node in nodes(plan[0][0]["Plan"])
        if node["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"}
        and "Index Cond" not in node
    }
