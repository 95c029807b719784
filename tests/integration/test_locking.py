"""A report comes in while somebody moves its erratum: on PostgreSQL, too, one of them is first."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.another_thread import begun
from tests.conftest import MovableClock
from tests.desk_fixtures import Paper, add_editor, enter, form_token, made_paper
from tests.factories import find_or_open, make_article, make_erratum, make_report, make_site

from copydesk.errata.attach import Attached, Standing, attach_all
from copydesk.errata.grouping import Found, Incoming
from copydesk.errata.locking import lock_article, lock_erratum
from copydesk.errata.one_article import merge_articles
from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.intake.articles import Page, find_or_add_all
from copydesk.notify.replies import DECLINED, reply
from copydesk.services import Services
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    Erratum,
    HistoryEntry,
    Kind,
    Message,
    Report,
    Role,
    State,
)

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)

CLAIM = Claim(Quote("recieved", "The harbour master ", " a letter on Monday."), "received")


paper = made_paper


def find(session: Session, paper: Paper, clock: MovableClock) -> Found:
    url = session.scalars(select(Article.canonical_url).where(Article.id == paper.article_id)).one()
    page = Page((paper.site_id, url), None, "", "en")
    (article,) = find_or_add_all(session, [page], now=clock())  # which locks it
    incoming = Incoming(paper.site_id, article.id, CLAIM, Kind.LANGUAGE, is_spam=False)
    (found,) = find_or_open(session, [incoming], clock())
    return found


def attach(session: Session, found: Found, clock: MovableClock) -> Standing:
    stored = make_report(session, session.get_one(Erratum, found.id), clock())
    session.expunge_all()
    (standing,) = attach_all(session, [Attached(found, stored.id, "", "")], now=clock())
    return standing


def test_no_report_is_counted_on_an_erratum_that_is_merged_away(
    client: FlaskClient, services: Services, paper: Paper, clock: MovableClock
) -> None:
    enter(client, services, add_editor(services, Role.EDITOR, paper.site_id))
    fields = {"into": paper.public_id, "csrf_token": form_token(client)}
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}

    def merge() -> None:
        path = f"/desk/errata/{paper.other_public_id}/merge"
        assert client.post(path, data=fields, headers=headers).status_code == 303

    with services.database.transaction() as session:
        found = find(session, paper, clock)
        ended = begun(services.database, merge)
        assert attach(session, found, clock).state is State.OPEN
    ended()
    with services.database.reading() as session:
        rows = {row.public_id: row for row in session.scalars(select(Erratum))}
        gone, left = rows[paper.other_public_id], rows[paper.public_id]
        assert (gone.id, gone.state, gone.report_count) == (found.id, State.MERGED, 0)
        assert (left.state, left.report_count) == (State.OPEN, 3)
        assert set(session.scalars(select(Report.erratum_id))) == {left.id}


def test_an_answer_from_a_mail_comes_after_the_report_that_was_first(
    services: Services, paper: Paper, clock: MovableClock
) -> None:
    database = services.database
    with database.transaction() as session:
        newest = session.scalars(select(Erratum.id).order_by(Erratum.id.desc())).first()
        session.get_one(Message, paper.message_id).erratum_id = newest

    def answer() -> None:
        with database.transaction() as session:
            message = session.get_one(Message, paper.message_id)
            reply(session, message, DECLINED, reason="House style.", now=clock())

    with database.transaction() as session:
        found = find(session, paper, clock)
        ended = begun(database, answer)
        attach(session, found, clock)
    ended()
    with database.reading() as session:
        history = session.scalars(select(HistoryEntry.what).order_by(HistoryEntry.id))
        assert list(history) == ["received", "decline"]


def test_many_errata_are_locked_in_the_order_of_their_articles(
    client: FlaskClient, services: Services, paper: Paper, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        first = session.get_one(Article, paper.article_id)
        url = f"{first.canonical_url}/2"
        later = make_article(session, first.site, clock(), canonical_url=url)
        # By itself the one of the later article would come first.
        ticked = [
            make_erratum(session, article, clock(), public_id=name * 22).public_id
            for article, name in ((first, "z"), (later, "a"))
        ]
        later_id = later.id
    enter(client, services, add_editor(services, Role.EDITOR, paper.site_id))
    fields = {"action": "confirm", "id": ticked, "csrf_token": form_token(client)}
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}

    def confirm() -> None:
        assert client.post("/desk/bulk", data=fields, headers=headers).status_code == 303

    with services.database.transaction() as session:
        lock_article(session, paper.article_id)
        ended = begun(services.database, confirm)
        assert session.get(Article, later_id, with_for_update={"nowait": True})
    ended()
    with services.database.reading() as session:
        moved = session.scalars(select(Erratum.state).where(Erratum.public_id.in_(ticked)))
        assert list(moved) == [State.CONFIRMED] * 2


@pytest.mark.parametrize("state", [State.OPEN, State.CONFIRMED, State.DECLINED])
def test_a_report_takes_an_erratum_as_it_is_by_now(
    services: Services, paper: Paper, clock: MovableClock, state: State
) -> None:
    database = services.database
    correct = update(Erratum).values(state=State.CORRECTED)
    with database.transaction() as session:
        session.execute(correct)
    with database.transaction() as session:
        found = find(session, paper, clock)
        assert found.state is State.CORRECTED
        with database.transaction() as other:
            other.execute(update(Erratum).values(state=state, declined_reason="House style."))
        assert attach(session, found, clock).state is state
        assert found.declined_reason == "House style."


def test_an_erratum_is_followed_to_the_article_that_its_own_became_part_of(
    db: Database, paper: Paper, clock: MovableClock
) -> None:
    with db.transaction() as session:
        site = make_site(session, clock(), key="herald", hosts=["herald.example"])
        article = session.get_one(Article, paper.article_id)
        article.site_id = site.id
        into_id = make_article(session, site, clock()).id
    locked: list[int] = []

    def lock() -> None:
        with db.transaction() as session:
            erratum = session.scalars(select(Erratum).limit(1)).one()
            found = lock_erratum(session, erratum)
            assert found is not None
            locked.append(found.article_id)

    with db.transaction() as session:
        assert merge_articles(session, paper.article_id, into_id, now=clock())
        session.flush()
        ended = begun(db, lock)
        assert locked == []
    ended()
    assert locked == [into_id]
