"""One attack on the reader of pages: an address, what its name resolves to, where answers lead."""

from dataclasses import dataclass

PUBLIC = "93.184.215.14"
PUBLIC_TOO = "8.8.8.8"
PUBLIC_V6 = "2606:4700::1111"
OUTSIDE = frozenset({PUBLIC, PUBLIC_TOO, PUBLIC_V6})
"""The only addresses outside: whoever connects to any other one was led inside."""
PORTS = frozenset({80, 443})

Answers = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Case:
    """``names`` are the host's addresses at its first lookup, its second …, the last one for ever.

    ``hops`` are the Location headers of the first answer, the second …; after them comes a page.
    A location that starts with a status, as in ``307 /b``, is sent with it.
    """

    name: str
    url: str
    names: Answers = ((PUBLIC,),)
    hops: tuple[str, ...] = ()
    is_read: bool = False
    """Whether a page may be the outcome: the trick leads nowhere but to a public page."""


def plain(group: str, urls: tuple[str, ...], harmless: frozenset[str] = frozenset()) -> list[Case]:
    """Make a case of each address."""
    return [Case(f"{group}: {url!r}", url, is_read=url in harmless) for url in urls]
