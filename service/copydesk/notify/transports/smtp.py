"""Mail over SMTP, with an end to every conversation.

``smtplib``'s timeout is per read: a server that drips one byte a second, or greets for ever, holds
a worker for hours. A timer shuts the socket when the whole conversation takes too long.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator

from copydesk.mail_server import SmtpServer
from copydesk.notify.transports.base import DeliveryFailed

# These say "you", the sender's set-up, and not "this mail": a wrong password must not send every
# mail to the dead letters (RFC 4954 §6).
_SET_UP = frozenset({530, 534, 535, 538})
# Reply codes (RFC 5321 §4.2.1): the 200s are success, from 500 on a refusal for good.
_DONE = 2
_FOR_GOOD = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"\S*@\S*")


class SmtpTransport:
    """Sends each mail in its own conversation: a failure then concerns one mail only."""

    def __init__(self, server: SmtpServer, *, deadline: float, local_hostname: str) -> None:
        """``deadline``: seconds for a whole conversation; ``local_hostname``: our name in EHLO."""
        self._server = server
        self._deadline = deadline
        # Given, because smtplib would ask the DNS for it.
        self._local_hostname = local_hostname

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Hand the mail over; raises ``DeliveryFailed``."""
        with self._conversation() as smtp:
            self._expect(smtp.mail(sender), "the sender", concerns_mail=False)
            self._expect(smtp.rcpt(recipient), "the recipient")
            try:
                answer = smtp.data(data)
            except smtplib.SMTPDataError as error:
                answer = (error.smtp_code, _as_bytes(error.smtp_error))
            self._expect(answer, "the mail")

    def check(self) -> str:
        """Speak up to NOOP and say what was found; raises ``DeliveryFailed``."""
        with self._conversation() as smtp:
            self._expect(smtp.noop(), "the conversation")
            secured = isinstance(smtp.sock, ssl.SSLSocket)
        words = [f"{self._server.host}:{self._server.port} answers"]
        words.append("encrypted" if secured else "not encrypted")
        if self._server.user:
            words.append("signed in")
        return ", ".join(words)

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        until = time.monotonic() + self._deadline
        try:
            raw = self._connect(until)
        except OSError as error:
            raise _unanswered(f"no connection: {_short(error)}") from error
        # A duplicate stays valid when TLS takes the first descriptor over, so the timer can shut
        # the connection even in the middle of a handshake.
        guard = raw.dup()
        timer = threading.Timer(max(0.0, until - time.monotonic()), _shut, args=(guard,))
        timer.daemon = True
        timer.start()
        try:
            with contextlib.closing(_Smtp(self._local_hostname, self._server.host)) as smtp:
                self._open(smtp, raw)
                yield smtp
                # The mail is accepted by now, and a second copy would leave if we died before
                # that is noted: so the goodbye is said and its answer not waited for, as Postfix
                # does (smtp_skip_quit_response), though RFC 5321 §4.1.1.10 would rather have it.
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    smtp.putcmd("quit")
        except (OSError, smtplib.SMTPException) as error:
            if time.monotonic() >= until:
                text = f"the mail server took longer than {self._deadline:g} seconds"
                raise _unanswered(text) from error
            raise _unanswered(_short(error)) from error
        finally:
            timer.cancel()
            raw.close()
            guard.close()

    def _connect(self, until: float) -> socket.socket:
        """Connect to the first address that answers, all of them within the deadline."""
        problem: OSError = TimeoutError("no address answered")
        found = socket.getaddrinfo(self._server.host, self._server.port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _name, address in found:
            left = until - time.monotonic()
            if left <= 0:
                break
            raw = socket.socket(family, kind, protocol)
            try:
                raw.settimeout(left)
                raw.connect(address)
            except OSError as error:
                raw.close()
                problem = error
            else:
                return raw
        raise problem

    def _open(self, smtp: "_Smtp", raw: socket.socket) -> None:
        server = self._server
        if server.is_tls:
            context = ssl.create_default_context()
            smtp.use(context.wrap_socket(raw, server_hostname=server.host))
        else:
            smtp.use(raw)
        self._expect(smtp.getreply(), "the connection", concerns_mail=False)
        smtp.ehlo_or_helo_if_needed()
        if not server.is_tls and server.starttls != "never":
            self._start_tls(smtp)
        if server.user:
            self._sign_in(smtp)

    def _start_tls(self, smtp: smtplib.SMTP) -> None:
        if not smtp.has_extn("starttls"):
            if self._server.starttls == "required":
                raise _unanswered("the mail server does not offer STARTTLS, which is required")
            return
        context = ssl.create_default_context()
        if self._server.starttls == "offered" and not self._server.user:
            # Without a password there is nothing to steal, and a relay's own certificate still
            # keeps listeners out; `?starttls=required` checks the name too (RFC 7435).
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self._expect(smtp.starttls(context=context), "STARTTLS", concerns_mail=False)
        smtp.ehlo_or_helo_if_needed()

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        open_line = not isinstance(smtp.sock, ssl.SSLSocket) and self._server.host not in _LOOPBACK
        if open_line and self._server.starttls != "never":
            text = "the password would travel unencrypted; `?starttls=never` allows that"
            raise _unanswered(text)
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise _unanswered(f"sign-in refused with {error.smtp_code}") from error

    def _expect(self, answer: tuple[int, bytes], what: str, *, concerns_mail: bool = True) -> None:
        """Raise ``DeliveryFailed`` unless the answer is one of the 200s."""
        code, words = answer
        if code // 100 == _DONE:
            return
        text = _ADDRESS.sub("…", words.decode("utf-8", "replace"))[:300]
        reason = f"the mail server refused {what} with {code}: {' '.join(text.split())}"
        # A sender that is refused is a mistake in the settings: mend it, and the mail still goes.
        permanent = code >= _FOR_GOOD and concerns_mail and code not in _SET_UP
        raise DeliveryFailed(
            reason, permanent=permanent, answered=concerns_mail and code not in _SET_UP
        )


class _Smtp(smtplib.SMTP):
    """An SMTP client over a socket that we opened ourselves."""

    def __init__(self, local_hostname: str, host: str) -> None:
        super().__init__(local_hostname=local_hostname)
        # smtplib checks the certificate of STARTTLS against this name.
        self._host = host

    def use(self, opened: socket.socket) -> None:
        """Speak over ``opened``."""
        self.sock = opened
        self.file = None


def _shut(guard: socket.socket) -> None:
    with contextlib.suppress(OSError):
        guard.shutdown(socket.SHUT_RDWR)


def _unanswered(reason: str) -> DeliveryFailed:
    return DeliveryFailed(reason, permanent=False, answered=False)


def _short(error: Exception) -> str:
    text = _ADDRESS.sub("…", " ".join(str(error).split()))[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
