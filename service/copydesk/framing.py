"""Requests whose end can be told in one way only.

Where a proxy and a server disagree about where a request ends, what follows it is smuggled past the
proxy (RFC 9112 §11.2). Waitress takes what that document lets a server take; this refuses it.
"""

import re
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError

_FOLDED = re.compile(rb"\n[ \t]")
_FRAMING = re.compile(
    rb"\n(content-length|transfer-encoding)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE
)


class StrictParser(HTTPRequestParser):
    """Waitress's parser; takes one Content-Length, or one ``Transfer-Encoding: chunked``, or none.

    Header lines that go on in the next line are refused too: some readers join them, others don't.
    So are chunks in any version but HTTP/1.1: the package would take them for the next request.
    """

    def parse_header(self, header_plus: Any) -> None:
        """Read the head of a request; raises ``ParsingError``, which becomes a 400."""
        head = bytes(header_plus)
        if _FOLDED.search(head):
            raise ParsingError("A header is folded")
        framing = _FRAMING.findall(head)
        if len(framing) > 1:
            raise ParsingError("The length is told twice")
        is_length = framing and framing[0][0].lower() == b"content-length"
        if framing and not is_length and framing[0][1].strip(b" \t").lower() != b"chunked":
            raise ParsingError("Only chunked is read")
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # of an address like http://[x, which the package lets through
            raise ParsingError("The address can't be read") from error
        if framing and not is_length and self.version != "1.1":
            raise ParsingError("Chunks in another version than 1.1")
