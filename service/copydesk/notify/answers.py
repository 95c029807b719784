"""``/a/<token>``: the links in a mail. A GET shows what would happen, a POST does it.

Mail scanners open every link, so GET and HEAD change nothing. The token is the authority: it names
one message, is signed for this purpose alone, and holds for 30 days unless revoked. That is also
why these forms need no further protection against forgery: there is no cookie to ride on.
"""

from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from copydesk.errata.about_page import first_comments
from copydesk.errata.sentence import around
from copydesk.errata.worddiff import word_diff
from copydesk.errors import Invalid, NotFound
from copydesk.notify import replies
from copydesk.notify.facts import page_link
from copydesk.notify.links import ANSWER
from copydesk.store.tables import Message, Purpose
from copydesk.web import gettext as _
from copydesk.web import services, use_language

blueprint = Blueprint("answers", __name__, template_folder="templates")

LINKS_LIVE = timedelta(days=30)
MAX_REASON = 2000
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


@blueprint.get("/a/<token>")
def show(token: str) -> Response:
    """Show what the pressed link would do, or what became of it."""
    with services().database.reading() as session:
        message = _message(session, token)
        use_language(message.language)
        wish = request.args.get("do", "")
        if message.erratum is None or wish in replies.MAIL_WISHES:
            return _mail_page(token, message)
        return _erratum_page(session, token, message, wish)


@blueprint.post("/a/<token>")
def do(token: str) -> ResponseReturnValue:
    """Do what was asked for; doing it twice changes nothing."""
    is_one_click = request.form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
    wish = "unsubscribe" if is_one_click else request.form.get("do", "")
    reason = request.form.get("reason", "").strip()
    if len(reason) > MAX_REASON:
        raise Invalid(_("The reason may have at most 2,000 characters."))

    def step(session: Session) -> None:
        message = _message(session, token)
        use_language(message.language)
        replies.reply(session, message, wish, reason=reason, now=services().clock())

    services().database.write(step)
    if is_one_click:
        # RFC 8058 §3.1: done at once, no redirect and no question.
        return _plain(_("You will get no more of these mails."))
    shown = wish if wish in replies.MAIL_WISHES else "done"
    return _guarded(redirect(f"/a/{token}?do={shown}", code=303))


def _message(session: Session, token: str) -> Message:
    """Return the message that the token names; anything wrong with it is told alike."""
    row_id = services().signer.verify(ANSWER, token)
    message = session.get(Message, row_id) if row_id is not None and row_id < 2**31 else None
    if message is None or message.is_revoked or message.purpose is Purpose.THANKS:
        raise NotFound(_("This link does not work, or works no longer."))
    if services().clock() - message.created_at > LINKS_LIVE:
        raise NotFound(_("This link was valid for 30 days. The desk can still help."))
    return message


def _erratum_page(session: Session, token: str, message: Message, wish: str) -> Response:
    erratum = replies.erratum_of(message)
    state = replies.look(session, message, erratum, now=services().clock())
    before, after = around(erratum)
    return _guarded(
        make_response(
            render_template(
                "answer/erratum.html",
                token=token,
                wish=wish,
                erratum=erratum,
                site=message.site,
                is_desk=message.author_id is None,
                state=state,
                said=first_comments(session, [erratum]).get(erratum.id, ""),
                before=before,
                after=after,
                pieces=word_diff(erratum.quote, erratum.suggestion) if erratum.suggestion else [],
                page_link=page_link(erratum, services().signer),
            )
        )
    )


def _mail_page(token: str, message: Message) -> Response:
    return _guarded(
        make_response(
            render_template(
                "answer/mail.html",
                token=token,
                site=message.site,
                is_desk=message.author_id is None,
                name=message.recipient_name,
                is_on=replies.takes_mail(message),
            )
        )
    )


def _plain(text: str) -> Response:
    return _guarded(Response(text + "\n", content_type="text/plain; charset=utf-8"))


def _guarded(response: ResponseReturnValue) -> Response:
    """Keep the token out of caches and out of other sites' logs."""
    answer = make_response(response)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
