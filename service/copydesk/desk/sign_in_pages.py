"""``/desk/sign-in``, ``/desk/enter/<token>``, ``/desk/sign-out``."""

from typing import cast

from flask import Response, make_response, redirect, render_template, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue

from copydesk.desk.edge import blueprint, cookie_name, member, open_to_all, safe_next
from copydesk.desk.passwords import MAX_PASSWORD, verify_password
from copydesk.desk.sessions import ABSOLUTE, Opened, end_session, open_session
from copydesk.desk.sign_in import (
    KNOWN_BROWSER,
    count_try,
    find_editor,
    is_good_link,
    network_key,
    use_link,
)
from copydesk.store.tables import Editor
from copydesk.web import services

KNOWN_BROWSER_SECONDS = 180 * 24 * 3600


@blueprint.get("/sign-in")
@open_to_all
def sign_in() -> str:
    """Show the form."""
    return _page()


@blueprint.post("/sign-in")
@open_to_all
def do_sign_in() -> ResponseReturnValue:
    """Check address and password; the hash is made outside of any transaction."""
    address = request.form.get("address", "")[:300].replace("\x00", "")
    password = request.form.get("password", "")[: MAX_PASSWORD + 1]
    now = services().clock()
    with services().database.transaction() as session:
        wait = count_try(
            session,
            network=network_key(session, services().signer, request.remote_addr, now=now),
            account=address,
            known_browser=_known_browser(),
            limits=services().settings.limits,
            now=now,
        )
    if wait is not None:
        answer = make_response(_page(address=address, wait_minutes=max(1, wait // 60)), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    with services().database.reading() as session:
        editor = find_editor(session, address)
    is_right = verify_password(editor.password_hash if editor else "", password)
    if editor is None or not is_right:
        return _page(address=address, is_wrong=True), 401
    with services().database.transaction() as session:
        opened = open_session(session, editor, user_agent=_user_agent(), now=now)
    return _welcome(editor, opened, safe_next(request.form.get("next", ""), _inbox()))


@blueprint.get("/enter/<token>")
@open_to_all
def enter(token: str) -> ResponseReturnValue:
    """Show a button: mail scanners open links, and must not use this one up."""
    with services().database.reading() as session:
        is_good = is_good_link(session, token, now=services().clock())
    return render_template("desk/enter.html", token=token, is_good=is_good), (
        200 if is_good else 410
    )


@blueprint.post("/enter/<token>")
@open_to_all
def do_enter(token: str) -> ResponseReturnValue:
    """Use the link up and sign its editor in."""
    now = services().clock()
    with services().database.transaction() as session:
        editor = use_link(session, token, now=now)
        if editor is None:
            return render_template("desk/enter.html", token=token, is_good=False), 410
        opened = open_session(session, editor, user_agent=_user_agent(), now=now)
    onward = _inbox() if editor.password_hash else url_for("desk.me")
    answer = _welcome(editor, opened, onward)
    # Whoever came by a link has forgotten the old password or never had one.
    form_session["entered_by_link"] = opened.session_id
    return answer


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this browser's session, in the database too."""
    with services().database.transaction() as session:
        end_session(session, member().session_id, member().editor_id)
    form_session.clear()
    answer = redirect(url_for("desk.sign_in"), code=303)
    answer.delete_cookie(
        cookie_name(),
        secure=services().settings.server.secure,
        httponly=True,
        samesite="Lax",
    )
    return cast("Response", answer)


def _page(*, address: str = "", is_wrong: bool = False, wait_minutes: int | None = None) -> str:
    return render_template(
        "desk/sign_in.html",
        address=address,
        is_wrong=is_wrong,
        wait_minutes=wait_minutes,
        next=safe_next(request.values.get("next", ""), ""),
    )


def _welcome(editor: Editor, opened: Opened, onward: str) -> Response:
    # The form token belongs to whoever signed in: a token planted before must not outlive it.
    form_session.clear()
    form_session.permanent = True
    secure = services().settings.server.secure
    answer = cast("Response", redirect(onward, code=303))
    answer.set_cookie(
        cookie_name(),
        opened.token,
        max_age=int(ABSOLUTE.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    answer.set_cookie(
        _known_name(),
        services().signer.sign(KNOWN_BROWSER, editor.id),
        max_age=KNOWN_BROWSER_SECONDS,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _known_name() -> str:
    return f"{cookie_name()}-known"


def _known_browser() -> int | None:
    return services().signer.verify(KNOWN_BROWSER, request.cookies.get(_known_name(), ""))


def _user_agent() -> str:
    return request.headers.get("User-Agent", "").replace("\x00", "")


def _inbox() -> str:
    return url_for("desk.inbox")
