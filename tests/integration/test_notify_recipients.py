"""Who is told, who is not, and the reason for each, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from tests.conftest import MovableClock
from tests.factories import make_article, make_author, make_desk, make_erratum, make_site

from copydesk.notify.recipients import Choice, Instead, choose
from copydesk.store.database import Database
from copydesk.store.tables import Erratum, Proof


class Cast:
    """A site, its people and one erratum, built as a test wants them."""

    def __init__(self, session: Session, clock: MovableClock, **article: object) -> None:
        self.session = session
        self.now = clock()
        self.site = make_site(session, self.now)
        self.article = make_article(session, self.site, self.now, **article)
        self.erratum: Erratum = make_erratum(session, self.article, self.now)

    def choose(self, instead: Instead | None = None) -> Choice:
        return choose(self.session, self.erratum, now=self.now, instead=instead)

    def told(self) -> list[tuple[str, str]]:
        return [(one.name, one.reason) for one in self.choose().chosen]

    def left_out(self) -> list[tuple[str, str]]:
        return [(skip.name, skip.reason) for skip in self.choose().skipped]


def test_all_authors_of_a_byline_are_told(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="BYRNE Ada; Ed Doyle; Nobody Known")
        make_author(session, cast.site)
        make_author(session, cast.site, name="Ed Doyle", address="ed@news.example")
        make_desk(session, cast.site)
        assert cast.told() == [
            ("Ada Byrne", "named in the byline as “BYRNE Ada”"),
            ("Ed Doyle", "named in the byline as “Ed Doyle”"),
        ]
        assert cast.left_out() == [("Nobody Known", "no author of this site has this name")]


def test_a_name_that_fits_two_is_left_to_the_desk(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="A. Byrne")
        make_author(session, cast.site)
        make_author(session, cast.site, name="Anna Byrne", address="anna@news.example")
        make_desk(session, cast.site)
        assert cast.told() == [("News desk", "answers for the whole site")]
        assert cast.left_out() == [
            ("A. Byrne", "this may be any of Ada Byrne, Anna Byrne, and nobody is guessed at")
        ]


def test_authors_of_another_site_are_strangers(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock)
        other = make_site(session, clock(), key="other")
        make_author(session, other)
        make_desk(session, other)
        assert cast.told() == []
        assert ("", "this site has no desk") in cast.left_out()


def test_the_byline_of_a_report_names_nobody(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="")
        make_author(session, cast.site)
        cast.erratum.reports[0].byline = "Ada Byrne"
        assert cast.told() == []
        assert cast.left_out()[0] == ("", "the page names no author")


def test_a_deputy_stands_in(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock)
        ed = make_author(session, cast.site, name="Ed Doyle", address="ed@news.example")
        ada = make_author(
            session, cast.site, absent_until=clock() + timedelta(days=3), deputy_id=ed.id
        )
        assert cast.told() == [("Ed Doyle", "stands in for Ada Byrne")]
        assert cast.left_out() == [("Ada Byrne", "away until 2026-03-05")]
        ada.absent_until = clock()
        session.flush()
        assert cast.told()[0][0] == "Ada Byrne", "she is back"


def test_two_who_name_each_other_end_at_the_desk(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock)
        away = clock() + timedelta(days=3)
        ada = make_author(session, cast.site, absent_until=away)
        ed = make_author(
            session,
            cast.site,
            name="Ed",
            address="ed@news.example",
            absent_until=away,
            deputy_id=ada.id,
        )
        ada.deputy_id = ed.id
        make_desk(session, cast.site)
        session.flush()
        session.expire_all()
        assert [name for name, _reason in cast.told()] == ["News desk"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_notified": False}, "has switched these mails off"),
        ({"absent_until": "later"}, "away until 2026-03-05 without a deputy"),
    ],
)
def test_who_takes_no_mail_leaves_it_to_the_desk(
    db: Database, clock: MovableClock, change: dict[str, object], reason: str
) -> None:
    if "absent_until" in change:
        change = {"absent_until": clock() + timedelta(days=3)}
    with db.transaction() as session:
        cast = Cast(session, clock)
        make_author(session, cast.site, **change)
        make_desk(session, cast.site)
        assert [name for name, _reason in cast.told()] == ["News desk"]
        assert ("Ada Byrne", reason) in cast.left_out()


@pytest.mark.parametrize(
    ("patterns", "article", "expected"),
    [
        (["Sport"], {"section": "sport"}, "answers for “Sport”"),
        (["/sport/"], {"canonical_url": "https://news.example/sport/x"}, "answers for “/sport/”"),
        (["/sport"], {"canonical_url": "https://news.example/sport"}, "answers for “/sport”"),
        (["/sport"], {"canonical_url": "https://news.example/sportswear"}, ""),
        (["Sport"], {"section": "Sports"}, ""),
        (["Sport"], {"section": ""}, ""),
    ],
)
def test_the_sections_desk_comes_before_the_sites(
    db: Database,
    clock: MovableClock,
    patterns: list[str],
    article: dict[str, str],
    expected: str,
) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="", **article)
        make_desk(session, cast.site)
        make_desk(
            session,
            cast.site,
            name="Sport",
            section_patterns=patterns,
            address="sport@news.example",
        )
        wanted = ("Sport", expected) if expected else ("News desk", "answers for the whole site")
        assert cast.told() == [wanted]


def test_the_longest_pattern_wins(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="", canonical_url="https://news.example/a/b/c")
        for name, pattern in (("A", "/a"), ("AB", "/a/b/")):
            make_desk(
                session,
                cast.site,
                name=name,
                section_patterns=[pattern],
                address=f"{name}@news.example",
            )
        assert [name for name, _reason in cast.told()] == ["AB"]


@pytest.mark.parametrize(
    ("proof", "told"),
    [(Proof.NOT_FOUND, []), (Proof.PENDING, []), (Proof.UNREADABLE, ["News desk"])],
)
def test_without_proof_no_author_is_told(
    db: Database, clock: MovableClock, proof: Proof, told: list[str]
) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock)
        make_author(session, cast.site)
        make_desk(session, cast.site)
        cast.erratum.proof = proof
        assert [name for name, _reason in cast.told()] == told
        assert cast.left_out()


def test_handed_on_goes_to_a_desk_that_has_not_passed_it_itself(
    db: Database, clock: MovableClock
) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, section="Sport")
        make_author(session, cast.site)
        make_desk(session, cast.site)
        sport = make_desk(
            session,
            cast.site,
            name="Sport",
            section_patterns=["Sport"],
            address="sport@news.example",
        )
        handed = cast.choose(Instead("Ada Byrne", "says that it is not theirs"))
        assert [one.name for one in handed.chosen] == ["Sport"]
        assert handed.skipped[0].name == "Ada Byrne"
        again = cast.choose(Instead("Sport", "says that it is not theirs", desk_id=sport.id))
        assert [one.name for one in again.chosen] == ["News desk"]


def test_one_address_is_told_once(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="Ada Byrne; Ed Doyle")
        make_author(session, cast.site, address="team@news.example")
        make_author(session, cast.site, name="Ed Doyle", address="team@news.example")
        assert [name for name, _reason in cast.told()] == ["Ada Byrne"]


def test_a_name_in_a_case_reaches_its_author(db: Database, clock: MovableClock) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline="Анны Петровой", byline_rule="text-label")
        make_author(session, cast.site, name="Анна Петрова")
        make_author(session, cast.site, name="Алла Петрова", address="alla@news.example")
        make_desk(session, cast.site)
        assert cast.told() == [("Анна Петрова", "named in the byline as “Анны Петровой”")]


@pytest.mark.parametrize(
    ("byline", "rule", "author", "reason"),
    [
        (
            "Ivan Petrov",
            "json-ld",
            "Иван Петров",
            "perhaps Иван Петров, and nobody is guessed at",
        ),
        (
            "Александра Петрова",
            "text-label",
            "Александр Петров",
            "perhaps Александр Петров, and nobody is guessed at",
        ),
        ("Ивана Петрова", "meta", "Иван Петров", "no author of this site has this name"),
    ],
)
def test_a_hint_is_shown_and_nobody_is_told_because_of_it(
    db: Database, clock: MovableClock, byline: str, rule: str, author: str, reason: str
) -> None:
    with db.transaction() as session:
        cast = Cast(session, clock, byline=byline, byline_rule=rule)
        make_author(session, cast.site, name=author)
        make_desk(session, cast.site)
        assert cast.told() == [("News desk", "answers for the whole site")]
        assert cast.left_out() == [(byline, reason)]
