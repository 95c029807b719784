"""Mail over real sockets: what a server says, and what we make of it."""

import io
import time
from collections.abc import Iterator

import pytest
from tests.notify_fixtures import Mailbox, free_port, running_mailbox, scripted_server

from copydesk.mail_server import SmtpServer
from copydesk.notify.headers import build
from copydesk.notify.transports import DeliveryFailed, check
from copydesk.notify.transports.console import ConsoleTransport
from copydesk.notify.transports.smtp import SmtpTransport

ADDRESSES = {"From": "copydesk@errata.example", "To": "ada@news.example", "Subject": "Ошибка"}
DATA = build(ADDRESSES, "Текст\n.\n..dots\n", "<p>Текст</p>")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with running_mailbox() as caught:
        yield caught


def transport(url: str, deadline: float = 10) -> SmtpTransport:
    return SmtpTransport(SmtpServer.parse(url), deadline=deadline, local_hostname="errata.example")


def send(url: str, deadline: float = 10) -> None:
    transport(url, deadline).send("copydesk@errata.example", "ada@news.example", DATA)


def failure(url: str, deadline: float = 10) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        send(url, deadline)
    return caught.value


def test_a_mail_arrives_byte_for_byte(mailbox: Mailbox) -> None:
    send(mailbox.url)
    assert mailbox.recipients == ["ada@news.example"]
    assert mailbox.caught[0][1] == DATA
    assert mailbox.mails[0]["Subject"] == "Ошибка"
    assert mailbox.text() == "Текст\n.\n..dots\n"


def test_a_refused_recipient_is_for_good(mailbox: Mailbox) -> None:
    mailbox.answer_recipient = "550 5.1.1 <ada@news.example> unknown"
    failed = failure(mailbox.url)
    assert (failed.permanent, failed.answered) == (True, True)
    assert "550" in failed.reason
    assert "ada@" not in failed.reason, "reasons are logged and hold no address"


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_a_busy_server_is_tried_again(mailbox: Mailbox, where: str) -> None:
    setattr(mailbox, f"answer_{where}", "451 4.3.0 try again later")
    failed = failure(mailbox.url)
    assert (failed.permanent, failed.answered) == (False, True)


def test_a_refused_mail_is_for_good(mailbox: Mailbox) -> None:
    mailbox.answer_data = "554 5.7.1 looks like spam"
    assert failure(mailbox.url).permanent


def test_missing_sign_in_is_our_set_up_and_not_the_mails_fault(mailbox: Mailbox) -> None:
    mailbox.answer_recipient = "530 5.7.0 Authentication required"
    failed = failure(mailbox.url)
    assert (failed.permanent, failed.answered) == (False, False)


def test_nobody_there_counts_as_no_answer() -> None:
    failed = failure(f"smtp://127.0.0.1:{free_port()}")
    assert (failed.permanent, failed.answered) == (False, False)


@pytest.mark.parametrize(
    ("greeting", "repeat", "pause"),
    [
        (b"", b"", 1),
        (b"220-hello\r\n", b"220-still here\r\n", 0.001),
        (b"2", b"2", 0.05),
        (b"220 mail.test\r\n", b"2", 0.05),
    ],
)
def test_a_server_that_drips_is_cut_off(greeting: bytes, repeat: bytes, pause: float) -> None:
    with scripted_server(greeting, repeat=repeat, pause=pause) as port:
        started = time.monotonic()
        failed = failure(f"smtp://127.0.0.1:{port}", deadline=0.5)
        assert time.monotonic() - started < 3
    assert (failed.permanent, failed.answered) == (False, False)
    assert "0.5 seconds" in failed.reason


def test_a_tls_handshake_that_never_ends_is_cut_off() -> None:
    with scripted_server(b"", repeat=b"\x16", pause=0.05) as port:
        started = time.monotonic()
        failed = failure(f"smtps://127.0.0.1:{port}", deadline=0.5)
        assert time.monotonic() - started < 3
    assert not failed.answered


def test_required_encryption_that_is_not_offered(mailbox: Mailbox) -> None:
    failed = failure(f"{mailbox.url}?starttls=required")
    assert not failed.permanent
    assert "STARTTLS" in failed.reason
    assert mailbox.caught == []


def test_a_greeting_that_turns_us_away() -> None:
    with scripted_server(b"554 no service here\r\n") as port:
        failed = failure(f"smtp://127.0.0.1:{port}")
    assert (failed.permanent, failed.answered) == (False, False)


def test_a_mail_is_sent_when_it_is_accepted_whatever_becomes_of_the_goodbye() -> None:
    answers = [b"220 mail.test", b"250 EHLO", b"250 MAIL", b"250 RCPT", b"354 DATA", b"250 taken"]
    with scripted_server(b"".join(line + b"\r\n" for line in answers)) as port:
        started = time.monotonic()
        send(f"smtp://127.0.0.1:{port}", deadline=5)
        assert time.monotonic() - started < 5, "waited for an answer to QUIT"


def test_the_doctor_speaks_without_a_mail(mailbox: Mailbox) -> None:
    words = check(transport(mailbox.url))
    assert words == f"127.0.0.1:{mailbox.port} answers, not encrypted"
    assert mailbox.caught == []


def test_a_terminal_can_not_be_steered() -> None:
    stream = io.StringIO()
    data = build(ADDRESSES | {"Subject": "x"}, "a\x1b[2Jb", "x")
    ConsoleTransport(stream).send("a@x.example", "b@y.example", data)
    assert "\x1b" not in stream.getvalue()
    assert "b@y.example" in stream.getvalue()
