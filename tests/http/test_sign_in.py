import re
import statistics
import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from tests.conftest import MovableClock
from tests.desk_fixtures import add_editor, enter, send
from werkzeug.test import TestResponse

from copydesk.desk.passwords import hash_password, verify_password
from copydesk.desk.sign_in import make_link
from copydesk.services import Services
from copydesk.store.tables import (
    DailySalt,
    Editor,
    LimitCounter,
    Role,
    SignInLink,
    SignInSession,
)

PASSWORD = "correct horse battery"
COOKIE = "__Host-copydesk"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def ed(services: Services, password_hash: str) -> int:
    editor_id = add_editor(services, Role.ADMIN)
    with services.database.transaction() as session:
        session.get_one(Editor, editor_id).password_hash = password_hash
    return editor_id


def new_client(app: Flask, remote_address: str = "192.0.2.1") -> FlaskClient:
    client = app.test_client()
    client.environ_base |= {
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "errata.example",
        "REMOTE_ADDR": remote_address,
    }
    return client


def sign_in(
    client: FlaskClient, address: str = "ed@news.example", password: str = PASSWORD, **more: str
) -> TestResponse:
    fields = {"address": address, "password": password, **more}
    return send(client, "/desk/sign-in", fields, page="/desk/sign-in")


def cookies_of(answer: TestResponse) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def sessions(services: Services) -> list[SignInSession]:
    with services.database.reading() as session:
        return list(session.scalars(select(SignInSession)))


def test_the_right_password_opens_the_desk(client: FlaskClient, ed: int) -> None:
    answer = sign_in(client, "  ED@news.example ")
    assert (answer.status_code, answer.location) == (303, "/desk/")
    assert client.get("/desk/").status_code == 200


def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(
    client: FlaskClient, ed: int
) -> None:
    cookie = cookies_of(sign_in(client))[COOKIE]
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_the_database_holds_no_token_that_opens_anything(
    client: FlaskClient, services: Services, ed: int
) -> None:
    cookie = cookies_of(sign_in(client))[COOKIE]
    token = cookie.partition("=")[2].partition(";")[0]
    assert [row.token_hash for row in sessions(services)] != [token]
    assert all(token not in row.token_hash for row in sessions(services))


@pytest.mark.parametrize(
    "address", ["ed@news.example", "nobody@news.example", "", "\x01\ufffd", "x" * 5000]
)
def test_wrong_and_unknown_are_answered_alike(client: FlaskClient, ed: int, address: str) -> None:
    answer = sign_in(client, address, "wrong")
    assert answer.status_code == 401
    assert COOKIE not in cookies_of(answer)
    assert "Address and password do not belong together." in answer.text


def test_an_editor_who_is_switched_off_stays_outside(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        session.get_one(Editor, ed).is_active = False
    assert sign_in(client).status_code == 401


def test_an_editor_without_a_password_can_not_sign_in_with_an_empty_one(
    client: FlaskClient, services: Services
) -> None:
    add_editor(services, Role.EDITOR)
    assert sign_in(client, password="").status_code == 401


def test_verifying_takes_as_long_for_an_unknown_address(password_hash: str) -> None:
    verify_password("", "warm up")

    def median(known_hash: str) -> float:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            assert not verify_password(known_hash, "wrong")
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    # Both make one argon2 hash of 19 MiB; without the dummy the unknown one takes microseconds.
    assert median("") > median(password_hash) / 3


def test_too_many_tries_are_told_to_wait(client: FlaskClient, ed: int, clock: MovableClock) -> None:
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    clock.forward(minutes=15)
    assert sign_in(client).status_code == 303


def test_a_strangers_tries_do_not_lock_the_owner_out(app: Flask, ed: int) -> None:
    owner, stranger = new_client(app), new_client(app, "198.51.100.7")
    assert sign_in(owner).status_code == 303
    send(owner, "/desk/sign-out")
    while sign_in(stranger, password="wrong").status_code == 401:
        pass
    assert sign_in(stranger).status_code == 429
    assert sign_in(owner).status_code == 303


def test_tries_of_a_network_that_is_refused_count_against_nobody(app: Flask, ed: int) -> None:
    stranger, owner = new_client(app, "198.51.100.7"), new_client(app)
    for number in range(20):
        sign_in(stranger, f"{number}@news.example", "wrong")
    for _ in range(10):
        assert sign_in(stranger, password="wrong").status_code == 429
    assert sign_in(owner).status_code == 303


def test_a_network_is_counted_by_the_salt_of_the_day(
    app: Flask, services: Services, ed: int
) -> None:
    def networks() -> set[str]:
        of_networks = LimitCounter.key.startswith("sign-in:network:")
        with services.database.reading() as session:
            return set(session.scalars(select(LimitCounter.key).where(of_networks)))

    for host in ("2001:db8:7:7::1", "2001:db8:7:7:ffff::2"):
        sign_in(new_client(app, host), password="wrong")
    (one,) = networks()
    with services.database.transaction() as session:
        session.execute(delete(DailySalt))  # as housekeeping does when the day is over
    sign_in(new_client(app, "2001:db8:7:7::1"), password="wrong")
    assert len(networks() - {one}) == 1, "without its salt nobody can say whose it was"


def test_signing_in_never_takes_over_a_planted_cookie(
    app: Flask, services: Services, ed: int
) -> None:
    victim, attacker = new_client(app), new_client(app)
    for client in (victim, attacker):
        client.set_cookie(COOKIE, "planted", domain="errata.example", secure=True)
    assert "planted" not in cookies_of(sign_in(victim))[COOKIE]
    assert attacker.get("/desk/").status_code == 303


def test_each_sign_in_is_a_new_session(client: FlaskClient, services: Services, ed: int) -> None:
    sign_in(client)
    sign_in(client)
    hashes = {row.token_hash for row in sessions(services)}
    assert len(hashes) == 2


def test_signing_out_ends_the_session_in_the_database(
    client: FlaskClient, services: Services, ed: int
) -> None:
    sign_in(client)
    assert send(client, "/desk/sign-out").status_code == 303
    assert sessions(services) == []
    assert client.get("/desk/").status_code == 303


def test_a_session_ends_after_twelve_idle_hours(
    client: FlaskClient, ed: int, clock: MovableClock
) -> None:
    sign_in(client)
    clock.forward(hours=11, minutes=59)
    assert client.get("/desk/").status_code == 200
    clock.forward(hours=11, minutes=59)
    assert client.get("/desk/").status_code == 200
    clock.forward(hours=12)
    assert client.get("/desk/").status_code == 303


def test_a_session_ends_after_fourteen_days_however_busy(
    client: FlaskClient, ed: int, clock: MovableClock
) -> None:
    sign_in(client)
    for _ in range(27):
        clock.forward(hours=11)
        assert client.get("/desk/").status_code == 200
    clock.forward(days=2)
    assert client.get("/desk/").status_code == 303


def test_a_new_password_ends_all_other_sessions(app: Flask, ed: int) -> None:
    here, there = new_client(app), new_client(app)
    for client in (here, there):
        assert sign_in(client).status_code == 303
    wrong = send(here, "/desk/me/password", {"present": "wrong", "password": "a new long one"})
    assert wrong.status_code == 422
    assert there.get("/desk/").status_code == 200
    right = send(here, "/desk/me/password", {"present": PASSWORD, "password": "a new long one"})
    assert right.status_code == 303
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 303
    assert sign_in(there).status_code == 401
    assert sign_in(there, password="a new long one").status_code == 303


def test_a_short_password_is_refused(client: FlaskClient, ed: int) -> None:
    sign_in(client)
    answer = send(client, "/desk/me/password", {"present": PASSWORD, "password": "short"})
    assert answer.status_code == 422


def test_whoever_came_by_a_link_chooses_a_password_without_the_old_one(
    client: FlaskClient, services: Services
) -> None:
    editor_id = add_editor(services, Role.EDITOR)
    enter(client, services, editor_id)
    assert send(client, "/desk/me/password", {"password": "my own new one"}).status_code == 303
    assert send(client, "/desk/me/password", {"password": "another new one"}).status_code == 422


def test_opening_a_link_changes_nothing_and_using_it_works_once(
    client: FlaskClient, services: Services, ed: int
) -> None:
    with services.database.transaction() as session:
        token = make_link(session, session.get_one(Editor, ed), now=services.clock())
    path = f"/desk/enter/{token}"
    for _ in range(3):
        assert client.get(path).status_code == 200
    with services.database.reading() as session:
        assert session.scalars(select(SignInLink.used_at)).all() == [None]
    assert send(client, path, page=path).status_code == 303
    assert client.get("/desk/").status_code == 200
    assert client.get(path).status_code == 410
    assert send(client, path, page="/desk/me").status_code == 410


def test_a_link_is_too_old_after_a_day(
    client: FlaskClient, services: Services, ed: int, clock: MovableClock
) -> None:
    with services.database.transaction() as session:
        token = make_link(session, session.get_one(Editor, ed), now=services.clock())
        assert token not in session.scalars(select(SignInLink.token_hash)).one()
    clock.now += timedelta(hours=24)
    assert client.get(f"/desk/enter/{token}").status_code == 410
    assert send(client, f"/desk/enter/{token}", page="/desk/sign-in").status_code == 410


def test_one_is_sent_on_to_the_page_one_asked_for(client: FlaskClient, ed: int) -> None:
    asked = client.get("/desk/deliveries?state=sent")
    assert asked.status_code == 303
    assert asked.location.startswith("/desk/sign-in?next=")
    page = client.get(asked.location)
    wanted = re.search(r'name="next" value="([^"]+)"', page.text)
    assert wanted is not None
    assert sign_in(client, next=wanted[1]).location == "/desk/deliveries?state=sent"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/r/x"],
)
def test_nobody_is_sent_elsewhere(client: FlaskClient, ed: int, wanted: str) -> None:
    assert sign_in(client, next=wanted).location == "/desk/"
