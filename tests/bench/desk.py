"""What the desk's queries cost as the newsroom grows, on both databases.

``python -m tests.bench desk`` goes to 100,000 reports; ``python -m tests.bench.desk 1000000`` (and
``sqlite`` or ``postgresql``) builds what is asked for, which takes minutes.

p50 and p95 are the time of the statements alone, in milliseconds, run again on the driver with
their rows fetched; cpu is the median of what they take of a processor, which other work on the
machine does not change (SQLite: this thread's, PostgreSQL: the server process's, on Linux alone);
with_rows is the median of the whole call, with a page's objects.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from copydesk.desk.access import Access
from copydesk.desk.jobs import work_state
from copydesk.desk.queries import Cursor, Filter, count_tabs, read_page
from copydesk.desk.tabs import Tab
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Kind, Role
from tests.bench.desk_rows import NOW, OLD_WORD, Rows
from tests.bench.figures import line, p95
from tests.bench.installation import new_database

SIZES = (10_000, 100_000)
BAR_MS = 10.0
TIMES = 25
CHIEF = Access(Role.ADMIN)
THREE_SITES = Access(by_site={1: Role.AUTHOR, 4: Role.EDITOR, 9: Role.AUTHOR})
NINE_SITES = Access(by_site=dict.fromkeys(range(2, 11), Role.AUTHOR))

Query = Callable[[Session], object]


@dataclass
class Cost:
    """Of one query, in milliseconds."""

    p50: float
    p95: float
    cpu: float
    whole: float


def run(
    sizes: tuple[int, ...] = SIZES, backends: tuple[str, ...] = ("sqlite", "postgresql")
) -> None:
    """Print the figures."""
    for backend in backends:
        grown: dict[str, list[Cost]] = {}
        for size in sizes:
            with _database(backend) as database:
                begin = time.perf_counter()
                rows = Rows(size)
                rows.fill(database)
                line(f"{backend}, {size} reports", built_s=time.perf_counter() - begin)
                for name, query in _queries(rows).items():
                    cost = _measure(database, query)
                    grown.setdefault(name, []).append(cost)
                    line(
                        f"  {name}",
                        p50=cost.p50,
                        p95=cost.p95,
                        cpu=cost.cpu,
                        with_rows=cost.whole,
                        bar=BAR_MS,
                    )
        for name, costs in grown.items():
            growth = costs[-1].cpu / max(costs[0].cpu, 0.01)
            line(f"{backend}, growth {sizes[0]} to {sizes[-1]}: {name}", times=growth)


def _queries(rows: Rows) -> dict[str, Query]:
    """Return what an editor does, from the usual to the unkind."""
    words = rows.vocabulary
    half = rows.reports // 2
    middle = Cursor(rows.seen_at(half), half)
    long = _word(words, 200, 8)

    def page(access: Access = CHIEF, after: Cursor | None = None, **wanted: Any) -> Query:
        asked = Filter(**wanted)
        return lambda session: read_page(session, access, asked, after=after, now=NOW)

    def counts(access: Access = CHIEF, **wanted: Any) -> Query:
        asked = Filter(**wanted)
        return lambda session: count_tabs(session, access, asked, now=NOW)

    return {
        "open, all sites": page(),
        "open, three sites": page(THREE_SITES),
        "all, all sites": page(tab=Tab.ALL),
        "corrected, a small site": page(tab=Tab.CORRECTED, site_id=9),
        "spam of a rare kind, all sites": page(tab=Tab.SPAM, kind=Kind.OTHER),
        "all of a rare kind, all sites": page(tab=Tab.ALL, kind=Kind.OTHER),
        "snoozed": page(tab=Tab.SNOOZED),
        "corrected, half-way down": page(tab=Tab.CORRECTED, after=middle),
        "counts, all sites": counts(),
        "counts, three sites, a kind": counts(THREE_SITES, kind=Kind.FACT),
        "search: commonest word": page(tab=Tab.ALL, text=_word(words, 0)),
        "search: usual word": page(tab=Tab.ALL, text=_word(words, 300)),
        "search: rare word": page(tab=Tab.ALL, text=_word(words, -100)),
        "search: two usual words": page(tab=Tab.ALL, text=f"{_word(words, 40)} {_word(words, 90)}"),
        "search: commonest word and a rare one": page(
            tab=Tab.ALL, text=f"{_word(words, 0)} {_word(words, -100)}"
        ),
        "search: two letters": page(tab=Tab.ALL, text=words[3][:2]),
        "search: four letters": page(tab=Tab.ALL, text=_word(words, 300)[:4]),
        "search: six letters of a long word": page(tab=Tab.ALL, text=long[:6]),
        "search: a word of years ago": page(tab=Tab.ALL, text=OLD_WORD),
        "search: a word of years ago, open": page(text=OLD_WORD),
        "search: two words, never together": page(tab=Tab.ALL, text=f"{OLD_WORD} {long}"),
        "search: no match": page(tab=Tab.ALL, text="щщщщщ"),
        "search: usual word, open": page(text=_word(words, 300)),
        "search: common word, rare tab": page(tab=Tab.UNVERIFIED, text=_word(words, 2)),
        "search: common word, small site": page(tab=Tab.SPAM, site_id=10, text=_word(words, 2)),
        "search: common word, rare kind": page(tab=Tab.SPAM, kind=Kind.OTHER, text=_word(words, 2)),
        "search: common word, snoozed": page(tab=Tab.SNOOZED, text=_word(words, 2)),
        "search: common word, three sites": page(THREE_SITES, tab=Tab.ALL, text=_word(words, 2)),
        "search: two usual words, nine sites": page(
            NINE_SITES, tab=Tab.CORRECTED, text=f"{_word(words, 40)} {_word(words, 90)}"
        ),
        "search: rare word, nine sites": page(NINE_SITES, tab=Tab.ALL, text=_word(words, -100)),
        "search: commonest word, half-way down": page(
            tab=Tab.ALL, after=middle, text=_word(words, 0)
        ),
        "search: an address": page(tab=Tab.ALL, text="https://0.example/news/7"),
        "counts of a search: commonest word": counts(text=_word(words, 0)),
        "counts of a search: usual word": counts(text=_word(words, 300)),
        "foot of each page": lambda session: work_state(session, CHIEF, NOW),
    }


def _word(words: list[str], rank: int, length: int = 6) -> str:
    """Return the first word of a length that somebody would type, from a rank on."""
    return next(word for word in words[rank:] if len(word) >= length)


def _measure(database: Database, query: Query) -> Cost:
    whole, alone, cpu = [], [], []
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append((statement, parameters))

    with database.reading() as session:
        query(session)
    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as session:
        query(session)
    event.remove(database.engine, "before_cursor_execute", note)
    for _time in range(TIMES):
        with database.reading() as session:
            begin = time.perf_counter()
            query(session)
            whole.append((time.perf_counter() - begin) * 1000)
            cursor = session.connection().connection.cursor()
            begin, spent = time.perf_counter(), _processor_ms(session)
            for statement, parameters in statements:
                cursor.execute(statement, parameters)
                cursor.fetchall()
            alone.append((time.perf_counter() - begin) * 1000)
            cpu.append(_processor_ms(session) - spent)
            cursor.close()
    return Cost(
        statistics.median(alone), p95(alone), statistics.median(cpu), statistics.median(whole)
    )


def _processor_ms(session: Session) -> float:
    """Return what the database has taken of a processor so far."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    if not hasattr(driver, "info"):
        return time.thread_time() * 1000
    try:
        spent = Path(f"/proc/{driver.info.backend_pid}/schedstat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(spent.split()[0]) / 1_000_000


@contextmanager
def _database(backend: str) -> Iterator[Database]:
    with new_database(backend) as url, closing(Database(url)) as database:
        upgrade(database)
        yield database


if __name__ == "__main__":
    chosen = tuple(name for name in sys.argv[1:] if not name.isdecimal())
    run(
        tuple(int(name) for name in sys.argv[1:] if name.isdecimal()) or SIZES,
        chosen or ("sqlite", "postgresql"),
    )
