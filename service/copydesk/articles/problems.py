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
