"""From facts to a mail: subject, plain text, HTML and headers. A mail is data.

Both bodies come from templates over the same facts. The templates live in ``templates/mail`` and
have an environment of their own, so that nothing of a web request can leak into a mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from copydesk.i18n import translations
from copydesk.notify.facts import ErratumFacts, ThanksFacts
from copydesk.notify.headers import one_line
from copydesk.notify.wording import line, shorten

TEMPLATES = Path(__file__).parent / "templates" / "mail"
MAX_SUBJECT = 180
SIGNATURE = "-- "
"""Its space is what mail programs know a signature by (RFC 3676 §4.3)."""


@dataclass(frozen=True)
class ComposedMail:
    """What one mail says, before it is addressed."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]
    """Beyond the addressing: what mail programs sort, thread and unsubscribe by."""


@dataclass(frozen=True)
class Envelope:
    """What all mails of a kind carry: for headers and footers."""

    language: str
    site_name: str
    site_key: str
    kind: str
    recipient_kind: str
    """``author``, ``desk`` or ``reader``."""
    reason: str
    """Why this recipient, in words; empty when the words are of another language."""
    list_id: str
    message_id: str
    thread_id: str = ""
    unsubscribe: str = ""
    reply_to: str = ""


def erratum_mail(facts: ErratumFacts, envelope: Envelope) -> ComposedMail:
    """Compose the mail about one erratum.

    Its subject is the same for all errors in an article's words, and for all beside them: mail
    programs keep what has one subject in one thread.
    """
    _ = translations(envelope.language).gettext
    if facts.is_about_page:
        subject = _("About the page: “%(title)s”") % {"title": facts.title}
    else:
        subject = _("Error reports: “%(title)s”") % {"title": facts.title}
    return _compose("erratum", subject, envelope, item=facts)


def digest_mail(items: Sequence[ErratumFacts], envelope: Envelope) -> ComposedMail:
    """Compose one mail about many errata."""
    ngettext = translations(envelope.language).ngettext
    subject = ngettext(
        "%(num)d error report on %(site)s", "%(num)d error reports on %(site)s", len(items)
    ) % {"num": len(items), "site": line(envelope.site_name, 80)}
    return _compose("digest", subject, envelope, items=items)


def thanks_mail(facts: ThanksFacts, envelope: Envelope) -> ComposedMail:
    """Compose the thanks to a reader."""
    _ = translations(envelope.language).gettext
    subject = _("Corrected: “%(title)s”") % {"title": facts.title}
    return _compose("thanks", subject, envelope, item=facts)


def _compose(name: str, subject: str, envelope: Envelope, **context: object) -> ComposedMail:
    subject = shorten(one_line(subject), MAX_SUBJECT)
    values = {"envelope": envelope, "subject": subject, **context}
    environment = _environment(envelope.language)
    text = environment.get_template(f"{name}/body.txt").render(values)
    html = environment.get_template(f"{name}/body.html").render(values)
    return ComposedMail(subject, _tidy(text), html.strip() + "\n", _headers(envelope))


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {
        "Message-ID": envelope.message_id,
        "List-Id": envelope.list_id,
        # RFC 3834: no vacation notices, please; the second is what Exchange reads.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Copydesk-Reason": envelope.recipient_kind,
        "X-Copydesk-Site": one_line(envelope.site_key),
        "X-Copydesk-Kind": envelope.kind,
    }
    if envelope.thread_id:
        headers |= {"In-Reply-To": envelope.thread_id, "References": envelope.thread_id}
    if envelope.unsubscribe:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        # RFC 8058: a mail program may post this for its user, who is then not asked again.
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if envelope.reply_to:
        headers["Reply-To"] = envelope.reply_to
    return headers


def _tidy(text: str) -> str:
    """Drop trailing space and the blank lines that unused template blocks leave behind."""
    tidy: list[str] = []
    for raw in text.split("\n"):
        row = raw if raw == SIGNATURE else raw.rstrip()
        if row or (tidy and tidy[-1]):
            tidy.append(row)
    return "\n".join(tidy).strip() + "\n"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # by the extension
        translations(language), newstyle=True
    )
    return environment
