"""Many errata at once, and the undo for one or many."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.desk.edge import back_to, blueprint, member, say, say_with_undo
from copydesk.desk.find import find_erratum, lock_articles_of
from copydesk.desk.forms import clean
from copydesk.desk.queries import PAGE
from copydesk.errata import triage
from copydesk.errata.transitions import NotPossible, Verb
from copydesk.errors import Invalid, NotAllowed
from copydesk.store.tables import Erratum, HistoryEntry, Role, State
from copydesk.web import gettext as _
from copydesk.web import ngettext, services

UNDO_WITHIN = timedelta(minutes=10)
MAX_REASON = 2000
_UNDOABLE = {
    Verb.CONFIRM.value: Role.AUTHOR,
    Verb.DECLINE.value: Role.EDITOR,
    Verb.SPAM.value: Role.EDITOR,
}
"""What can be undone, and by whom: the role that did it. The history knows people by the names they
give themselves, so a name alone would let an author undo an editor's decision."""

Act = Callable[[Session, Erratum], None]


@blueprint.post("/bulk")
def bulk() -> ResponseReturnValue:
    """Do one thing to every ticked erratum; what it does not fit stays as it was, and ticked."""
    done: list[str] = []
    left: list[str] = []
    act, role, describe = _chosen(request.form.get("action", ""))

    def step(session: Session) -> None:
        done.clear()
        left.clear()
        ids = sorted(_ids())
        lock_articles_of(session, ids)
        for public_id in ids:
            try:
                erratum = find_erratum(session, public_id, role, to_change=True)
                act(session, erratum)
            except (NotPossible, NotAllowed):
                left.append(public_id)
            else:
                done.append(public_id)

    services().database.write(step)
    _tell(done, left, describe)
    return back_to(url_for("desk.inbox"))


@blueprint.post("/undo")
def undo() -> ResponseReturnValue:
    """Take back what this editor just did, while nothing else has happened to the state."""
    now = services().clock()
    undone: list[str] = []

    def step(session: Session) -> None:
        undone.clear()
        ids = sorted(_ids())
        lock_articles_of(session, ids)
        for public_id in ids:
            erratum = find_erratum(session, public_id, to_change=True)
            if _take_back(session, erratum, now):
                undone.append(public_id)

    services().database.write(step)
    say(_("Undone.") if undone else _("It is too late to undo this."))
    return back_to(url_for("desk.inbox"))


def _take_back(session: Session, erratum: Erratum, now: datetime) -> bool:
    last = session.scalar(
        select(HistoryEntry)
        .where(HistoryEntry.erratum_id == erratum.id, HistoryEntry.to_state.is_not(None))
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    who = member().who
    if last is None or last.who != who or now - last.at > UNDO_WITHIN:
        return False
    role = _UNDOABLE.get(last.what)
    if role is None or last.from_state not in {State.OPEN, State.CONFIRMED}:
        return False
    if not member().access.may(role, erratum.site_id):
        return False
    triage.reopen(session, erratum, who=who, now=now, note=_("undone"))
    if last.from_state is State.CONFIRMED:
        triage.confirm(session, erratum, who=who, now=now)
    return True


def _chosen(action: str) -> tuple[Act, Role, Callable[[int], str]]:
    who, now = member().who, services().clock()
    reason = clean(request.form.get("reason", ""), MAX_REASON)
    if action == "confirm":
        return (
            lambda s, e: triage.confirm(s, e, who=who, now=now),
            Role.AUTHOR,
            lambda n: ngettext("%(num)s erratum confirmed.", "%(num)s errata confirmed.", n),
        )
    if action == "decline":
        return (
            lambda s, e: triage.decline(s, e, who=who, reason=reason, now=now),
            Role.EDITOR,
            lambda n: ngettext("%(num)s erratum declined.", "%(num)s errata declined.", n),
        )
    if action == "spam":
        return (
            lambda s, e: triage.mark_spam(s, e, who=who, now=now),
            Role.EDITOR,
            lambda n: ngettext(
                "%(num)s erratum marked as spam.", "%(num)s errata marked as spam.", n
            ),
        )
    raise Invalid(_("Choose one of the offered actions."))


def _tell(done: list[str], left: list[str], describe: Callable[[int], str]) -> None:
    if not done and not left:
        say(_("Nothing was selected."))
    if done:
        say_with_undo(describe(len(done)) % {"num": len(done)}, done)
    if left:
        words = ngettext(
            "%(num)s was left as it is, because this does not apply to it.",
            "%(num)s were left as they are, because this does not apply to them.",
            len(left),
        )
        say(words % {"num": len(left)})
        form_session["ticked"] = left


def _ids() -> set[str]:
    return set(request.form.getlist("id")[: PAGE * 2])
