"""Why a page was not read."""


class FetchRefused(Exception):
    """Our own rules forbid it: trying again changes nothing. ``reason`` is fit for editors."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FetchFailed(Exception):
    """The page could not be had. ``permanent``: the server will say the same tomorrow."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
