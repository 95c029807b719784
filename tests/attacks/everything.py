"""The whole list."""

from tests.attacks import names, parsers, redirects, spellings
from tests.attacks.case import PUBLIC_TOO, Case


def cases() -> list[Case]:
    """Return every attack."""
    return [*spellings.cases(), *parsers.cases(), *names.cases(), *redirects.cases()]


def controls() -> list[Case]:
    """Return honest pages: a guard that refuses everything would pass the list above."""
    return [
        Case(name, url, hops=hops, names=names, is_read=True)
        for name, url, names, hops in (
            ("a page", "http://news.example/a", (("93.184.215.14",),), ()),
            ("upper case", "HTTP://News.Example/a", (("93.184.215.14",),), ()),
            ("port 80 written out", "http://news.example:80/", (("93.184.215.14",),), ()),
            ("a literal public address", "http://8.8.8.8/", (), ()),
            ("two addresses", "http://news.example/", (("8.8.8.8", "93.184.215.14"),), ()),
            ("letters of another script", "http://вести.example/", ((PUBLIC_TOO,),), ()),
            ("Punycode", "http://xn--b1aew.xn--p1ai/", ((PUBLIC_TOO,),), ()),
            ("a query with a colon", "http://news.example/?a=http://b", ((PUBLIC_TOO,),), ()),
            ("one redirect", "http://news.example/", ((PUBLIC_TOO,),), ("/b",)),
            ("to another public host", "http://news.example/", ((PUBLIC_TOO,),), ("//b.example/",)),
            ("four redirects", "http://news.example/", ((PUBLIC_TOO,),), ("/b", "/c", "d", "?e")),
        )
    ]
