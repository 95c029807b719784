"""Reports that come in at the same moment, as one group: the same as one after another."""

import pytest
from sqlalchemy import select
from tests.conftest import MovableClock
from tests.factories import find_or_open, make_article, make_site
from tests.steps import counted

from copydesk.errata import overlap
from copydesk.errata.attach import Attached, Standing, attach_all
from copydesk.errata.grouping import Found, Incoming
from copydesk.errata.overlap import PLACES, Claim, same_error
from copydesk.errata.quote import Quote
from copydesk.store.database import Database
from copydesk.store.tables import Erratum, ErratumWord, Kind, State

TEXT = "The harbour master recieved a letter on Monday, and he definately answered it."


def claim(words: str, suggestion: str = "") -> Claim:
    at = TEXT.index(words)
    return Claim(Quote(words, TEXT[:at], TEXT[at + len(words) :]), suggestion)


ONE = claim("recieved", "received")
WIDER = claim("master recieved a", "master received a")
OTHER = claim("definately", "definitely")


class Paper:
    """A site with one article in a database."""

    def __init__(self, db: Database, clock: MovableClock) -> None:
        self.db, self.clock = db, clock
        with db.transaction() as session:
            site = make_site(session, clock())
            article = make_article(session, site, clock())
            self.site_id, self.article_id = site.id, article.id

    def report(self, *claims: Claim, spam: tuple[int, ...] = ()) -> list[Found]:
        with self.db.transaction() as session:
            incoming = [
                Incoming(self.site_id, self.article_id, one, Kind.LANGUAGE, is_spam=at in spam)
                for at, one in enumerate(claims)
            ]
            return find_or_open(session, incoming, self.clock())


@pytest.fixture
def paper(db: Database, clock: MovableClock) -> Paper:
    return Paper(db, clock)


def test_reports_of_one_error_in_one_group_share_an_erratum(paper: Paper) -> None:
    one, wider, other, again = paper.report(ONE, WIDER, OTHER, ONE)
    assert one.id == wider.id == again.id != other.id
    with paper.db.reading() as session:
        assert session.get_one(Erratum, one.id).report_count == 3
        assert session.get_one(Erratum, other.id).report_count == 1


def test_a_group_finds_what_an_earlier_one_opened(paper: Paper) -> None:
    (one,) = paper.report(ONE)
    wider, other, same = paper.report(WIDER, OTHER, ONE)
    assert wider.id == same.id == one.id != other.id
    assert (wider.is_new, other.is_new) == (False, True)


def test_a_remark_about_the_page_never_joins_words(paper: Paper) -> None:
    remark = Claim(ONE.quote, about_page="The map is upside down.")
    words, page, page_again = paper.report(ONE, remark, remark)
    assert page.id == page_again.id != words.id
    assert paper.report(remark)[0].id == page.id


def test_spam_opens_folded_and_counts_nothing(paper: Paper) -> None:
    spam, real = paper.report(ONE, ONE, spam=(0,))
    assert (spam.id, spam.state) == (real.id, State.SPAM)
    with paper.db.reading() as session:
        assert session.get_one(Erratum, spam.id).report_count == 1


def test_a_merged_erratum_leads_to_the_one_it_went_into(paper: Paper) -> None:
    one, other = paper.report(ONE, OTHER)
    with paper.db.transaction() as session:
        gone = session.get_one(Erratum, one.id)
        gone.state, gone.merged_into_id = State.MERGED, other.id
    assert [found.id for found in paper.report(ONE, WIDER)] == [other.id, other.id]


def test_an_erratum_found_by_its_key_and_by_its_words_is_one(paper: Paper) -> None:
    (known,) = paper.report(ONE)
    with paper.db.transaction() as session:
        session.get_one(Erratum, known.id).state = State.CORRECTED
    with paper.db.transaction() as session:
        incoming = [
            Incoming(paper.site_id, paper.article_id, one, Kind.LANGUAGE, is_spam=False)
            for one in (ONE, WIDER)
        ]
        found = find_or_open(session, incoming, paper.clock())
        reports = [Attached(one, number, "", "") for number, one in enumerate(found)]
        standings = attach_all(session, reports, now=paper.clock())
    # The first one reopened it, and the second one counts after it.
    assert standings == [Standing(State.OPEN, 2), Standing(State.OPEN, 3)]


def test_the_words_of_each_erratum_are_kept_with_it(paper: Paper) -> None:
    one, other = paper.report(ONE, OTHER)
    with paper.db.reading() as session:
        kept = session.execute(select(ErratumWord.article_id, ErratumWord.erratum_id))
        assert {tuple(row) for row in kept} == {
            (paper.article_id, one.id),
            (paper.article_id, other.id),
        }


def crafted(number: int) -> Claim:
    """Share sixteen words with every other one, and lie over it in a thousand ways, all wrong."""
    words = " ".join(f"w{at:02}" for at in range(16))
    exact = f"{'x' * (300 + number)}y{number:03} {words}".ljust(1000, "x")
    return Claim(Quote(exact, "x" * 300, "x" * 300))


def test_reports_made_to_be_compared_are_compared_once_each(paper: Paper) -> None:
    first, second = ([crafted(at) for at in range(start, start + 64)] for start in (0, 64))
    with counted(same_error, overlap._agrees_around) as within:
        opened = paper.report(*first)
    assert len({one.id for one in opened}) == 64
    assert within["same_error"] == 64 * 63 // 2
    with counted(same_error, overlap._agrees_around) as with_known:
        more = paper.report(*second)
    assert len({one.id for one in (*opened, *more)}) == 128
    assert 64 * 63 // 2 < with_known["same_error"] <= 64 * 63 // 2 + 64 * 64
    for steps in (within, with_known):
        assert steps["_agrees_around"] <= 4 * PLACES * steps["same_error"]
