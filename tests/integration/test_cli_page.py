"""``copydesk page``: the answers of the contract."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.page_server import page, says, serving

from copydesk.cli import main

STORY = "<p>Four boats left the quay before noon and five came back, nobody could say why.</p>"
HTML = (
    "<!doctype html><html lang=en><head><title>x</title><meta name=author content='Ada Byrne'>"
    "<meta property=article:section content=Harbour>{head}</head><body><article><h1>Letters</h1>"
    f"{STORY}<p>The harbour master recieved a letter on Monday.</p>{STORY}</article></body></html>"
)
FACTS = {"canonical_url", "title", "lang", "authors", "section"}
VERDICT = {"verdict", "found", "start", "score", "reason"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_DATABASE__URL", f"sqlite:///{tmp_path}/copydesk.db")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["page", *arguments])


def answer(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "letters.html"
    path.write_text(HTML.format(head=""), encoding="utf-8")
    return str(path)


def test_a_file_by_its_address(file: str) -> None:
    assert answer(file, "--url", "https://news.example/letters?utm_source=x") == {
        "canonical_url": "https://news.example/letters",
        "title": "Letters",
        "lang": "en",
        "authors": [{"name": "Ada Byrne", "rule": "meta"}],
        "section": "Harbour",
    }


def test_a_file_that_names_its_address_or_none(file: str, tmp_path: Path) -> None:
    assert answer(file)["canonical_url"] == ""
    head = "<link rel=canonical href=https://news.example/letters>"
    (tmp_path / "named.html").write_text(HTML.format(head=head))
    assert answer("named.html")["canonical_url"] == "https://news.example/letters"


@pytest.mark.parametrize(
    ("quote", "kind", "found"),
    [("recieved", "there", "recieved"), ("rescinded", "changed", "recieved"), ("x", "unsure", "")],
)
def test_a_quote(file: str, quote: str, kind: str, found: str) -> None:
    around = ("--prefix", "The harbour master ", "--suffix", " a letter on Monday.")
    said = answer(file, "--quote", quote, *(around if kind != "unsure" else ()))
    assert set(said) == FACTS | VERDICT
    assert (said["verdict"], said["found"]) == (kind, found)
    assert (said["start"] is None) is (kind == "unsure")
    assert 0 <= said["score"] <= 1
    assert said["reason"]


def test_a_wall_is_unsure_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "wall.html").write_text("<title>404 Not Found</title><h1>Sorry</h1>")
    said = answer("wall.html", "--quote", "recieved", "--prefix", "The harbour master ")
    assert (said["verdict"], said["reason"]) == ("unsure", "the page says that it was not found")
    assert "soft-404" in run("wall.html").output


def test_an_address_is_fetched_by_the_services_own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    body = HTML.format(head="").replace("Letters", "Письма").encode("windows-1251")
    with serving(says(page(body))) as server:
        url = server.url("/letters")
        refused = run(url)
        assert refused.exit_code == 1
        assert "port" in refused.output
        said = answer(url, "--quote", "recieved")
        assert (said["verdict"], said["start"], said["title"]) == ("unsure", None, "")
        assert set(said) == FACTS | VERDICT
        assert server.requests == []

        monkeypatch.setenv("COPYDESK_FETCH__ALLOW_HOSTS", server.host)
        monkeypatch.setenv("COPYDESK_FETCH__USER_AGENT", "Tester")
        assert answer(url)["title"] == "Письма"
        assert b"User-Agent: Tester\r\n" in server.requests[0]

        added = ("site", "add", "--key", "g", "--name", "G", "--host", server.host)
        assert CliRunner().invoke(main, added).exit_code == 0
        assert answer(url)["canonical_url"] == url


def test_people_get_words_and_no_escape_sequences(tmp_path: Path) -> None:
    html = HTML.format(head="").replace("Letters", "Let\x1b[31mters")
    (tmp_path / "evil.html").write_text(html)
    output = run("evil.html", "--quote", "recieved", "--prefix", "The harbour master ").output
    assert "\x1b" not in output
    assert "Ada Byrne (meta)" in output
    assert "verdict:    there: recieved" in output
    assert "now:        The harbour master recieved a letter on Monday." in output
    assert "(article)" in output


def test_what_can_not_be_read_is_a_failure(tmp_path: Path) -> None:
    missing = run("nowhere.html")
    assert missing.exit_code == 1
    assert "nowhere.html" in missing.output
    (tmp_path / "trap.html").write_text("<div>" * 100_000)
    assert run("trap.html").exit_code == 1
