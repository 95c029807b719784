"""Who needs the same rows never waits for each other, and who only refers to one does not wait.

On PostgreSQL, where rows are locked; a deadlock there stops all reports of an article for a second.
"""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from tests.another_thread import begun
from tests.conftest import MovableClock
from tests.desk_fixtures import Paper, made_paper
from tests.factories import make_article, make_author, make_erratum

from copydesk.errata.history import SERVICE, record
from copydesk.errata.known import lock_articles
from copydesk.errata.locking import lock_article, lock_errata, lock_erratum
from copydesk.notify.plan import plan
from copydesk.privacy.purge import purge
from copydesk.services import Services
from copydesk.settings import PrivacySettings
from copydesk.store.database import Database
from copydesk.store.tables import Author, Erratum, Message, State

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)

paper = made_paper


def lock_all_ways(session: Session, paper: Paper) -> None:
    """Lock the paper's article and errata as a report, a reading and the desk do."""
    lock_articles(session, [paper.article_id])
    lock_article(session, paper.article_id)
    ids = session.scalars(select(Erratum.id)).all()
    for erratum in lock_errata(session, ids):
        lock_erratum(session, erratum)


def test_who_only_refers_to_what_is_locked_goes_on(
    services: Services, paper: Paper, clock: MovableClock
) -> None:
    """A mail that is planned, a line of the history, an erratum, while a page is read."""
    with services.database.transaction() as session:
        lock_all_ways(session, paper)
        with services.database.transaction() as other:
            other.execute(text("SET LOCAL lock_timeout = '5s'"))
            erratum = other.scalars(select(Erratum).order_by(Erratum.id)).first()
            assert erratum is not None
            choice = plan(other, erratum, settings=services.settings, now=clock())
            assert [one.name for one in choice.chosen] == ["Ada Byrne"]
            record(other, erratum, who=SERVICE, what="proved", now=clock())
            make_erratum(other, erratum.article, clock())


@pytest.mark.parametrize("byline", ["Ada Byrne, Bella Clark", "Bella Clark, Ada Byrne"])
def test_the_authors_of_an_article_are_told_in_one_order(
    services: Services, paper: Paper, clock: MovableClock, byline: str
) -> None:
    """Whoever is printed first: else two workers would hold one of them each."""
    database = services.database
    with database.transaction() as session:
        ada = session.get_one(Author, paper.author_id)
        bella = make_author(session, ada.site, name="Bella Clark", address="bella@news.example")
        url = "https://gazette.example/together"
        article = make_article(session, ada.site, clock(), canonical_url=url, byline=byline)
        erratum_id = make_erratum(session, article, clock()).id
        ada_id, bella_id = ada.id, bella.id

    def tell() -> None:
        with database.transaction() as session:
            erratum = session.get_one(Erratum, erratum_id)
            plan(session, erratum, settings=services.settings, now=clock())

    with database.transaction() as session:
        session.get_one(Author, ada_id, with_for_update={"key_share": True})
        ended = begun(database, tell)
        free = {"key_share": True, "nowait": True}
        session.get_one(Author, bella_id, with_for_update=free)
    ended()
    with database.reading() as session:
        told = select(Message.recipient).where(Message.erratum_id == erratum_id)
        assert sorted(session.scalars(told)) == ["ada@news.example", "bella@news.example"]


def test_the_purge_waits_for_the_article_before_it_holds_an_erratum(
    db: Database, paper: Paper, clock: MovableClock
) -> None:
    """A reader reports once more what is about to be purged."""
    with db.transaction() as session:
        old = session.scalars(select(Erratum).order_by(Erratum.id)).all()
        for row in old:
            row.state = State.DECLINED
        old_id, goes_id = (row.id for row in old)
        url = "https://gazette.example/newest"
        article = make_article(session, old[0].site, clock(), canonical_url=url)
        session.get_one(Message, paper.message_id).erratum_id = make_erratum(
            session, article, clock()
        ).id
    clock.forward(days=2000)

    with db.transaction() as session:
        lock_articles(session, [paper.article_id])
        ended = begun(db, lambda: purge(db, PrivacySettings(), now=clock()))
        free = {"key_share": True, "nowait": True}
        row = session.get_one(Erratum, old_id, with_for_update=free)
        row.last_seen_at = clock()
        session.flush()
    ended()
    with db.reading() as session:
        assert session.get(Erratum, goes_id) is None
        assert session.get(Erratum, old_id) is not None
