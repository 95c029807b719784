"""The desk's search on both databases: what it finds, for whom, and what it forgets."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import TextClause, delete, select, text, update
from tests.conftest import MovableClock
from tests.factories import make_article, make_erratum, make_report, make_site

from copydesk.desk.access import Access
from copydesk.desk.queries import Cursor, Filter, count_tabs, read_page
from copydesk.desk.search import MOST_COUNTED
from copydesk.desk.tabs import Tab
from copydesk.errata import triage
from copydesk.errata.indexer import Indexer
from copydesk.errata.search_index import BATCH, forget, is_owed
from copydesk.store.database import Database
from copydesk.store.tables import (
    Article,
    Erratum,
    HistoryEntry,
    Kind,
    Proof,
    Report,
    Role,
    SearchTodo,
    Site,
    State,
)

ALL = Access(Role.ADMIN)


class Desk:
    """A newsroom with a few errata, and its search."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database = database
        self.clock = clock
        self.ids: dict[str, int] = {}
        with database.transaction() as session:
            site = make_site(session, clock())
            self.site_id = site.id
            self.other_id = make_site(session, clock(), key="vestnik", name="Вестник").id
            make_article(session, site, clock(), title="Паром вернулся в гавань", byline="А. Бёрн")

    def add(self, name: str, **changes: object) -> int:
        with self.database.transaction() as session:
            article = session.scalars(select(Article)).first()
            assert article is not None
            values = {"quote": name, "suggestion": "", "before": "", "prefix": "", "suffix": ""}
            row = make_erratum(session, article, self.clock(), **(values | changes))
            self.ids[name] = row.id
        return self.ids[name]

    def index(self) -> None:
        Indexer(self.database).drain()

    def find(self, typed: str, access: Access = ALL, **narrow: object) -> list[str]:
        wanted = Filter(**({"tab": Tab.ALL, "text": typed} | narrow))  # type: ignore[arg-type]
        with self.database.reading() as session:
            page = read_page(session, access, wanted, after=None, now=self.clock())
            counts = count_tabs(session, access, wanted, now=self.clock())
        assert counts[wanted.tab] == min(len(page.errata), MOST_COUNTED) or page.after
        return [row.quote for row in page.errata]


@pytest.fixture
def desk(db: Database, clock: MovableClock) -> Desk:
    return Desk(db, clock)


def test_words_of_the_erratum_the_article_and_the_readers_are_found(desk: Desk) -> None:
    desk.add("превет", suggestion="привет", report={"comment": "Так говорит администрация порта"})
    desk.add("recieved", report={"suggestion": "received", "comment": "see naïve@reader.example"})
    desk.index()
    for typed in ("ПРЕВЕТ", "привет", "админ", "администрации порт", "\u0301превет"):
        assert desk.find(typed) == ["превет"], typed
    for typed in ("received", "rec", "naive", "reader.example"):
        assert desk.find(typed) == ["recieved"], typed
    # Newest first; an author's name, a headline, an address.
    for typed in ("берн", "гавань паром", "harbour/ferry", "news.example/harbour/ferry"):
        assert desk.find(typed) == ["recieved", "превет"], typed
    assert desk.find("received администрация") == []
    assert desk.find("ривет") == []


def test_a_search_keeps_within_site_tab_and_kind(desk: Desk) -> None:
    desk.add("слово раз", kind=Kind.FACT)
    desk.add("слово два", state=State.DECLINED)
    desk.add("слово три", proof=Proof.UNREADABLE)
    desk.add("слово четыре", snoozed_until=desk.clock() + timedelta(days=1))
    desk.add("слово пять", site_id=desk.other_id, state=State.SPAM)
    desk.add("слово шесть", state=State.MERGED)
    desk.index()
    everything = ["слово пять", "слово четыре", "слово три", "слово два", "слово раз"]
    assert desk.find("слово") == everything
    assert desk.find("слово", tab=Tab.OPEN) == ["слово раз"]
    assert desk.find("слово", tab=Tab.DECLINED) == ["слово два"]
    assert desk.find("слово", tab=Tab.UNVERIFIED) == ["слово три"]
    assert desk.find("слово", tab=Tab.SNOOZED) == ["слово четыре"]
    assert desk.find("слово", tab=Tab.SPAM) == ["слово пять"]
    assert desk.find("слово", kind=Kind.FACT) == ["слово раз"]
    assert desk.find("слово", site_id=desk.other_id) == ["слово пять"]
    here = Access(by_site={desk.site_id: Role.AUTHOR})
    assert desk.find("слово", here) == everything[1:]
    assert desk.find("слово", here, site_id=desk.other_id) == []
    assert desk.find("слово", Access()) == []


def test_the_index_follows_what_happens(desk: Desk) -> None:
    first = desk.add("один", report={"comment": "ошибка номер один"})
    second = desk.add("два")
    desk.index()
    with desk.database.transaction() as session:
        triage.decline(
            session, session.get_one(Erratum, second), who="Ed", reason="", now=desk.clock()
        )
    assert desk.find("два", tab=Tab.OPEN) == []  # what the index says is checked with the row
    desk.index()
    assert desk.find("два", tab=Tab.DECLINED) == ["два"]
    with desk.database.transaction() as session:
        into = session.get_one(Erratum, second)
        triage.reopen(session, into, who="Ed", now=desk.clock())
        triage.merge(session, session.get_one(Erratum, first), into, who="Ed", now=desk.clock())
        session.execute(update(Article).values(title="Новый заголовок"))
    desk.index()
    assert desk.find("номер") == ["два"]
    assert desk.find("заголовок") == ["два"]
    assert desk.find("паром") == []


def test_an_id_and_an_address_find_what_is_not_indexed_yet(desk: Desk) -> None:
    desk.add("recieved")
    with desk.database.reading() as session:
        row = session.scalars(select(Erratum)).one()
        public_id, client_id = row.public_id, row.reports[0].client_id
    for typed in (public_id, client_id, client_id.upper(), "https://news.example/harbour/ferry#x"):
        assert desk.find(typed) == ["recieved"], typed
        assert desk.find(typed, tab=Tab.SPAM) == []
        assert desk.find(typed, Access(by_site={desk.other_id: Role.ADMIN})) == []
    assert desk.find("recieved") == []
    desk.index()
    assert desk.find("recieved") == ["recieved"]
    assert desk.find("https://news.example/harbour/ferry/page-two") == []
    assert desk.find("https://news.example/harbour/fer") == ["recieved"]


HOSTILE = (
    *('"', "'", '""', '"a', "a*", "*", "NEAR(a b)", "a OR", "AND", "NOT a", "-a", "^a", "words:a"),
    *("a:*", "!a", "a <-> b", "a & | b", "(((", "\\", "\\'", "a\\", "%", "_", "$1", ":asked", "{}"),
    *(
        "a\x00b",
        "\ue000snoozed",
        "\ue000",
        "\ud83d",
        "\u202eabc",
        "и\u0306" * 50,
        "ß" * 300,
        "x" * 10_000,
    ),
    *("(" * 5000, '" OR "' * 900, "a b " * 2500, "\u0301" * 100, "1e999", "0x00", "-1", "ﷺ" * 100),
)


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_breaks_it(desk: Desk, typed: str) -> None:
    desk.add("x" * 500, snoozed_until=desk.clock() + timedelta(days=1))
    desk.index()
    found = desk.find(typed)
    assert found == (["x" * 500] if typed.startswith("xxx") else [])


def test_what_readers_write_breaks_no_index(desk: Desk) -> None:
    for number, words in enumerate(one for one in HOSTILE if "\x00" not in one):
        desk.add(
            f"quote{number}", report={"comment": words.encode(errors="ignore").decode()[:2000]}
        )
    desk.index()
    assert len(desk.find("quote")) > 30
    assert desk.find("quote", tab=Tab.SNOOZED) == []  # a mark that is typed is none


def test_pages_of_matches_follow_each_other(desk: Desk) -> None:
    for number in range(BATCH + 55):
        desk.add(f"слово{number}")
    desk.index()
    wanted = Filter(tab=Tab.ALL, text="слово")
    seen: list[str] = []
    after: Cursor | None = None
    with desk.database.reading() as session:
        assert count_tabs(session, ALL, wanted, now=desk.clock())[Tab.ALL] == BATCH + 55
        while True:
            page = read_page(session, ALL, wanted, after=after, now=desk.clock())
            seen += [row.quote for row in page.errata]
            after = page.after
            if after is None:
                break
    assert seen == [f"слово{number}" for number in reversed(range(BATCH + 55))]


def test_an_erratum_that_goes_leaves_the_index_at_once(desk: Desk) -> None:
    number = desk.add("vanishing", report={"comment": "ephemeral"})
    desk.index()
    with desk.database.transaction() as session:
        session.execute(delete(HistoryEntry).where(HistoryEntry.erratum_id == number))
        session.execute(delete(Report).where(Report.erratum_id == number))
        session.execute(delete(Erratum).where(Erratum.id == number))
        assert not session.scalars(_lookup(desk.database, "ephemeral")).all()
    desk.index()
    with desk.database.reading() as session:
        assert not is_owed(session)


def test_forgotten_words_leave_index_and_disk(desk: Desk, database_url: str) -> None:
    for number in range(30):
        desk.add(f"q{number}", report={"comment": f"common words {number} words"})
    number = desk.add("kept", report={"comment": "zzyzxsecret@reader.example"})
    desk.index()
    with desk.database.transaction() as session:
        session.execute(update(Report).where(Report.erratum_id == number).values(comment=""))
        forget(session, [number])
        assert not session.scalars(_lookup(desk.database, "zzyzxsecret")).all()
    desk.index()
    assert desk.find("zzyzxsecret") == []
    assert desk.find("kept") == ["kept"]
    with desk.database.reading() as session:
        assert not is_owed(session)
    if desk.database.is_sqlite:
        with desk.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"zzyzxsecret" not in Path(database_url.removeprefix("sqlite:///")).read_bytes()


def test_of_two_indexers_one_waits_for_its_turn(desk: Desk) -> None:
    if desk.database.is_sqlite:
        return  # who writes is alone
    desk.add("word")
    with desk.database.transaction() as session:
        forget(session, [desk.ids["word"]])
        assert not Indexer(desk.database).step()
    desk.index()
    assert desk.find("word") == ["word"]


def test_an_erratum_that_somebody_changes_is_indexed_afterwards(desk: Desk) -> None:
    """The indexer holds several: were it to wait for one more, two would wait for each other."""
    if desk.database.is_sqlite:
        return  # who writes is alone
    held, free = desk.add("held"), desk.add("free")
    with desk.database.transaction() as session:
        session.get_one(Erratum, held, with_for_update=True)
        desk.index()
        assert desk.find("free") == ["free"]
        assert desk.find("held") == []
        with desk.database.reading() as other:
            owed = set(other.scalars(select(SearchTodo.erratum_id)))
        assert held in owed
        assert free not in owed
    desk.index()
    assert desk.find("held") == ["held"]


def test_an_erratum_reported_a_thousand_times_is_indexed_once(desk: Desk) -> None:
    number = desk.add("again")
    with desk.database.transaction() as session:
        row = session.get_one(Erratum, number)
        for time in range(200):
            make_report(session, row, desk.clock(), comment=f"comment{time}")
        session.add_all(SearchTodo(erratum_id=number) for _ in range(1000))
    assert Indexer(desk.database).step()
    assert desk.find("comment199") == ["again"]
    desk.index()
    with desk.database.reading() as session:
        assert session.scalars(select(SearchTodo.id)).all() == []
        assert session.scalars(select(Site.id)).all()


def _lookup(database: Database, word: str) -> TextClause:
    if database.is_sqlite:
        statement = text("SELECT rowid FROM erratum_search WHERE erratum_search MATCH :word")
    else:
        statement = text(
            "SELECT erratum_id FROM erratum_search WHERE words @@ CAST(:word AS tsquery)"
        )
    return statement.bindparams(word=word)
