"""The newspaper's pages: strict about what they load, relaxed about who may edit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from copydesk.clock import Clock, rfc3339, utc_now
from copydesk.demo.newspaper.edition import Edition, NotPrintable, Printed
from copydesk.demo.newspaper.markup import parse
from copydesk.demo.newspaper.papers import Newspaper, newspapers
from copydesk.urls import origin_of

EXTENSION = "newspaper"
MAX_FORM_BYTES = 256 * 1024

blueprint = Blueprint("newspaper", __name__)


def create_newspaper(
    *,
    service_url: str,
    site_keys: Mapping[str, str],
    edition: Edition | None = None,
    clock: Clock = utc_now,
) -> Flask:
    """Return the newspaper; its pages load the widget from ``service_url`` and nothing else.

    ``site_keys``: from a newspaper's id (``chayka``, ``lantern``) to its site key. ``edition``:
    the articles, shared with whoever wants to mend them directly. Anybody who reaches it can edit:
    it is for loopback only.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    app.extensions[EXTENSION] = edition or Edition(clock=clock)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["runs"] = parse
    app.jinja_env.filters["rfc3339"] = rfc3339
    app.jinja_env.globals |= {
        "service_url": service_url.rstrip("/"),
        "site_keys": dict(site_keys),
        "in_words": _in_words,
    }
    app.register_blueprint(blueprint)
    policy = _content_security_policy(service_url)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        if response.mimetype == "text/html":
            # An edited article must be seen at once, but an unchanged one need not travel again.
            response.headers["Cache-Control"] = "no-cache"
            if response.status_code == 200:
                response.add_etag()
                response.make_conditional(request)
        return response

    return app


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show both titles side by side."""
    papers = [(paper, _edition().all_of(paper.id)) for paper in newspapers().values()]
    return render_template("newspaper/index.html", papers=papers)


@blueprint.get("/edit")
def find_editor() -> ResponseReturnValue:
    """Lead from an article's address (``?article=``) to its form, as a newsroom's system does."""
    parts = urlsplit(request.args.get("article", "")).path.strip("/").split("/")
    if len(parts) != 3:  # newspaper, section, article
        abort(404)
    _, printed = _found(*parts)
    return redirect(_address(printed, endpoint=".edit"))


@blueprint.get("/<paper_id>/")
def front_page(paper_id: str) -> ResponseReturnValue:
    """Show one newspaper's front page."""
    paper = _paper(paper_id)
    lead, *others = _edition().all_of(paper.id)
    return render_template("newspaper/front.html", paper=paper, lead=lead, others=others)


@blueprint.get("/<paper_id>/<section>/<slug>")
def article(paper_id: str, section: str, slug: str) -> ResponseReturnValue:
    """Show an article; ``?done=saved`` or ``restored`` adds a word about the edit just made."""
    paper, printed = _found(paper_id, section, slug)
    others = [item for item in _edition().all_of(paper.id) if item.article.slug != slug]
    done = request.args.get("done", "")
    return render_template(
        "newspaper/article.html",
        paper=paper,
        printed=printed,
        article=printed.article,
        address=_address(printed, _external=True),
        json_ld=_json_ld(paper, printed),
        others=others[:4],
        done=done if done in {"saved", "restored"} else "",
    )


@blueprint.get("/<paper_id>/<section>/<slug>/edit")
def edit(paper_id: str, section: str, slug: str) -> ResponseReturnValue:
    """Show the form: one field a paragraph, in its source markup."""
    paper, printed = _found(paper_id, section, slug)
    return render_template("newspaper/edit.html", paper=paper, article=printed.article)


@blueprint.post("/<paper_id>/<section>/<slug>/edit")
def save(paper_id: str, section: str, slug: str) -> ResponseReturnValue:
    """Publish what was typed; 422 when there is nothing to print."""
    _, printed = _found(paper_id, section, slug)
    _only_from_here()
    try:
        _edition().save(
            paper_id,
            slug,
            title=request.form.get("title", ""),
            paragraphs=request.form.getlist("paragraph"),
        )
    except NotPrintable:
        abort(422)
    return redirect(_address(printed, done="saved"), code=303)


@blueprint.post("/<paper_id>/<section>/<slug>/restore")
def restore(paper_id: str, section: str, slug: str) -> ResponseReturnValue:
    """Bring the article back as it was first printed."""
    _, printed = _found(paper_id, section, slug)
    _only_from_here()
    _edition().restore(paper_id, slug)
    return redirect(_address(printed, done="restored"), code=303)


def _edition() -> Edition:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Edition)
    return found


def _paper(paper_id: str) -> Newspaper:
    return newspapers().get(paper_id) or abort(404)


def _found(paper_id: str, section: str, slug: str) -> tuple[Newspaper, Printed]:
    paper = _paper(paper_id)
    try:
        printed = _edition().get(paper_id, slug)
    except KeyError:
        abort(404)
    if printed.article.section_slug != section:
        abort(404)
    return paper, printed


def _only_from_here() -> None:
    """Refuse a form that another site posts; there is no sign-in that a token could protect."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)


def _address(printed: Printed, *, endpoint: str = ".article", **more: Any) -> str:
    article = printed.article
    return url_for(
        endpoint,
        paper_id=article.paper,
        section=article.section_slug,
        slug=article.slug,
        **more,
    )


def _content_security_policy(service_url: str) -> str:
    service = origin_of(service_url)
    return (
        f"default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _in_words(moment: datetime, paper: Newspaper) -> str:
    """Write a date as the newspaper does: ``3 марта 2026``, ``3 March 2026``."""
    return f"{moment.day} {paper.words['months'][moment.month - 1]} {moment.year}"


def _json_ld(paper: Newspaper, printed: Printed) -> dict[str, Any]:
    """Return schema.org's NewsArticle, for pages whose byline stands there."""
    people = [{"@type": "Person", "name": name} for name in printed.article.authors]
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": printed.article.title,
        "inLanguage": paper.language,
        "articleSection": printed.article.section,
        "datePublished": rfc3339(printed.published_at),
        "dateModified": rfc3339(printed.amended_at or printed.published_at),
        "author": people[0] if len(people) == 1 else people,
        "publisher": {"@type": "NewsMediaOrganization", "name": paper.name},
    }
