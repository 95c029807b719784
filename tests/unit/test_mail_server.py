"""The address of a mail server."""

import pytest

from copydesk.mail_server import ASCII, FORM, STARTTLS, SmtpServer


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", SmtpServer("relay.example", 25)),
        ("smtp://a%40b:p%2F%3A@relay.example", SmtpServer("relay.example", 587, "a@b", "p/:")),
        ("smtps://u:p@relay.example", SmtpServer("relay.example", 465, "u", "p", is_tls=True)),
        (
            "smtp://relay.example:2525?starttls=required",
            SmtpServer("relay.example", 2525, starttls="required"),
        ),
    ],
)
def test_the_address_of_a_server(url: str, expected: SmtpServer) -> None:
    assert SmtpServer.parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "smtp://",
        "smtp:relay.example",
        "smtp://x?starttls=perhaps",
        "smtp://x?startls=required",
        "smtp://x:99999",
        "smtp://u:secret#word@relay.example",
        "smtp://u:secret/word@relay.example:587",
        "smtp://u:1234#word@relay.example",
        "smtp://u:secret?word@relay.example:587",
        "smtp://u:sec[ret@relay.example",
        "smtp://u:secret\N{FULLWIDTH COLON}word@relay.example",
        "smtp://u:se%C3%A9cret@relay.example",
        f"smtp://{'x' * 64}.example",
    ],
)
def test_an_unusable_address_is_told_in_words_that_quote_nothing_of_it(url: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 - its words are looked at below
        SmtpServer.parse(url)
    assert str(told.value) in {FORM, STARTTLS, ASCII}
    # Nor does the trace, which shows what an error was raised from.
    assert told.value.__suppress_context__ or told.value.__context__ is None
