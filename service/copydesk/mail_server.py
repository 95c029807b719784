"""The mail server as ``mail.url`` names it, read with the settings so that a slip stops the start.

No message here repeats a piece of the address: it may hold the password.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

FORM = (
    "must be smtp://user:password@host:port, smtps://… or console:; in user and password write "
    "% # / ? @ : [ ] as %25 %23 %2F %3F %40 %3A %5B %5D"
)
STARTTLS = "may end in ?starttls=offered, required or never, and in nothing else"
ASCII = "has a user or password beyond ASCII, which can't be sent to a mail server"


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, as the address ``smtp://user:pass@host:port`` says it."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    is_tls: bool = False
    """TLS from the first byte (``smtps://``)."""
    starttls: Literal["offered", "required", "never"] = "offered"

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """Read ``smtp[s]://[user:pass@]host[:port][?starttls=required|never]``; or ValueError."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            host.encode("idna")  # what the resolver will do with it
        except ValueError:  # its own words hold what it stumbled over
            raise ValueError(FORM) from None
        # A bare # / or ? in a password ends the host early, and the rest lands in these.
        is_whole = not parts.fragment and parts.path in {"", "/"}
        if parts.scheme not in {"smtp", "smtps"} or not host or not is_whole:
            raise ValueError(FORM)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        starttls = options.pop("starttls", "offered")
        if options or starttls not in {"offered", "required", "never"}:
            raise ValueError(STARTTLS)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not (user + password).isascii():
            raise ValueError(ASCII)
        is_tls = parts.scheme == "smtps"
        # 465 and 587 are for submission (RFC 8314), 25 for a relay next door.
        usual = 465 if is_tls else 587 if user else 25
        return cls(
            host=host,
            port=port or usual,
            user=user,
            password=password,
            is_tls=is_tls,
            starttls=starttls,  # type: ignore[arg-type]  # checked against the same words above
        )
