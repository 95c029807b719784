"""The mail catcher: real SMTP in, safe pages out."""

import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from copydesk.demo.mailbox import Mailbox, catching_mail, create_mail_view

HTML = '<!doctype html><html><head><title>x</title></head><body><a href="/a">go</a></body></html>'


def mail(subject: str = "Ошибка в статье про паром", html: str = HTML) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Вечерняя Чайка <copydesk@chayka.example>"
    message["To"] = "Марина Ветрова <marina@chayka.example>"
    message["Subject"] = subject
    message.set_content("Исправлено:\n\nhttps://errata.example/a/token\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def keep(mailbox: Mailbox, message: EmailMessage) -> int:
    caught = mailbox.add(sender="a@b.example", recipients=("c@d.example",), raw=bytes(message))
    return caught.id


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def client(mailbox: Mailbox) -> Iterator[FlaskClient]:
    with create_mail_view(mailbox).test_client() as client:
        yield client


def test_a_mail_over_smtp_arrives_whole(mailbox: Mailbox) -> None:
    with catching_mail(mailbox) as url:
        parts = urlsplit(url)
        assert parts.port
        with smtplib.SMTP(str(parts.hostname), parts.port) as smtp:
            smtp.send_message(mail(), "bounce@chayka.example", ["marina@chayka.example"])
        caught = mailbox.wait_for(lambda found: "паром" in found.subject)
    assert caught.sender == "bounce@chayka.example"
    assert caught.recipients == ("marina@chayka.example",)
    assert caught.subject == "Ошибка в статье про паром"
    assert caught.header("to") == "Марина Ветрова <marina@chayka.example>"
    assert caught.links == ["https://errata.example/a/token"]
    assert "<!doctype html>" in caught.html
    assert b"Subject:" in caught.raw
    assert mailbox.to("marina@chayka.example") == [caught]


def test_waiting_ends_with_the_mail_or_says_what_came_instead(mailbox: Mailbox) -> None:
    late = threading.Thread(target=lambda: keep(mailbox, mail("second")))
    keep(mailbox, mail("first"))
    late.start()
    assert mailbox.wait_for(lambda found: found.subject == "second").id == 2
    late.join()
    with pytest.raises(TimeoutError, match=r"first.*second"):
        mailbox.wait_for(lambda found: found.subject == "third", timeout=0.01)


def test_only_the_newest_are_kept() -> None:
    mailbox = Mailbox(limit=2)
    for number in range(4):
        keep(mailbox, mail(str(number)))
    assert [found.subject for found in mailbox.all()] == ["2", "3"]
    assert mailbox.get(1) is None


def test_the_list_and_one_mail(client: FlaskClient, mailbox: Mailbox) -> None:
    assert "No mail yet" in client.get("/").text
    number = keep(mailbox, mail())
    assert "Ошибка в статье про паром" in client.get("/").text
    assert client.get("/newest").json == {"id": number}
    assert f"/mail/{number}/html" in client.get(f"/mail/{number}").text
    text = client.get(f"/mail/{number}?part=text").text
    assert '<a href="https://errata.example/a/token">' in text
    assert "Content-Type" in client.get(f"/mail/{number}?part=headers").text
    source = client.get(f"/mail/{number}/source")
    assert source.mimetype == "text/plain"
    assert "From:" in source.text


def test_a_mail_without_html_is_shown_as_text(client: FlaskClient, mailbox: Mailbox) -> None:
    number = keep(mailbox, mail(html=""))
    assert "Исправлено:" in client.get(f"/mail/{number}").text
    assert client.get(f"/mail/{number}/html").status_code == 404
    assert client.get(f"/mail/{number}?part=html").status_code == 404
    assert client.get("/mail/99").status_code == 404


def test_a_hostile_mail_is_locked_up(client: FlaskClient, mailbox: Mailbox) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    message = mail(subject=f"Hello {hostile}", html=hostile)
    number = keep(mailbox, message)
    for path in ("/", f"/mail/{number}", f"/mail/{number}?part=headers"):
        page = client.get(path)
        assert hostile not in page.text
        assert "unsafe" not in page.headers["Content-Security-Policy"]
    framed = client.get(f"/mail/{number}/html")
    assert framed.text == f'<base target="_top">{hostile}\n'
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox allow-top-navigation-by-user-activation allow-popups" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_links_of_a_mail_open_on_top_without_disturbing_its_doctype(
    client: FlaskClient, mailbox: Mailbox
) -> None:
    number = keep(mailbox, mail())
    html = client.get(f"/mail/{number}/html").text
    assert html.startswith('<!doctype html><html><head><base target="_top"><title>')


def test_the_list_names_people_and_shows_how_a_mail_begins(
    client: FlaskClient, mailbox: Mailbox
) -> None:
    keep(mailbox, mail())
    page = client.get("/").text
    assert ">Марина Ветрова</span>" in page
    assert "Исправлено:" in page
    assert "Марина Ветрова &lt;marina@chayka.example&gt;" in client.get("/mail/1").text
