"""Mail headers that arrive exactly as written, and no header that we did not mean.

Python's own header classes decode what they are given: on 3.11 a title of
``=?utf-8?q?a=0D=0ABcc:…?=`` became a real Bcc, a mixed Russian and English subject lost spaces, and
a long List-Unsubscribe became an encoded word in which the link is dead. So: text is encoded once
and never decoded, everything else goes out verbatim, and the finished bytes are checked against a
list of names. See docs/adr/0008-mail-headers.md.
"""

import re
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

from copydesk.address import in_ascii

# RFC 5322 §2.1.1: no line may be longer, whatever it says.
MAX_LINE = 998

MAX_ENCODED_WORD = 75

ALLOWED = frozenset(
    name.lower()
    for name in (
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Reply-To",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "X-Copydesk-Reason",
        "X-Copydesk-Site",
        "X-Copydesk-Kind",
        "MIME-Version",
        "Content-Type",
    )
)

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_VERBATIM = re.compile(r"[\x20-\x7e]*")


class HeaderRefused(ValueError):
    """A header or address can't be sent as it is; the text never repeats it."""


def one_line(text: str) -> str:
    """Return ``text`` as one line without control characters or lone surrogates."""
    return " ".join(_UNSAFE.sub(" ", text).split())


class _Kept:
    """A header that keeps its input: base for the two classes below."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Store the text untouched; ``HeaderRegistry`` asks for these three keys."""
        kwds["decoded"] = value
        kwds["parse_tree"] = None
        kwds["defects"] = []


class TextHeader(_Kept):
    """Words for people: one charset for the whole line, so no space is lost at a seam."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        """Return the line, folded and encoded (RFC 2047) if it needs to be."""
        text = str(self)
        # Plain text that looks encoded must be encoded, or a reader's mail program decodes it.
        plain = text.isascii() and "=?" not in text
        # An encoded word has at most 75 characters (RFC 2047 §2); Header itself would allow 76.
        header = Header(
            text,
            "us-ascii" if plain else "utf-8",
            header_name=self.name,
            maxlinelen=MAX_ENCODED_WORD,
        )
        return f"{self.name}: {header.encode(linesep=policy.linesep)}{policy.linesep}"


class VerbatimHeader(_Kept):
    """Addresses, ids and links: never encoded, never folded."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        """Return the line as it is; raises ``HeaderRefused`` when it can't be one."""
        line = f"{self.name}: {self}"
        if not _VERBATIM.fullmatch(line) or len(line) > MAX_LINE:
            raise HeaderRefused(f"{self.name} can't be written as one plain line")
        return line + policy.linesep


def _registry() -> HeaderRegistry:
    # The registry mixes its BaseHeader into our classes, as its documentation says; the published
    # types want them mixed beforehand.
    registry = HeaderRegistry(default_class=VerbatimHeader, use_default_map=False)  # type: ignore[arg-type]
    registry.map_to_type("subject", TextHeader)  # type: ignore[arg-type]
    # Content-* are written by EmailMessage itself, from constants.
    standard = HeaderRegistry()
    for name in ("mime-version", "content-type", "content-transfer-encoding"):
        registry.map_to_type(name, standard.registry[name])  # type: ignore[arg-type]
    return registry


POLICY = SMTP.clone(header_factory=_registry())


def mailbox(name: str, address: str) -> str:
    """Return ``Name <address>`` in ASCII on one line; raises ``HeaderRefused`` on a bad address."""
    ascii_address = plain_address(address)
    name = one_line(name)
    if not name:
        return ascii_address
    if name.isascii() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{ascii_address}>'
    words = Header(name, "utf-8", maxlinelen=MAX_ENCODED_WORD).encode(linesep="")
    return f"{words} <{ascii_address}>"


def plain_address(address: str) -> str:
    """Return the address with an IDNA host; raises ``HeaderRefused`` when it can't be mailed."""
    try:
        return in_ascii(address)
    except ValueError:
        raise HeaderRefused("the address can't be mailed") from None


def build(headers: dict[str, str], text: str, html: str) -> bytes:
    """Return the mail as bytes; raises ``HeaderRefused`` rather than send a doubtful header."""
    message = EmailMessage(policy=POLICY)
    for name, value in headers.items():
        message[name] = value
    message.set_content(text, cte="base64" if not text.isascii() else "quoted-printable")
    message.add_alternative(
        html, subtype="html", cte="base64" if not html.isascii() else "quoted-printable"
    )
    data = message.as_bytes()
    check(data)
    return data


def check(data: bytes) -> None:
    """Refuse bytes that hold a header we never write, twice the same, or no plain lines."""
    head, blank, _ = data.partition(b"\r\n\r\n")
    seen: set[str] = set()
    for line in head.split(b"\r\n"):
        if not line.isascii() or len(line) > MAX_LINE or b"\n" in line or b"\r" in line:
            raise HeaderRefused("a header line is not plain")
        if line[:1] in (b" ", b"\t"):
            continue
        name = line.partition(b":")[0].decode("ascii").lower()
        if name not in ALLOWED or name in seen:
            raise HeaderRefused("a header that we never write")
        seen.add(name)
    if not blank or "from" not in seen or "to" not in seen:
        raise HeaderRefused("a mail needs From, To and a body")
