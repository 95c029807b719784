"""The error family: what went wrong, in words a client may see, with the HTTP status it maps to.

Rooms raise these; the edge (``web.py``) turns them into ``application/problem+json`` (RFC 9457)
for the API and into a plain page for people. The text never repeats what the client sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One field of a request that was refused, named by its path (``quote.exact``)."""

    field: str
    message: str


class CopydeskError(Exception):
    """Base of every error that has an answer for the client."""

    status = 500
    slug = "internal"
    title = "Something went wrong on our side"
    members: Mapping[str, object] | None = None
    """What the answer holds beside the members of every problem (RFC 9457 §3.2)."""

    def __init__(
        self,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        """``retry_after`` is in seconds and becomes the Retry-After header (RFC 9110 §10.2.3)."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after


class NotAllowed(CopydeskError):
    """The site does not take reports from there, or the person may not do this."""

    status = 403
    slug = "not-allowed"
    title = "Not allowed"


class NotFound(CopydeskError):
    """Nothing here, or nothing that this person may see: the two are told alike."""

    status = 404
    slug = "not-found"
    title = "Not found"


class Conflict(CopydeskError):
    """The request contradicts what is stored."""

    status = 409
    slug = "conflict"
    title = "Conflict"


class Gone(CopydeskError):
    """The site was here and is switched off."""

    status = 410
    slug = "gone"
    title = "No longer here"


class TooLarge(CopydeskError):
    """The body is over the limit."""

    status = 413
    slug = "too-large"
    title = "Too large"


class UnsupportedType(CopydeskError):
    """The body is of a media type that we do not read."""

    status = 415
    slug = "unsupported-type"
    title = "Unsupported media type"


class Invalid(CopydeskError):
    """The body was read and refused; ``errors`` names the fields."""

    status = 422
    slug = "invalid"
    title = "The request could not be accepted"


class ProofNeeded(CopydeskError):
    """A report must come with a solved challenge, and has none that counts.

    Precondition Required (RFC 6585 §3): the same request is taken once it meets the condition.
    """

    status = 428
    slug = "proof-needed"
    title = "Proof of work needed"

    def __init__(self, challenge: Mapping[str, object]) -> None:
        """``challenge``: a fresh one, so that the sender needs no further request for it."""
        super().__init__("Solve the challenge and send the report again with its solution.")
        self.members = {"challenge": challenge}


class TooMany(CopydeskError):
    """A limit was reached; ``retry_after`` says when it ends."""

    status = 429
    slug = "too-many"
    title = "Too many requests"


class Unavailable(CopydeskError):
    """The store can't take it just now; nothing was kept."""

    status = 503
    slug = "unavailable"
    title = "Temporarily unavailable"


BUSY_AGAIN_SECONDS = 5


def store_is_busy() -> Unavailable:
    """Return what is raised when too many want to write, or one of them for too long."""
    return Unavailable("The store is busy; try again.", retry_after=BUSY_AGAIN_SECONDS)


class UsageError(Exception):
    """A command was used wrongly; the text is for the operator's terminal."""
