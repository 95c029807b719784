"""PostgreSQL keeps somebody waiting, and nobody waits for ever."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url, select, text
from tests.conftest import MovableClock
from tests.factories import make_site
from tests.http.test_intake import post, report

from copydesk.intake.guard import sites_of
from copydesk.services import Services
from copydesk.store.database import Database
from copydesk.store.tables import Article, Erratum, LimitCounter, Report

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def hurried(services: Services) -> Services:
    """Let the operator have set that nobody waits longer than a moment, and make the newspaper."""
    database = services.database
    with database.transaction() as session:
        make_site(session, services.clock())
        name = database.engine.url.database
        session.execute(text(f"ALTER DATABASE {name} SET lock_timeout = '50ms'"))
    database.engine.dispose()
    return services


@pytest.mark.parametrize("table", [Article, Erratum, LimitCounter])
def test_a_report_is_put_off_when_somebody_holds_a_row_that_it_needs(
    hurried: Services, client: FlaskClient, table: type[Any]
) -> None:
    assert post(client, report()).status_code == 201
    with hurried.database.transaction() as somebody:
        somebody.scalars(select(table).with_for_update()).all()
        answer = post(client, report())
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
    assert post(client, report()).status_code == 201
    with hurried.database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 2


def test_only_who_takes_reports_waits_for_locks_no_longer_than_on_sqlite(
    db: Database, clock: MovableClock
) -> None:
    with db.transaction() as session:
        make_site(session, clock())
    with db.transaction() as session:
        sites_of(session, {"gazette"}, clock())
        assert session.scalar(text("SHOW lock_timeout")) == "5s"
    with db.transaction() as session:
        assert session.scalar(text("SHOW lock_timeout")) == "0"


def test_a_server_that_went_without_a_word_is_noticed(db: Database) -> None:
    told = _told(db)
    assert (told["tcp_user_timeout"], told["connect_timeout"]) == ("10000", "5")
    idle, interval, count = (int(told[f"keepalives_{name}"]) for name in _ALIVE)
    assert idle + interval * count < 20


def test_what_the_address_says_stays(db: Database, database_url: str) -> None:
    said = {"tcp_user_timeout": "90000", "keepalives_idle": "77"}
    url = make_url(database_url).update_query_dict(said)
    other = Database(url.render_as_string(hide_password=False))
    assert _told(other).items() >= (said | {"keepalives_interval": "3"}).items()
    other.close()


_ALIVE = ("idle", "interval", "count")


def _told(database: Database) -> dict[str, str]:
    with database.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        found: dict[str, str] = raw.info.get_parameters()
    return found
