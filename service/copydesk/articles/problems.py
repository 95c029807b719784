"""Why a page was not read. Reasons are English here, and in the desk's language when shown."""

from datetime import timedelta

from copydesk.i18n import N_

OTHER_SITE = N_("the address leads to another site")
OTHER_ARTICLE = N_("the address leads to another article")
FRONT_PAGE = N_("the address leads to the site's front page")
NOT_IN_TIME = N_("the page was not read in time")
NOT_HTML = N_("the answer is not an HTML page")
PACKED = N_("the answer is packed in a way we did not ask for")
TOO_LONG = N_("the server's answer has no end or is much too long")
NOT_PUBLIC = N_("the host's address is not on the public internet")
NO_HOST = N_("the host's name was not found")
NO_ADDRESS = N_("the host has no address")
NOT_READ = N_("the page was not read")
NOWHERE = N_("a redirect that leads nowhere")
BAD_REDIRECT = N_("the address of a redirect can't be read")
ODD_PORT = N_("port %(number)s is not read")
TOO_MANY_REDIRECTS = N_("more than %(number)s redirects")
STATUS = N_("the server answered %(number)s")
TOO_BIG = N_("the page has more than %(number)s bytes")
OF_ADDRESSES = (
    N_("the address has more than %(number)s characters"),
    N_("the address holds a character that must be escaped"),
    N_("only http and https addresses are read"),
    N_("the address holds user information"),
    N_("port %(number)s is none"),
    N_("a zone has no meaning outside of its machine"),
    N_("the host is not a valid name"),
    N_("the host is not a valid network address"),
)
"""What ``copydesk.urls`` says: it knows of no languages, so its words are marked here."""


class FetchRefused(Exception):
    """Our own rules forbid it: trying again changes nothing. ``reason`` is fit for editors."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FetchFailed(Exception):
    """The page could not be had.

    ``permanent``: the server will say the same tomorrow. ``overloaded``: it asked to be left alone
    (429, 503) or did not answer in time; ``pause``: for how long, if it said so.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        overloaded: bool = False,
        pause: timedelta | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.overloaded = overloaded
        self.pause = pause
