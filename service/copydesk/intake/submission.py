"""A report on its way through the intake, and what its sender gets back."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from copydesk.errata.attach import Standing
from copydesk.errors import CopydeskError
from copydesk.intake import guard
from copydesk.intake.payload import ReportDraft
from copydesk.store.tables import State

# What a reader is told: a report folded away as spam looks received, not judged.
_TOLD = {State.SPAM: State.OPEN, State.MERGED: State.OPEN}


@dataclass(frozen=True)
class Submission:
    """A report as it came in, and from where."""

    draft: ReportDraft
    origin: str | None
    address: str | None
    """The sender's network address; only its pseudonym is stored."""
    is_exempt: bool = False
    """From the plain form, which runs no scripts: no proof of work is asked for."""


@dataclass(frozen=True)
class Receipt:
    """What the widget gets back."""

    id: str
    state: State
    reports: int
    note: str
    token: str
    is_repeat: bool


Outcome = Receipt | CopydeskError


@dataclass(frozen=True)
class Solved:
    """A challenge that a report's sender has solved."""

    challenge: str
    expires_at: datetime


class Entry:
    """One submission while its group is stored; ``outcome`` is set as soon as it is settled."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.draft = submission.draft
        self.body_hash = self.draft.body_hash()
        self.client_id = self.draft.id or str(uuid.uuid4())
        self.spam_reason = ""
        self.reader_key = ""
        self.solved: Solved | None = None
        self.outcome: Outcome | None = None
        self._site: guard.KnownSite | None = None

    def admit(self, site: guard.KnownSite | None) -> None:
        """Let it in to its site, or settle it with the reason why not."""
        self._site = site
        self.outcome = guard.refusal(site, self.draft, self.submission.origin)

    @property
    def site(self) -> guard.KnownSite:
        """Its site; only asked of those that were admitted."""
        assert self._site is not None
        return self._site


def receipt(
    client_id: str, token: str, standing: Standing, reason: str, *, is_repeat: bool = False
) -> Receipt:
    """Return the receipt of a stored report; ``reason``: the desk's word if it was declined."""
    return Receipt(
        id=client_id,
        state=_TOLD.get(standing.state, standing.state),
        reports=max(1, standing.report_count),
        note=reason if standing.state is State.DECLINED else "",
        token=token,
        is_repeat=is_repeat,
    )
