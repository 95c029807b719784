"""The articles of reports that come at the same moment: the same as one after another."""

from itertools import permutations

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import ORIGIN, make_site

from copydesk.intake.articles import FoundArticle, Page, find_or_add_all
from copydesk.store.database import Database
from copydesk.store.tables import Article

PAGES = (
    ("/ferry", "/harbour/ferry"),
    ("/ferry", None),
    ("/ferry/amp", "/ferry"),
    ("/ferry/print", "/harbour/ferry"),
)
"""Addresses and what they claim: some are claimed by one and shown by another."""
ORDERS = [order for size in (2, 3, 4) for order in permutations(range(len(PAGES)), size)]


def pages_of(session: Session, clock: MovableClock, key: str, order: tuple[int, ...]) -> list[Page]:
    site = make_site(session, clock(), key=key)
    return [
        Page((site.id, ORIGIN + shown), (site.id, ORIGIN + claimed) if claimed else None, "", "")
        for shown, claimed in (PAGES[at] for at in order)
    ]


def names(session: Session, found: list[FoundArticle]) -> list[str]:
    return [session.get_one(Article, one.id).canonical_url for one in found]


def test_articles_of_a_group_are_those_of_one_report_after_another(
    db: Database, clock: MovableClock
) -> None:
    for number, order in enumerate(ORDERS):
        with db.transaction() as session:
            alone = pages_of(session, clock, f"alone{number}", order)
            found = [find_or_add_all(session, [page], now=clock())[0] for page in alone]
            group = pages_of(session, clock, f"group{number}", order)
            together = find_or_add_all(session, group, now=clock())
            assert names(session, together) == names(session, found), order


def test_no_article_is_added_that_no_report_belongs_to(db: Database, clock: MovableClock) -> None:
    for number, order in enumerate(ORDERS):
        with db.transaction() as session:
            pages = pages_of(session, clock, f"s{number}", order)
            found = find_or_add_all(session, pages, now=clock())
            added = select(Article.id).where(Article.site_id == pages[0].address[0])
            assert set(session.scalars(added)) == {one.id for one in found}, order
