"""Whole mails, compared with how they should read; a missing snapshot is written, once."""

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from copydesk.errata.worddiff import word_diff
from copydesk.notify.compose import (
    ComposedMail,
    Envelope,
    digest_mail,
    erratum_mail,
    thanks_mail,
)
from copydesk.notify.facts import ErratumFacts, ThanksFacts
from copydesk.notify.headers import build
from copydesk.notify.wording import inert, marked
from copydesk.store.tables import Kind

SNAPSHOTS = Path(__file__).parent / "snapshots"
TOKEN = "1.abcdefghijklmnopqrstuv"
ANSWER = f"https://errata.example/a/{TOKEN}"
PIECES = tuple(word_diff("админстрация", "администрация"))

ENVELOPE = Envelope(
    language="en",
    site_name="The Harbour Gazette",
    site_key="gazette",
    kind="language",
    recipient_kind="author",
    reason="named in the byline as “Ada Byrne”",
    list_id="<gazette.errata.example>",
    message_id="<message.1.erratum@errata.example>",
    thread_id="<article.7@errata.example>",
    unsubscribe=f"{ANSWER}?do=unsubscribe",
    reply_to="desk@news.example",
)
ERRATUM = ErratumFacts(
    title="Паром вернулся в порт",
    error="админстрация",
    correction="администрация",
    before="Вчера ",
    after=" города сообщила, что паром снова ходит.",
    pieces=PIECES,
    sentence=f"Вчера {marked(PIECES)} города сообщила, что паром снова ходит.",
    kind=Kind.LANGUAGE,
    is_about_page=False,
    readers=3,
    versions=(("Администрация", 1),),
    comments=(inert("Опечатка. См. https://evil.example"),),
    verified=True,
    page_link="https://news.example/ferry#:~:text=%D0%B0%D0%B4%D0%BC",
    answer=ANSWER,
)
WITHOUT_SUGGESTION = replace(
    ERRATUM,
    title="Ferry <b>returns</b> & stays",
    error="1897",
    correction="",
    before="Built in ",
    after=", it still floats.",
    pieces=(("same", "1897"),),
    sentence="Built in [1897], it still floats.",
    kind=Kind.FACT,
    readers=1,
    versions=(),
    comments=("<script>alert(1)</script>",),
    verified=False,
)
ABOUT_PAGE = replace(
    WITHOUT_SUGGESTION,
    error="The second picture is broken.",
    sentence="The second picture is broken.\nIts link, too.",
    is_about_page=True,
    kind=Kind.OTHER,
    readers=2,
    comments=("the second picture is broken",),
    page_link="https://news.example/ferry",
)
_SENTENCES = word_diff("Вчера админстрация молчала.", "Вчера администрация молчала.")
THANKS = ThanksFacts(
    title="Паром вернулся в порт",
    pieces=tuple(_SENTENCES),
    sentence=marked(_SENTENCES),
    is_gone=False,
    words="Корректор «Пристани» шлёт <b>поклон</b>.",
    page_link="https://news.example/ferry",
    status_link="https://errata.example/r/token",
)
READER = replace(
    ENVELOPE,
    kind="thanks",
    recipient_kind="reader",
    reason="",
    message_id="<message.2.thanks@errata.example>",
    thread_id="",
    unsubscribe="",
    reply_to="",
)
MAILS = {
    "erratum": lambda language: erratum_mail(ERRATUM, replace(ENVELOPE, language=language)),
    "unverified": lambda language: erratum_mail(
        WITHOUT_SUGGESTION, replace(ENVELOPE, language=language, recipient_kind="desk")
    ),
    "page": lambda language: erratum_mail(ABOUT_PAGE, replace(ENVELOPE, language=language)),
    "digest": lambda language: digest_mail(
        [ERRATUM, WITHOUT_SUGGESTION],
        replace(ENVELOPE, language=language, kind="digest", thread_id=""),
    ),
    "thanks": lambda language: thanks_mail(THANKS, replace(READER, language=language)),
}


def whole(mail: ComposedMail) -> str:
    """Write a mail as one text that a person can read and compare."""
    headers = {"Subject": mail.subject, **mail.headers}
    head = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return f"{head}\n\n{mail.text}\n{'=' * 72}\n{mail.html}"


@pytest.mark.parametrize("name", MAILS)
def test_the_mail_reads_as_it_should(name: str) -> None:
    text = whole(MAILS[name]("en"))
    snapshot = SNAPSHOTS / f"{name}.en.txt"
    if not snapshot.exists():
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(text, encoding="utf-8")
        pytest.fail(f"wrote {snapshot.name}: read it, then run again")
    assert text == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", MAILS)
def test_both_bodies_carry_the_same_facts(name: str, language: str) -> None:
    mail = MAILS[name](language)
    html = unescape(mail.html)
    assert f'<html lang="{language}">' in mail.html
    facts = {
        "erratum": ["админстрация", "Вчера ", ERRATUM.comments[0], ERRATUM.page_link, "Админ"],
        "unverified": ["1897", "it still floats.", "<script>alert(1)</script>", "& stays"],
        "page": [
            "The second picture is broken.",
            "Its link, too.",
            "& stays",
            ABOUT_PAGE.page_link,
        ],
        "digest": ["админстрация", "1897", ERRATUM.page_link],
        "thanks": ["администрация", THANKS.words, THANKS.page_link, THANKS.status_link],
    }
    for fact in facts[name]:
        assert fact in mail.text
        assert fact in html
    if name != "thanks":
        for answer in ("corrected", "declined", "notmine", "unsubscribe"):
            assert f"{ANSWER}?do={answer}" in mail.text
            assert f'href="{ANSWER}?do={answer}"' in mail.html


@pytest.mark.parametrize("name", MAILS)
def test_no_foreign_markup_and_nothing_fetched(name: str) -> None:
    html = MAILS[name]("en").html
    assert "<script" not in html
    assert "<b>returns" not in html
    assert "<img" not in html
    assert " src=" not in html
    assert "@import" not in html
    assert "url(" not in html


def test_the_subject_is_the_same_for_the_whole_article() -> None:
    other = replace(ERRATUM, error="x", correction="y", comments=())
    assert erratum_mail(ERRATUM, ENVELOPE).subject == erratum_mail(other, ENVELOPE).subject


def test_a_hostile_title_stays_in_the_subject() -> None:
    title = "a\r\nBcc: v@example.org\x00\ud800 =?utf-8?q?a=0D=0ABcc:_v=40example.org?="
    mail = erratum_mail(replace(ERRATUM, title=title), ENVELOPE)
    addressed = {"From": "a@x.example", "To": "b@y.example", "Subject": mail.subject}
    data = build(addressed | mail.headers, inert(mail.text), inert(mail.html))
    head = data.partition(b"\r\n\r\n")[0].lower()
    assert b"\nbcc" not in head
    assert head.count(b"\nsubject:") == 1


def test_the_signature_is_one_for_mail_programs() -> None:
    assert "\n-- \n" in erratum_mail(ERRATUM, ENVELOPE).text
