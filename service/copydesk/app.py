"""The web application: the one place where all rooms are put together."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, Request, redirect, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from copydesk import desk, health, openapi
from copydesk.intake import challenge, reader_page, report_form, routes, spots, widget_files
from copydesk.intake.reception import open_reception
from copydesk.notify import answers
from copydesk.packed_files import sender
from copydesk.proxies import TrustedProxies
from copydesk.services import Services
from copydesk.store.write_probe import WriteProbe
from copydesk.web import WebServices, init_web


class _SentSession(SecureCookieSessionInterface):
    """Makes no signer for a request without our cookie, such as a report: a tenth of its time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        has_cookies = "HTTP_COOKIE" in request.environ  # most requests have none to be read
        if has_cookies and request.cookies.get(self.get_cookie_name(app)):
            return super().open_session(app, request)
        return self.session_class()


def create_app(services: Services) -> Flask:
    """Return the WSGI application over ``services``; touches neither network nor database."""
    server = services.settings.server
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=server.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[key.get_secret_value() for key in server.secret_key_fallbacks],
        # Flask's own cookie carries only the form token and one-time notices; who is signed in
        # stands in the session table. The prefix __Host- needs Secure, so plain http goes without.
        SESSION_COOKIE_NAME="__Host-copydesk-form" if server.secure else "copydesk-form",
        SESSION_COOKIE_SECURE=server.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        # A form left open over the weekend must still work on Monday: the token lives as long as
        # the session it is bound to.
        WTF_CSRF_TIME_LIMIT=None,
        # That check wants a Referer, which our own no-referrer policy suppresses; the desk checks
        # Sec-Fetch-Site instead.
        WTF_CSRF_SSL_STRICT=False,
        # Of any form; the report endpoint has its own, lower limit.
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    app.session_interface = _SentSession()
    app.send_static_file = sender(  # type: ignore[method-assign,assignment]  # packed, and once
        Path(__file__).resolve().parent / "static"
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    web = WebServices(
        services.settings,
        services.database,
        services.signer,
        services.clock,
        services.try_page,
        WriteProbe(services.database),
    )
    init_web(app, web)
    open_reception(app, web)
    csrf = CSRFProtect(app)
    # Reports carry no cookie, and an answer link is its own authority: there is nothing to forge.
    csrf.exempt(routes.blueprint)
    csrf.exempt(report_form.blueprint)
    csrf.exempt(answers.blueprint)
    routes.allow_any_origin(app)
    for blueprint in (
        routes.blueprint,
        report_form.blueprint,
        challenge.blueprint,
        spots.blueprint,
        widget_files.blueprint,
        reader_page.blueprint,
        answers.blueprint,
        desk.blueprint,
        health.blueprint,
        openapi.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", _home)
    if server.trusted_proxies:
        app.wsgi_app = TrustedProxies(  # type: ignore[method-assign]  # the way Flask documents it
            app.wsgi_app, server.trusted_proxies
        )
    return app


def _home() -> ResponseReturnValue:
    return redirect(url_for("desk.inbox"), code=302)
