"""The addresses that stand in a mail: answer links, message ids, the list's name.

All of them come from the configured base URL, never from a request.
"""

import re
from urllib.parse import urlsplit

from copydesk.store.tables import Article, Message, Site
from copydesk.tokens import Signer

ANSWER = "answer"
"""The purpose that answer tokens are signed for; the subject is the message's id."""

_LABEL = re.compile(r"[^a-z0-9-]+")


def mail_host(base_url: str) -> str:
    """Return the host that our ids end in: ASCII, as RFC 5322 §3.6.4 wants it."""
    host = urlsplit(base_url).hostname or "localhost"
    if ":" in host:
        return f"[IPv6:{host}]"
    return host if host.isascii() else host.encode("idna").decode("ascii")


def message_id(message: Message, base_url: str) -> str:
    """Return the Message-ID: from the row's id, so a repeated mail carries the same one."""
    return f"<message.{message.id}.{message.purpose}@{mail_host(base_url)}>"


def thread_id(article: Article, base_url: str) -> str:
    """Return the id of the thread's root: one thread per article, its root is never sent."""
    return f"<article.{article.id}@{mail_host(base_url)}>"


def list_id(site: Site, base_url: str) -> str:
    """Return the List-Id (RFC 2919) by which a recipient filters a site's mail."""
    label = _LABEL.sub("-", site.key.lower()).strip("-") or f"site-{site.id}"
    host = urlsplit(base_url).hostname or "localhost"
    # RFC 2919 §2 allows dots and words only, so an address as host needs another form.
    suffix = "localhost" if ":" in host else mail_host(base_url)
    return f"<{label}.{suffix}>"


def answer_link(signer: Signer, message_row_id: int, base_url: str) -> str:
    """Return the address of a message's answer page; ``?do=`` says which answer was pressed."""
    return f"{base_url}/a/{signer.sign(ANSWER, message_row_id)}"
