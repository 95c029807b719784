"""An answer that may have only so many bytes on the wire, its headers and framing included.

Counting what is unpacked is not enough: a chunk of the size -1, a size line or a trailer that does
not end are read into memory by the libraries, before there is a body to count.
"""

import io
from http.client import HTTPResponse
from typing import Any

from copydesk.articles import problems
from copydesk.articles.problems import FetchFailed


class MeteredResponse(HTTPResponse):
    """The standard library's answer; reading more than ``most`` bytes raises ``FetchFailed``."""

    def __init__(self, *args: Any, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        # The library makes a buffered file of the socket; the meter goes between the two.
        self.fp = io.BufferedReader(_Meter(self.fp.detach(), most))


class _Meter(io.RawIOBase):
    def __init__(self, source: io.RawIOBase, most: int) -> None:
        self._source = source
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._source.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise FetchFailed(problems.TOO_LONG, permanent=True)
        return count

    def close(self) -> None:
        self._source.close()
        super().close()
