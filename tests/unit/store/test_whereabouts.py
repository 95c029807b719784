from pathlib import Path

import pytest

from copydesk.store.whereabouts import address_of, file_of, in_words, is_relative


def test_a_relative_file_counts_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url, file in (
        ("sqlite:///var/copydesk.db", tmp_path / "var" / "copydesk.db"),
        (f"sqlite:///{tmp_path}/copydesk.db", tmp_path / "copydesk.db"),
    ):
        assert file_of(url) == file
        assert in_words(url) == str(file)
        assert file_of(address_of(file)) == file
        assert not is_relative(address_of(file))
    assert is_relative("sqlite:///var/copydesk.db")


def test_an_address_comes_back_as_the_file_it_was_made_of() -> None:
    odd = Path("/a b/c?d%#\"'.db")
    assert file_of(address_of(odd)) == odd


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://keeper:geheim@db.example:5433/desk", "desk on db.example:5433"),
        ("postgresql://keeper@/desk?host=/run/pg&password=geheim", "desk on /run/pg"),
        ("postgresql:///desk", "desk on this machine"),
    ],
)
def test_a_server_is_named_without_its_password(url: str, words: str) -> None:
    assert file_of(url) is None
    assert not is_relative(url)
    assert in_words(url) == words
