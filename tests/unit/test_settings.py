import re
from pathlib import Path

import pytest

from copydesk.settings import Settings, SettingsInvalid, load_settings

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


def written(folder: Path, text: str) -> Path:
    path = folder / "copydesk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path | None) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(path)
    return caught.value.mistakes


def test_the_secret_alone_is_enough(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, f'[server]\nsecret_key = "{SECRET}"\n'))
    assert settings.database.url.get_secret_value() == "sqlite:///var/copydesk.db"
    assert settings.server.trusted_proxies == 0


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, f'[server]\nsecret_key = "{SECRET}"\nbase_url = "https://a.example"\n')
    monkeypatch.setenv("COPYDESK_SERVER__BASE_URL", "https://b.example/")
    monkeypatch.setenv("COPYDESK_FETCH__ALLOW_HOSTS", "127.0.0.1:8001, intranet:8080")
    settings = load_settings(path)
    assert settings.server.base_url == "https://b.example"
    assert settings.fetch.allow_hosts == ["127.0.0.1:8001", "intranet:8080"]


def test_a_list_may_be_json_and_a_host_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET)
    monkeypatch.setenv("COPYDESK_FETCH__ALLOW_HOSTS", '["127.0.0.1:8001", "[::1]:80"]')
    assert load_settings(None).fetch.allow_hosts == ["127.0.0.1:8001", "[::1]:80"]
    for wrong in ('["a.example"', "https://a.example", "a b", '{"a": 1}'):
        monkeypatch.setenv("COPYDESK_FETCH__ALLOW_HOSTS", wrong)
        assert any(line.startswith("fetch.allow_hosts: ") for line in mistakes(None)), wrong


def test_a_secret_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY_FILE", str(secret))
    settings = load_settings(None)
    assert settings.server.secret_keys == [SECRET]


def test_no_start_without_a_secret_or_with_a_short_one(tmp_path: Path) -> None:
    assert any("secret_key: is missing" in line for line in mistakes(written(tmp_path, "")))
    short = mistakes(written(tmp_path, '[server]\nsecret_key = "short"\n'))
    assert any("at least 32" in line for line in short)


def test_no_setting_keeps_an_address_longer_than_readers_are_promised(tmp_path: Path) -> None:
    text = f'[server]\nsecret_key = "{SECRET}"\n[privacy]\nreader_email_days = '
    assert load_settings(written(tmp_path, text + "90\n")).privacy.reader_email_days == 90
    (mistake,) = mistakes(written(tmp_path, text + "91\n"))
    assert mistake.startswith("privacy.reader_email_days: ")


def test_all_mistakes_come_in_one_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__BASEURL", "https://a.example")
    monkeypatch.setenv("COPYDESK_TYPO", "1")
    path = written(
        tmp_path,
        f'[server]\nsecret_key = "{SECRET}"\nbase_url = "ftp://x"\n[mail]\nurl = "carrier:pigeon"\n'
        "[surprise]\nkey = 1\n",
    )
    lines = mistakes(path)
    for part in ("BASE_URL?", "COPYDESK_TYPO", "server.base_url", "mail.url", "surprise"):
        assert any(part in line for line in lines), (part, lines)


@pytest.mark.parametrize(
    "sender",
    [
        "The Gazette, Errata <e@g.example>",
        "nobody",
        "",
        "a@b.example, c@d.example",
        "e@g.example extra",
        "Ада <ада@g.example>",
        f"e@{'x' * 64}.испытание",
    ],
)
def test_a_sender_with_which_no_mail_could_leave_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET)
    monkeypatch.setenv("COPYDESK_MAIL__SENDER", sender)
    (mistake,) = mistakes(None)
    assert mistake.startswith("mail.sender: must be one address such as ")


@pytest.mark.parametrize(
    "sender",
    [
        "errata@g.example",
        "<errata@g.example>",
        '"The Gazette, Errata" <e@g.example>',
        "Газета <errata@газета.рф>",
        "Copydesk <copydesk@localhost>",
    ],
)
def test_a_sender_may_have_a_name(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET)
    monkeypatch.setenv("COPYDESK_MAIL__SENDER", sender)
    assert load_settings(None).mail.sender == sender


def test_an_address_with_a_password_is_refused_without_a_piece_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET)
    for url in ("postgresql://u:h@u:sh@host/db", "mysql://u:h@u:sh@host", "u:sh"):
        monkeypatch.setenv("COPYDESK_DATABASE__URL", url)
        monkeypatch.setenv("COPYDESK_MAIL__URL", "smtp://u:h@u#sh@host:587")
        database, mail = mistakes(None)
        assert database.startswith("database.url: must be sqlite:///file or ")
        assert mail.startswith("mail.url: must be smtp://user:password@host:port")
        assert not re.search("h@u|u[:#]?sh", database + mail)


def test_a_secret_is_never_printed(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, f'[server]\nsecret_key = "{SECRET}"\n'))
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.model_dump())


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    assert "copydesk.toml" in mistakes(written(tmp_path, "[server"))[0]
    assert "missing.toml" in mistakes(tmp_path / "missing.toml")[0]


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings: Settings = load_settings(written(tmp_path, f'[server]\nsecret_key = "{SECRET}"\n'))
    with pytest.raises(ValueError, match="frozen"):
        settings.server.base_url = "https://elsewhere.example"
