"""``/desk/sites/<key>/page``: what the service finds on a page of the site, and by which rule."""

from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from copydesk.desk.edge import blueprint
from copydesk.desk.find import find_site
from copydesk.desk.forms import DeskForm
from copydesk.errata.quote import Quote
from copydesk.store.tables import Site
from copydesk.urls import MAX_URL, host_of
from copydesk.web import gettext as _
from copydesk.web import services

FIRST_WITHOUT_SPACES = "\u2e80"
"""Where the scripts of Unicode begin that put no spaces between words (CJK radicals)."""
WORDS = {"exact": 1000, "prefix": 300, "suffix": 300}
"""The fields of words to look for, with their limits in characters: those of a report."""


@blueprint.get("/sites/<site_key>/page")
def try_page(site_key: str) -> str:
    """Show the form."""
    return _page(_site(site_key))


@blueprint.post("/sites/<site_key>/page")
def show_page(site_key: str) -> ResponseReturnValue:
    """Read the page and show what was found; nothing is kept.

    A form that is sent, not an address with a parameter: whoever makes an admin's browser follow a
    link must not make the service fetch. Only hosts of the site are asked for, and the one guarded
    fetcher asks. No transaction is open meanwhile.
    """
    site = _site(site_key)
    form = DeskForm(request.form)
    url = form.text("url", MAX_URL, required=True)
    if url and not _is_of(url, site):
        form.mistakes["url"] = _("This is not an address on one of the site's hosts.")
    exact, before, after = (form.text(name, limit) for name, limit in WORDS.items())
    words = Quote(exact, before, after)
    if not form:
        return _page(site, url, words, mistakes=form.mistakes), 422
    trial = services().try_page(site, url, _apart(words) if exact else None)
    return _page(site, url, words, trial=trial)


def _apart(words: Quote) -> Quote:
    """Put the spaces back that nobody types at the end of a field; Chinese has none."""
    before, after = words.prefix, words.suffix
    if _touch(before[-1:], words.exact[:1]):
        before += " "
    if _touch(words.exact[-1:], after[:1]):
        after = f" {after}"
    return replace(words, prefix=before, suffix=after)


def _touch(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum() and max(one, other) < FIRST_WITHOUT_SPACES


def _site(site_key: str) -> Site:
    with services().database.reading() as session:
        return find_site(session, site_key)


def _is_of(url: str, site: Site) -> bool:
    try:
        return host_of(url) in site.hosts
    except ValueError:
        return False


def _page(
    site: Site,
    url: str = "",
    words: Quote | None = None,
    *,
    mistakes: dict[str, str] | None = None,
    trial: object = None,
) -> str:
    return render_template(
        "desk/page_trial.html",
        site=site,
        url=url,
        words=words or Quote(""),
        mistakes=mistakes or {},
        trial=trial,
    )
