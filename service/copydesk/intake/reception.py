"""Where reports are handed in: what waits at the same time is stored in one transaction."""

from collections.abc import Sequence

from flask import Flask, current_app

from copydesk.intake.proof_of_work import ProofOfWork
from copydesk.intake.submission import Outcome, Receipt, Submission
from copydesk.intake.submit import Rules, submit_all
from copydesk.side_by_side import together
from copydesk.store.group_commit import GroupCommit
from copydesk.web import EXTENSION, WebServices

_NAME = f"{EXTENSION}-reception"


class Reception:
    """Takes reports from all threads of this process."""

    def __init__(self, web: WebServices) -> None:
        self._web = web
        chosen = web.settings.proof_of_work
        self._proof = ProofOfWork(web.signer, chosen) if chosen.is_on else None
        self._rules = Rules(web.signer, web.settings.limits, self._proof)
        self._group: GroupCommit[Submission, Outcome] = GroupCommit(self._store)

    def take(self, submission: Submission) -> Receipt:
        """Return the receipt once the report is durable; raises why it is refused."""
        outcome = together(self._group.put, submission)
        if isinstance(outcome, Receipt):
            return outcome
        raise outcome

    def challenge(self) -> dict[str, str | int] | None:
        """Return a new challenge; None where no proof of work is asked for."""
        return self._proof.challenge(self._web.clock()) if self._proof else None

    def _store(self, submissions: Sequence[Submission]) -> list[Outcome]:
        now = self._web.clock()
        return self._web.database.write(
            lambda session: submit_all(session, submissions, self._rules, now=now)
        )


def open_reception(app: Flask, web: WebServices) -> None:
    """Give ``app`` its reception."""
    app.extensions[_NAME] = Reception(web)


def reception() -> Reception:
    """Return the reception of the app that answers this request."""
    found = current_app.extensions[_NAME]
    assert isinstance(found, Reception)
    return found
