"""The reader's address behind several proxies, and a word when one of them hides it."""

from collections.abc import Iterable
from typing import Any

import pytest
from structlog.testing import capture_logs
from werkzeug.test import Client

from copydesk.proxies import TrustedProxies

READER = "203.0.113.7"
NGINX = "10.0.0.2"
BALANCER = "10.0.0.1"


def answer_address(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [str(environ["REMOTE_ADDR"]).encode()]


def seen(hops: int, *named: str) -> tuple[list[str], list[Any]]:
    """Return the addresses that the app sees, and what the log says meanwhile."""
    client = Client(TrustedProxies(answer_address, hops))
    with capture_logs() as lines:
        answers = [
            client.get(
                "/",
                headers={"X-Forwarded-For": one} if one else {},
                environ_overrides={"REMOTE_ADDR": NGINX},
            ).text
            for one in named
        ]
    return answers, lines


@pytest.mark.parametrize(
    ("hops", "named"),
    [
        (1, READER),
        (1, f"forged, {READER}"),
        (2, f"{READER}, {BALANCER}"),
        (2, f"forged, {READER}, {BALANCER}"),
    ],
)
def test_as_many_as_are_trusted_say_who_it_is(hops: int, named: str) -> None:
    assert seen(hops, named) == ([READER], [])


def test_a_proxy_that_overwrites_what_was_said_is_told_once() -> None:
    addresses, lines = seen(2, BALANCER, BALANCER)
    assert addresses == [NGINX, NGINX]
    (line,) = lines
    assert line["event"] == "proxies.fewer_than_trusted"
    assert (line["found"], line["trusted"]) == (1, 2)


def test_this_machine_s_own_probes_come_without_a_proxy() -> None:
    assert seen(2, "") == ([NGINX], [])
