"""A page to read the caught mails, as safe as a mail program should be."""

import re

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from copydesk.clock import utc_now
from copydesk.demo.mailbox.mailbox import CaughtMail, Mailbox
from copydesk.i18n import accepted_languages, pick_language, translations

EXTENSION = "mailbox"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# A mail may look as it likes and lead somewhere by a click; it can run, load and send nothing.
MAIL_SANDBOX = "allow-top-navigation-by-user-activation allow-popups"
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    f"frame-ancestors 'self'; sandbox {MAIL_SANDBOX}"
)
_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
OPEN_ON_TOP = '<base target="_top">'

blueprint = Blueprint("mailbox", __name__)


def create_mail_view(mailbox: Mailbox) -> Flask:
    """Return the app that shows ``mailbox``; everybody who reaches it reads it: loopback only."""
    app = Flask(__name__)
    app.extensions[EXTENSION] = mailbox
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda message: translations(_language()).gettext(message),
        lambda one, many, count: translations(_language()).ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals |= {"language": _language, "sandbox": MAIL_SANDBOX}
    app.register_blueprint(blueprint)
    app.after_request(_harden)
    return app


@blueprint.get("/")
def inbox() -> ResponseReturnValue:
    """List the mails, the newest first."""
    mails = list(reversed(_mailbox().all()))
    today = utc_now().date()
    return render_template("mailbox/list.html", mails=mails, newest=_newest(), today=today)


@blueprint.get("/newest")
def newest() -> ResponseReturnValue:
    """Tell the id of the newest mail: the list asks every few seconds whether to load again."""
    return jsonify(id=_newest())


@blueprint.get("/mail/<int:number>")
def mail(number: int) -> ResponseReturnValue:
    """Show one mail; ``?part=text`` or ``headers`` instead of the HTML part."""
    found = _mail(number)
    parts = ["html", "text", "headers"] if found.html else ["text", "headers"]
    part = request.args.get("part", parts[0])
    if part not in parts:
        abort(404)
    return render_template("mailbox/mail.html", mail=found, part=part, parts=parts)


@blueprint.get("/mail/<int:number>/html")
def html_part(number: int) -> ResponseReturnValue:
    """Hand out the HTML part alone, for the sandboxed frame; links open on top."""
    html = _mail(number).html or abort(404)
    head = _HEAD.search(html)
    place = head.end() if head else 0
    response = Response(html[:place] + OPEN_ON_TOP + html[place:])
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@blueprint.get("/mail/<int:number>/source")
def source(number: int) -> ResponseReturnValue:
    """Hand out the mail as it came over the wire, as text."""
    text = _mail(number).raw.decode("utf-8", "replace")
    return Response(text, mimetype="text/plain")


def _mailbox() -> Mailbox:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Mailbox)
    return found


def _mail(number: int) -> CaughtMail:
    return _mailbox().get(number) or abort(404)


def _newest() -> int:
    return max((mail.id for mail in _mailbox().all()), default=0)


def _language() -> str:
    return pick_language(*accepted_languages(request.accept_languages))


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
