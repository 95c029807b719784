"""``/report``: a form for readers whose browser is too old for the widget or runs no scripts.

The same report by another door: what was typed is parsed, judged, limited and stored by the code
behind ``POST /api/v1/reports``. What differs is the answer: a refusal keeps the reader's words.
"""

import json
import math
import uuid
from dataclasses import dataclass, field, replace

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from copydesk.errors import (
    Conflict,
    CopydeskError,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    TooMany,
    Unavailable,
    UnsupportedType,
)
from copydesk.intake.payload import ReportDraft, parse_report
from copydesk.intake.reception import reception
from copydesk.intake.submission import Receipt, Submission
from copydesk.store.database import STORE_AWAY
from copydesk.store.tables import Kind, Site
from copydesk.urls import host_of, origin_of
from copydesk.web import count_refusal, ngettext, services, use_language
from copydesk.web import gettext as _

blueprint = Blueprint("report_form", __name__, template_folder="templates")
log = structlog.get_logger(__name__)

FORM = "application/x-www-form-urlencoded"
# In the order of the page: the first of them that is wrong gets the focus.
FIELDS = ("id", "site", "quote", "suggestion", "kind", "comment", "url", "reader_email", "website")


@dataclass
class Form:
    """The form as the reader left it, and what stands in its way."""

    typed: dict[str, str]
    site_name: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    """One message a field."""
    notice: str = ""
    """What is wrong with none of the fields."""

    def answer(self, status: int = 200, retry_after: int | None = None) -> Response:
        """Render the form with everything that was typed."""
        response = make_response(render_template("reader/report.html", form=self), status)
        # Under no-referrer a browser sends "Origin: null" with a form (Fetch, "serializing a
        # request origin"); other sites see nothing of this address either way.
        response.headers["Referrer-Policy"] = "same-origin"
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response

    def refuse(self, error: CopydeskError) -> Response:
        """Render it with what stands in its way; the report counts as one that was not taken."""
        count_refusal(error)
        return self.answer(error.status, error.retry_after)


@blueprint.get("/report")
def show() -> Response:
    """Show the form for a page of a site; both come from the link."""
    site = _open_site(request.args.get("site", ""))
    typed = dict.fromkeys(FIELDS, "") | {
        "id": str(uuid.uuid4()),
        "site": site.key,
        "url": request.args.get("url", ""),
        "kind": Kind.LANGUAGE.value,
    }
    response = Form(typed, site.name).answer()
    # Not no-store: whoever goes back and sends again must find the same id, for one report.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/report")
def receive() -> ResponseReturnValue:
    """Store what was typed and lead on to the page that tells what becomes of it."""
    if request.mimetype != FORM:
        raise UnsupportedType
    form = Form(_typed())
    try:
        return _take(form)
    except TooMany as error:
        form.notice = _later(error.retry_after or 0)
        return form.refuse(error)
    except STORE_AWAY as error:
        log.warning("report_form.unavailable", error=type(error).__name__)
        form.notice = _("We could not store it just now. Please send it again in a minute.")
        return form.refuse(Unavailable(retry_after=5))


def _take(form: Form) -> ResponseReturnValue:
    site = _open_site(form.typed["site"])
    form.site_name = site.name
    try:
        draft = _parse(form.typed)
        receipt = _store(draft)
    except Invalid as error:
        wrong = {item.field.partition(".")[0] for item in error.errors}
        form.problems = {name: _problem(name, form.typed) for name in FIELDS if name in wrong}
        return form.refuse(error)
    except NotAllowed as error:
        if host_of(draft.url) in site.hosts:
            raise
        form.problems = {"url": _("This page does not belong to %(site)s.") % {"site": site.name}}
        return form.refuse(error)
    # See Other: reloading the next page sends nothing again (RFC 9110 §15.4.4).
    return redirect(url_for("reader.status", token=receipt.token, new=1), code=303)


def _typed() -> dict[str, str]:
    """Return the fields, each with a value that the form itself could have."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        typed["id"] = str(uuid.UUID(typed["id"]))
    except ValueError:
        typed["id"] = str(uuid.uuid4())
    if typed["kind"] not in {kind.value for kind in Kind}:
        typed["kind"] = Kind.LANGUAGE.value
    # Of the trap only whether it is empty matters.
    typed["website"] = typed["website"][:100]
    address = typed["url"].strip()
    # People leave the scheme out; a browser's bar has taught them to.
    typed["url"] = address if not address or "://" in address else f"https://{address}"
    return typed


def _parse(typed: dict[str, str]) -> ReportDraft:
    body: dict[str, object] = {**typed, "quote": {"exact": typed["quote"]}}
    return parse_report(json.dumps(body).encode(), is_lenient=False)


def _store(draft: ReportDraft) -> Receipt:
    submission = Submission(draft, _origin(), request.remote_addr, is_exempt=True)
    try:
        return reception().take(submission)
    except Conflict:
        # The reader went back, changed the text and sent it again: another report. Its id follows
        # from its body, so that sending this one twice still makes one.
        other = str(uuid.uuid5(uuid.UUID(draft.id), draft.body_hash()))
        again = draft.model_copy(update={"id": other})
        return reception().take(replace(submission, draft=again))


def _origin() -> str | None:
    """Return the Origin that the guard shall judge; None when our own form was sent.

    A privacy extension that suppresses the referrer makes it "null"; then only the browser itself
    can say where the form came from (Fetch Metadata, Sec-Fetch-Site).
    """
    origin = request.headers.get("Origin")
    if origin == origin_of(services().settings.server.base_url):
        return None
    if origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return None
    return origin


def _open_site(key: str) -> Site:
    """Return a site that takes reports and speak its language; raises as ``guard.refusal`` does."""
    with services().database.reading() as session:
        site = session.scalar(select(Site).where(Site.key == key))
    if site is None:
        raise NotFound
    use_language(site.language)
    if not site.is_on:
        raise Gone
    return site


def _problem(name: str, typed: dict[str, str]) -> str:
    """Say what to do about a field that was refused."""
    is_empty = not typed[name].strip()
    if name == "url":
        if is_empty:
            return _("Please give the address of the page.")
        return _("This is not the address of a web page.")
    if name == "quote":
        if is_empty:
            return _("Please copy the wrong words here.")
        return _("Please copy at most 1,000 characters.")
    if name == "reader_email":
        return _("This does not look like an e-mail address.")
    return _("Please write at most 2,000 characters.")


def _later(seconds: int) -> str:
    """Say when to try again, in minutes, rounded up."""
    minutes = max(1, math.ceil(seconds / 60))
    words = ngettext(
        "Too many reports came in. What you wrote is still here: please send it again in "
        "%(num)s minute.",
        "Too many reports came in. What you wrote is still here: please send it again in "
        "%(num)s minutes.",
        minutes,
    )
    return words % {"num": minutes}


@blueprint.errorhandler(CopydeskError)
def refuse(error: CopydeskError) -> Response:
    """Answer with a plain page where there is no form to go back to."""
    count_refusal(error)
    if isinstance(error, NotFound):
        words = _("We don't know this site"), _("The link that led here may be wrong or old.")
    elif isinstance(error, Gone):
        words = _("This site no longer takes reports"), _("Please write to the editors directly.")
    elif isinstance(error, NotAllowed):
        words = (
            _("This form was sent from another site"),
            _("Please go back to the article and open the form from there."),
        )
    else:
        words = _("The form could not be read"), _("Go back, reload the page and send it again.")
    title, detail = words
    page = render_template("error.html", status=error.status, title=title, detail=detail)
    return make_response(page, error.status)
