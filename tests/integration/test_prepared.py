"""Statements that run on the driver itself: the same values in and out, the same errors."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from tests.conftest import MovableClock
from tests.factories import make_article, make_site

from copydesk.store.base import table_of
from copydesk.store.database import Database
from copydesk.store.prepared import Prepared, among
from copydesk.store.prepared_insert import PreparedInsert, new_ids, written_at_once
from copydesk.store.tables import Article, ArticleAlias, OutboxJob, Site

SITE, ARTICLE, JOB = table_of(Site), table_of(Article), table_of(OutboxJob)
ALIAS = table_of(ArticleAlias)
ADD = PreparedInsert(ARTICLE, is_numbered=True)
ADD_ALIAS = PreparedInsert(ALIAS)
FIND = Prepared(
    lambda dialect: (
        select(ARTICLE.c.id, ARTICLE.c.title, ARTICLE.c.created_at, SITE.c.hosts, SITE.c.is_on)
        .join(SITE, SITE.c.id == ARTICLE.c.site_id)
        .where(among(ARTICLE.c.canonical_url, "urls", dialect), among(SITE.c.id, "sites", dialect))
        .order_by(ARTICLE.c.id)
    )
)


def test_values_come_back_as_they_went_in(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        site = make_site(session, clock(), hosts=["новости.example", 'a"b'])
        make_article(session, site, clock())
        (ids,) = new_ids(session, (ARTICLE, 2))
        urls = ["https://news.example/'; --", "https://news.example/мост"]
        row = {"site_id": site.id, "title": "Ёж, “so” 🦔", "created_at": clock()}
        ADD.add(
            session,
            [
                {**row, "id": number, "canonical_url": url}
                for number, url in zip(ids, urls, strict=True)
            ],
        )
        found = FIND.rows(session, {"urls": [*urls, "nowhere"], "sites": [site.id]})
    assert found == [
        (number, "Ёж, “so” 🦔", clock(), ["новости.example", 'a"b'], True) for number in ids
    ]
    assert found[0][2].tzinfo is UTC
    with db.reading() as session:  # what the row left out has the table's own default
        kept = session.get_one(Article, ids[0])
        assert (kept.byline, kept.text_length, kept.last_read_at) == ("", 0, None)
        assert kept.canonical_url == urls[0]


def test_ids_go_on_where_the_orm_goes_on(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        site = make_site(session, clock())
        first = make_article(session, site, clock()).id
        ((second,), none, aliases) = new_ids(session, (ARTICLE, 1), (SITE, 0), (ALIAS, 2))
        ADD.add(
            session,
            [{"id": second, "site_id": site.id, "canonical_url": "b", "created_at": clock()}],
        )
        third = make_article(session, site, clock(), canonical_url="c").id
    assert first < second < third
    assert none == []
    assert len(set(aliases)) == 2


def test_a_row_that_is_there_is_left_alone(db: Database) -> None:
    add = PreparedInsert(JOB, ignore=("unique_key",))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    row = {"kind": "k", "unique_key": "u", "payload": {"n": 1}, "created_at": now, "due_at": now}
    with db.transaction() as session:
        add.add(session, [row, {**row, "payload": {"n": 2}}])
    with db.reading() as session:
        assert session.scalars(select(OutboxJob.payload)).all() == [{"n": 1}]


def test_rows_of_several_tables_are_written_at_once(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        site = make_site(session, clock())
        ((first, second),) = new_ids(session, (ARTICLE, 2))
        row = {"site_id": site.id, "created_at": clock()}
        with written_at_once(session):  # rows and what refers to them
            ADD.add(session, [{**row, "id": first, "canonical_url": "a"}])
            ADD_ALIAS.add(session, [{**row, "url": "old", "article_id": first}])
            ADD.add(session, [{**row, "id": second, "canonical_url": "b"}])
        with written_at_once(session):
            pass
        ADD_ALIAS.add(session, [{**row, "url": "older", "article_id": second}])
    with db.reading() as session:
        assert session.scalars(select(Article.canonical_url).order_by(Article.id)).all() == [
            "a",
            "b",
        ]
        aliases = select(ArticleAlias.url, ArticleAlias.article_id).order_by(ArticleAlias.url)
        assert session.execute(aliases).all() == [("old", first), ("older", second)]


def test_nothing_is_written_at_once_when_the_block_fails(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        site = make_site(session, clock())
        row = {"id": 7, "site_id": site.id, "canonical_url": "a", "created_at": clock()}
        with pytest.raises(KeyError), written_at_once(session):
            ADD.add(session, [row])
            raise KeyError
        ADD.add(session, [{**row, "id": 8, "canonical_url": "b"}])  # by itself, and at once
        assert 8 in session.scalars(select(Article.id)).all()


def test_errors_are_sqlalchemys_and_repeat_nothing_that_was_sent(
    db: Database, clock: MovableClock
) -> None:
    row = {"id": 7, "site_id": 1, "canonical_url": "secret", "created_at": clock()}
    with pytest.raises(IntegrityError) as caught, db.transaction() as session:
        make_site(session, clock(), id=1)
        ADD.add(session, [row, row])
    assert "secret" not in f"{caught.value.statement} {caught.value.params}"
    broken = Prepared(lambda _: select(ARTICLE.c.id.op("&&&&")(bindparam("x"))))
    with pytest.raises((OperationalError, ProgrammingError)), db.transaction() as session:
        broken.rows(session, {"x": 1})
    with db.transaction() as session:  # and the connection is as good as new
        assert FIND.rows(session, {"urls": [], "sites": []}) == []
