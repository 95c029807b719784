"""What every page and answer has in common: services, language, headers, errors.

API errors leave as ``application/problem+json`` (RFC 9457); people get a page. Neither repeats
what was sent, and neither shows a trace.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadHost, HTTPException

from copydesk import metrics
from copydesk.clock import Clock
from copydesk.errata.quote import Quote
from copydesk.errors import CopydeskError, Invalid, NotFound, Unavailable
from copydesk.i18n import accepted_languages, pick_language, translations
from copydesk.settings import Settings
from copydesk.store.database import DATABASE_AWAY, Database
from copydesk.store.tables import Site
from copydesk.store.write_probe import WriteProbe
from copydesk.tokens import Signer

log = structlog.get_logger(__name__)

EXTENSION = "copydesk"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
TAKING_REPORTS = frozenset({"intake", "report_form"})
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}

# Nothing inline, nothing from elsewhere, no string ever becomes markup (Trusted Types).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
TWO_YEARS = "max-age=63072000; includeSubDomains; preload"


class PageTrier(Protocol):
    """Reads a page of a site on trial and returns what a template shows of it."""

    def __call__(self, site: Site, url: str, quote: Quote | None = None) -> object:
        """Read ``url`` by the site's rules and look for ``quote`` on it.

        Takes as long as the fetcher's deadline.
        """


@dataclass(frozen=True)
class WebServices:
    """What a request may use."""

    settings: Settings
    database: Database
    signer: Signer
    clock: Clock
    try_page: PageTrier
    probe: WriteProbe


def services() -> WebServices:
    """Return the services of the app that answers this request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, WebServices)
    return found


def language() -> str:
    """Return the language of this answer: chosen by the page, else by the browser."""
    if "language" not in g:
        g.language = pick_language(*accepted_languages(request.accept_languages))
    return str(g.language)


def use_language(*wishes: str | None) -> None:
    """Answer in the first of ``wishes`` that we speak, else in the browser's language."""
    g.language = pick_language(*wishes, *accepted_languages(request.accept_languages))


def gettext(message: str) -> str:
    """Translate ``message`` into the language of this answer."""
    return translations(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a counted message into the language of this answer."""
    return translations(language()).ngettext(singular, plural, count)


def count_refusal(error: CopydeskError) -> None:
    """Count the report of this request as one that was not taken; to show a form is no report."""
    if request.blueprint in TAKING_REPORTS and request.method == "POST":
        metrics.refusals.labels(error.slug).inc()


def init_web(app: Flask, web_services: WebServices) -> None:
    """Give ``app`` its services, translations, security headers and error answers."""
    app.extensions[EXTENSION] = web_services
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True
    )
    app.jinja_env.globals["language"] = language
    app.before_request(_start_watch)
    app.before_request(_refuse_nul)
    app.after_request(_add_security_headers)
    app.after_request(_observe)
    app.register_error_handler(CopydeskError, _answer_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(CSRFError, _answer_stale_form)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _answer_unavailable)
    app.register_error_handler(Exception, _answer_unforeseen)


def _start_watch() -> None:
    g.started = time.perf_counter()


def _observe(response: Response) -> Response:
    # The rule and not the path: paths hold tokens, and there is no end of them. Nor of methods.
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    metrics.requests.labels(method, route, f"{response.status_code // 100}xx").observe(seconds)
    return response


def _refuse_nul() -> None:
    """Refuse what PostgreSQL can't even compare with: a NUL in an address or a form."""
    if "\x00" in request.path:
        raise NotFound
    if request.query_string and any("\x00" in value for value in _values(request.args)):
        raise NotFound
    # Only a form: touching the body of a report here would lift its own, lower limit.
    if request.mimetype in FORMS and any("\x00" in value for value in _values(request.form)):
        raise Invalid("The form holds a character that can't be stored.")


def _values(fields: MultiDict[str, str]) -> Iterator[str]:
    for name, value in fields.items(multi=True):
        yield name
        yield value


def _add_security_headers(response: Response) -> Response:
    # Not by setdefault: it walks through all headers for each one.
    present = {name.lower() for name, _ in response.headers}
    for name, value in SECURITY_HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if services().settings.server.secure:
        response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    return response


def _answer_error(error: CopydeskError) -> Response:
    count_refusal(error)
    if isinstance(error, Unavailable) and error.__cause__ is not None:
        # The store's doing; that we shed load is counted, and no event each.
        cause = type(error.__cause__).__name__
        log.error("request.put_off", error=cause, endpoint=request.endpoint)
    return _answer(
        status=error.status,
        slug=error.slug,
        title=error.title,
        detail=error.detail,
        errors=[{"field": item.field, "message": item.message} for item in error.errors],
        retry_after=error.retry_after,
        members=error.members,
    )


def _answer_http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, BadHost):
        # Without a host there are no links, and the page of an error has some.
        return Response("The Host header is no host.\n", status=400, mimetype="text/plain")
    status = error.code or 500
    if status < 400:
        return error  # a redirect of the router is an answer, not an error
    title = error.name
    slug = title.lower().replace(" ", "-")
    response = _answer(status=status, slug=slug, title=title, detail="")
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
    return response


def _answer_stale_form(error: CSRFError) -> Response:
    del error
    return _answer(
        status=400,
        slug="stale-form",
        title=gettext("This form is out of date"),
        detail=gettext("Go back, reload the page and send it again."),
    )


def _answer_unavailable(error: Exception) -> Response:
    log.error("database.unavailable", error=type(error).__name__)
    return _answer_error(Unavailable(retry_after=5))


def _answer_unforeseen(error: Exception) -> Response:
    log.error("request.crashed", exc_info=error, endpoint=request.endpoint)
    return _answer_error(CopydeskError())


def _answer(
    *,
    status: int,
    slug: str,
    title: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    retry_after: int | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    if request.path.startswith("/api/"):
        problem: dict[str, Any] = {
            "type": f"{services().settings.server.base_url}/problems/{slug}",
            "title": title,
            "status": status,
            "detail": detail,
            "errors": errors or [],
            **(members or {}),
        }
        response = jsonify(problem)
        response.mimetype = "application/problem+json"
    else:
        response = Response(
            render_template("error.html", status=status, title=title, detail=detail)
        )
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
