"""``/desk/me``: one's own language, password, keyboard and signed-in browsers."""

from flask import redirect, render_template, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from copydesk.desk.edge import blueprint, member, say
from copydesk.desk.forms import MAX_ROW_ID, DeskForm
from copydesk.desk.passwords import MAX_PASSWORD, MIN_PASSWORD, hash_password, verify_password
from copydesk.desk.sessions import end_all, end_session, sessions_of
from copydesk.desk.sign_in import QUARTER
from copydesk.errors import NotFound
from copydesk.store.counters import hit
from copydesk.store.tables import Editor
from copydesk.web import gettext as _
from copydesk.web import services


@blueprint.get("/me")
def me() -> str:
    """Show the page."""
    return _page()


@blueprint.post("/me")
def change_me() -> ResponseReturnValue:
    """Change name and language."""
    form = DeskForm(request.form)
    with services().database.transaction() as session:
        editor = session.get_one(Editor, member().editor_id)
        editor.name = form.text("name", 200)
        editor.language = form.language("language")
    say(_("Saved."))
    return redirect(url_for("desk.me"), code=303)


@blueprint.post("/me/password")
def change_password() -> ResponseReturnValue:
    """Change the password and sign all other browsers out.

    The present one is asked for, unless this browser came in by a sign-in link: that is for whoever
    has forgotten it. Both hashes are made outside of any transaction.
    """
    now = services().clock()
    editor_id = member().editor_id
    wanted = request.form.get("password", "")
    with services().database.transaction() as session:
        present_hash = session.get_one(Editor, editor_id).password_hash
        wait = hit(
            session,
            f"password:{editor_id}",
            limit=services().settings.limits.sign_ins_per_account_quarter,
            window=QUARTER,
            now=now,
        )
    if wait is not None:
        return _page({"present": _("Too many tries. Please try again later.")}), 429
    mistakes = {}
    if not MIN_PASSWORD <= len(wanted) <= MAX_PASSWORD:
        mistakes["password"] = _("Use at least %(num)s characters.") % {"num": MIN_PASSWORD}
    present = request.form.get("present", "")
    if not _may_skip_present() and not verify_password(present_hash, present):
        mistakes["present"] = _("This is not your present password.")
    if mistakes:
        return _page(mistakes), 422
    new_hash = hash_password(wanted)
    with services().database.transaction() as session:
        session.get_one(Editor, editor_id).password_hash = new_hash
        end_all(session, editor_id, but=member().session_id)
    form_session.pop("entered_by_link", None)
    say(_("Your password is changed. All other browsers are signed out."))
    return redirect(url_for("desk.me"), code=303)


@blueprint.post(f"/me/sessions/<int(max={MAX_ROW_ID}):session_id>/end")
def end_my_session(session_id: int) -> ResponseReturnValue:
    """Sign one of one's own browsers out."""

    def step(session: Session) -> bool:
        return end_session(session, session_id, member().editor_id)

    if not services().database.write(step):
        raise NotFound
    say(_("That browser is signed out."))
    return redirect(url_for("desk.me"), code=303)


def _page(mistakes: dict[str, str] | None = None) -> str:
    with services().database.reading() as session:
        editor = session.get_one(Editor, member().editor_id)
        return render_template(
            "desk/me.html",
            editor=editor,
            sessions=sessions_of(session, editor.id, now=services().clock()),
            asks_present=not _may_skip_present(),
            min_password=MIN_PASSWORD,
            mistakes=mistakes or {},
        )


def _may_skip_present() -> bool:
    return bool(form_session.get("entered_by_link") == member().session_id)
