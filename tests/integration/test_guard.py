"""The list of attacks on the reader of pages, against the fetcher as the service uses it."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.attacks.case import OUTSIDE, PORTS, Case
from tests.attacks.everything import cases, controls
from tests.attacks.internet import Answering, Internet, internet, run
from tests.attacks.namespace import COMMAND, CONTROLS
from tests.page_server import PAGE

from copydesk.articles.fetch import Fetcher, FetchFailed, FetchRefused

World = tuple[Internet, Answering]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    answering = Answering()
    with internet(answering) as net:
        yield net, answering


def test_the_list_is_long_and_has_no_case_twice() -> None:
    counted = Counter(case.name for case in cases())
    assert max(counted.values()) == 1, counted.most_common(3)
    assert len(counted) >= 400


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name[:60])
def test_no_attack_leads_inside_or_to_an_odd_port(world: World, case: Case) -> None:
    net, answering = world
    page = None
    with suppress(FetchRefused, FetchFailed):
        page = run(net, answering, case, lambda url: Fetcher(deadline=5).fetch(url))
    assert net.inside == []
    assert net.odd_ports == []
    assert case.is_read or page is None


@pytest.mark.parametrize("case", controls(), ids=lambda case: case.name)
def test_honest_pages_are_read(world: World, case: Case) -> None:
    net, answering = world
    assert run(net, answering, case, lambda url: Fetcher(deadline=5).fetch(url)).body == PAGE
    assert net.connects


def test_the_same_over_real_sockets_in_a_network_of_its_own() -> None:
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        pytest.skip("no unshare or ip here: the list ran in this process only")
    if subprocess.run([*COMMAND, "true"], check=False, capture_output=True).returncode:
        pytest.skip("network namespaces are not allowed here: the list ran in this process only")
    found = subprocess.run(
        [*COMMAND, sys.executable, "-m", "tests.attacks.namespace"],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    result = json.loads(found.stdout)
    assert result["cases"] == len(cases())
    assert result["controls"] == [len(CONTROLS), len(CONTROLS)]
    assert 0 < result["reached"] < result["cases"]
    assert {address for address, _ in result["knocks"]} <= OUTSIDE
    assert {port for _, port in result["knocks"]} <= PORTS
