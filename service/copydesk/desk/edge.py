"""What every desk page goes through: who asks, where the request comes from, in what language."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from copydesk.desk.access import Access, access_of
from copydesk.desk.jobs import work_state
from copydesk.desk.sessions import TOUCH_EVERY, find_session, touch
from copydesk.desk.shown import age, duration, explained, label, stamp, verdict_label
from copydesk.errors import NotAllowed, Unavailable
from copydesk.packed_files import sender
from copydesk.store.tables import Role
from copydesk.web import services, use_language

log = structlog.get_logger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

_one_notes_at_a_time = threading.Lock()

# Endpoints that answer without a session: signing in, and the style sheet of that page.
_open_endpoints = {"desk.static"}


@dataclass(frozen=True)
class Member:
    """The editor who asks."""

    editor_id: int
    session_id: int
    name: str
    address: str
    language: str
    access: Access

    @property
    def who(self) -> str:
        """What the history calls them."""
        return self.name or self.address


blueprint = Blueprint(
    "desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static"
)
blueprint.send_static_file = sender(  # type: ignore[method-assign,assignment]  # packed, and once
    Path(__file__).resolve().parent / "static"
)


def open_to_all(view: View) -> View:
    """Mark a view that needs no session."""
    _open_endpoints.add(f"desk.{view.__name__}")
    return view


def cookie_name() -> str:
    """Return the session cookie's name: the prefix ``__Host-`` holds over https alone."""
    return "__Host-copydesk" if services().settings.server.secure else "copydesk"


def member() -> Member:
    """Return who asks; only views behind the session call it."""
    found = g.member
    assert isinstance(found, Member)
    return found


@blueprint.before_request
def _refuse_other_origins() -> None:
    """Refuse what another site's page makes a browser send; the form token is the first line.

    Our own ``no-referrer`` policy makes browsers send ``Origin: null`` with our own forms, so
    Sec-Fetch-Site decides where there is one (W3C Fetch Metadata), else a foreign Origin is
    refused.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        if fetch_site != "same-origin":
            raise NotAllowed("This form was sent from another site.")
        return
    origin = request.headers.get("Origin", "null")
    own = {services().settings.server.base_url, request.host_url.rstrip("/")}
    if origin != "null" and origin not in own:
        raise NotAllowed("This form was sent from another site.")


@blueprint.before_request
def _require_session() -> ResponseReturnValue | None:
    g.member = None
    if request.endpoint == "desk.static":
        return None
    now = services().clock()
    token = request.cookies.get(cookie_name(), "")
    with services().database.reading() as session:
        row = find_session(session, token, now=now) if token else None
        if row is not None:
            editor = row.editor
            g.member = Member(
                editor_id=editor.id,
                session_id=row.id,
                name=editor.name,
                address=editor.address,
                language=editor.language,
                access=access_of(editor.roles),
            )
            g.work_state = work_state(session, g.member.access, now)
            needs_touch = now - row.last_seen_at >= TOUCH_EVERY
    if g.member is None:
        if request.endpoint in _open_endpoints:
            return None
        # A form can't be sent again after signing in: then the way leads to the inbox.
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("desk.sign_in", next=wanted), code=303)
    use_language(g.member.language)
    if needs_touch:
        _note_use(g.member.session_id, now)
    return None


def _note_use(session_id: int, now: datetime) -> None:
    """Note that the browser is in use, or leave it to the next page.

    A page that can be read is shown, though the disk is full or somebody holds the database. And
    only one waits for it at a time: else all threads would, and the desk with them.
    """
    if not _one_notes_at_a_time.acquire(blocking=False):
        return
    try:
        services().database.write(lambda session: touch(session, session_id, now=now))
    except Unavailable as error:
        log.warning("desk.session_not_noted", error=type(error.__cause__ or error).__name__)
    finally:
        _one_notes_at_a_time.release()


@blueprint.context_processor
def _what_every_page_shows() -> dict[str, Any]:
    return {
        "member": g.get("member"),
        "work_state": g.get("work_state"),
        "Role": Role,
        "now": services().clock(),
        "age": age,
        "stamp": stamp,
        "duration": duration,
        "explained": explained,
        "verdict_label": verdict_label,
        "label": label,
    }


def require_somewhere(role: Role) -> None:
    """Raise ``NotAllowed`` when the member holds ``role`` nowhere."""
    if not member().access.may_somewhere(role):
        raise NotAllowed


def back_to(default: str) -> ResponseReturnValue:
    """Redirect to the form's ``next`` when that is a page of the desk, else to ``default``."""
    return redirect(safe_next(request.form.get("next", ""), default), code=303)


def safe_next(wanted: str, default: str) -> str:
    """Return ``wanted`` when it is a path of this desk: never another host, never a scheme."""
    plain = wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
    if not plain or not wanted.startswith("/desk/"):
        return default
    parts = urlsplit(wanted)
    return default if parts.scheme or parts.netloc else wanted


def say(message: str) -> None:
    """Show ``message`` once, on the next page."""
    flash(message, "notice")


def say_with_undo(message: str, public_ids: list[str]) -> None:
    """Show ``message`` once, with a button that takes the act back."""
    flash(message, "undo:" + ",".join(public_ids))
