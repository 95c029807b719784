"""What an editor does to one erratum: a form, a use case, a redirect with a word about it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from copydesk.desk.edge import back_to, blueprint, member, say, say_with_undo
from copydesk.desk.erratum_page import editors_of
from copydesk.desk.find import find_erratum
from copydesk.desk.forms import DeskForm, clean
from copydesk.errata import triage
from copydesk.errors import Invalid
from copydesk.store.tables import Editor, Erratum, Role
from copydesk.web import gettext as _
from copydesk.web import services

MAX_TEXT = 2000
SNOOZE_DAYS = (1, 3, 7, 14)

Step = Callable[[Session, Erratum, datetime], None]


@blueprint.post("/errata/<public_id>/confirm")
def confirm(public_id: str) -> ResponseReturnValue:
    """Agree that it is an error."""
    _do(public_id, Role.AUTHOR, lambda s, e, now: triage.confirm(s, e, who=_who(), now=now))
    say_with_undo(_("Confirmed."), [public_id])
    return _back(public_id)


@blueprint.post("/errata/<public_id>/correct")
def correct(public_id: str) -> ResponseReturnValue:
    """Say that it is corrected; the page is read again and decides, where it can."""
    is_waiting = False

    def step(session: Session, erratum: Erratum, now: datetime) -> None:
        nonlocal is_waiting
        triage.claim_corrected(session, erratum, who=_who(), now=now)
        is_waiting = triage.is_waiting_for_recheck(erratum)

    _do(public_id, Role.AUTHOR, step)
    if is_waiting:
        say(_("Thank you. The page is being read again to make sure."))
    else:
        say(_("Thank you. It is closed as corrected."))
    return _back(public_id)


@blueprint.post("/errata/<public_id>/decline")
def decline(public_id: str) -> ResponseReturnValue:
    """Say that it is not an error; readers are told the reason if there is one."""
    reason = _text("reason")
    _do(
        public_id,
        Role.EDITOR,
        lambda s, e, now: triage.decline(s, e, who=_who(), reason=reason, now=now),
    )
    say_with_undo(_("Declined: not an error."), [public_id])
    return _back(public_id)


@blueprint.post("/errata/<public_id>/reopen")
def reopen(public_id: str) -> ResponseReturnValue:
    """Take it up again."""
    _do(public_id, Role.EDITOR, lambda s, e, now: triage.reopen(s, e, who=_who(), now=now))
    say(_("Reopened."))
    return _back(public_id)


@blueprint.post("/errata/<public_id>/spam")
def spam(public_id: str) -> ResponseReturnValue:
    """Fold it away."""
    _do(public_id, Role.EDITOR, lambda s, e, now: triage.mark_spam(s, e, who=_who(), now=now))
    say_with_undo(_("Marked as spam."), [public_id])
    return _back(public_id)


@blueprint.post("/errata/<public_id>/merge")
def merge(public_id: str) -> ResponseReturnValue:
    """Make its reports reports of another erratum of the article."""
    into_id = request.form.get("into", "")

    def step(session: Session, erratum: Erratum, now: datetime) -> None:
        into = find_erratum(session, into_id, Role.EDITOR, to_change=True)
        triage.merge(session, erratum, into, who=_who(), now=now)

    _do(public_id, Role.EDITOR, step)
    say(_("Merged: its readers now count here."))
    return back_to(url_for("desk.erratum", public_id=into_id))


@blueprint.post("/errata/<public_id>/assign")
def assign(public_id: str) -> ResponseReturnValue:
    """Give it to an editor of the site, or to nobody."""
    wanted = DeskForm(request.form).row_id("editor")

    def step(session: Session, erratum: Erratum, now: datetime) -> None:
        editor: Editor | None = None
        if wanted is not None:
            candidates = editors_of(session, erratum.site_id)
            editor = next((one for one in candidates if one.id == wanted), None)
            if editor is None:
                raise Invalid(_("This person does not work for this site."))
        triage.assign(session, erratum, editor, who=_who(), now=now)

    _do(public_id, Role.EDITOR, step)
    say(_("Assigned.") if wanted is not None else _("Assigned to nobody."))
    return _back(public_id)


@blueprint.post("/errata/<public_id>/snooze")
def snooze(public_id: str) -> ResponseReturnValue:
    """Hide it from the open tab for some days, or wake it."""
    days = DeskForm(request.form).row_id("days") or 0
    if days not in (0, *SNOOZE_DAYS):
        raise Invalid(_("Choose one of the offered times."))

    def step(session: Session, erratum: Erratum, now: datetime) -> None:
        until = now + timedelta(days=days) if days else None
        triage.snooze(session, erratum, until, who=_who(), now=now)

    _do(public_id, Role.EDITOR, step)
    say(_("Snoozed.") if days else _("It is back in its tab."))
    return _back(public_id)


@blueprint.post("/errata/<public_id>/note")
def note(public_id: str) -> ResponseReturnValue:
    """Leave a remark for colleagues."""
    text = _text("text")
    if not text:
        raise Invalid(_("An empty note says nothing."))
    _do(public_id, Role.AUTHOR, lambda s, e, now: triage.note(s, e, who=_who(), text=text, now=now))
    say(_("Noted."))
    return _back(public_id)


def _do(public_id: str, role: Role, step: Step) -> None:
    now = services().clock()

    def run(session: Session) -> None:
        step(session, find_erratum(session, public_id, role, to_change=True), now)

    services().database.write(run)


def _who() -> str:
    return member().who


def _text(name: str) -> str:
    return clean(request.form.get(name, ""), MAX_TEXT)


def _back(public_id: str) -> ResponseReturnValue:
    return back_to(url_for("desk.erratum", public_id=public_id))
