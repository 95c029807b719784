"""``/desk/sites``: where reports may come from, and the tag to put on the pages."""

import re
import zoneinfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from copydesk.desk.access import sites_of
from copydesk.desk.edge import blueprint, member, require_somewhere, say
from copydesk.desk.find import find_site
from copydesk.desk.forms import DeskForm
from copydesk.errors import NotAllowed
from copydesk.store.tables import Role, Site
from copydesk.urls import host_of, origin_of
from copydesk.web import gettext as _
from copydesk.web import services

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@blueprint.get("/sites")
def sites() -> str:
    """List the sites that the member administers."""
    require_somewhere(Role.ADMIN)
    with services().database.reading() as session:
        found = sites_of(session, member().access, Role.ADMIN)
        return render_template(
            "desk/sites.html", sites=found, may_add=member().access.may(Role.ADMIN)
        )


@blueprint.get("/sites/new")
def new_site() -> str:
    """Show the empty form."""
    _require_everywhere()
    return _page(Site(key="", name="", hosts=[], origins=[], language="en", time_zone="UTC"))


@blueprint.post("/sites/new")
def add_site() -> ResponseReturnValue:
    """Add a site: for an admin of all sites."""
    _require_everywhere()
    form = DeskForm(request.form)
    key = form.text("key", 64, required=True)
    if key and (not _KEY.fullmatch(key) or key == "new"):
        form.mistakes["key"] = _("Use a-z, 0-9 and hyphens.")
    with services().database.transaction() as session:
        site = Site(key=key, created_at=services().clock(), is_on=True)
        if session.scalar(select(Site.id).where(Site.key == key)) is not None:
            form.mistakes["key"] = _("There is a site with this key already.")
        _read(form, site)
        if not form:
            return _page(site, form.mistakes), 422
        session.add(site)
    say(_("Added. Put the tag on its pages."))
    return redirect(url_for("desk.site", site_key=key), code=303)


@blueprint.get("/sites/<site_key>")
def site(site_key: str) -> str:
    """Show a site's form and its tag."""
    with services().database.reading() as session:
        return _page(find_site(session, site_key))


@blueprint.post("/sites/<site_key>")
def change_site(site_key: str) -> ResponseReturnValue:
    """Change a site; its key stays, because it stands in pages."""
    form = DeskForm(request.form)
    with services().database.transaction() as session:
        found = find_site(session, site_key)
        with session.no_autoflush:
            _read(form, found)
            if not form:
                page = _page(found, form.mistakes)
                session.expunge_all()  # what was wrong is shown again and never kept
                return page, 422
    say(_("Saved."))
    return redirect(url_for("desk.site", site_key=site_key), code=303)


@blueprint.post("/sites/<site_key>/switch")
def switch_site(site_key: str) -> ResponseReturnValue:
    """Switch a site on or off: off, it takes no reports; nothing is deleted."""
    with services().database.transaction() as session:
        found = find_site(session, site_key)
        found.is_on = request.form.get("on") == "1"
        is_on = found.is_on
    say(_("The site takes reports.") if is_on else _("The site takes no reports any more."))
    return redirect(url_for("desk.site", site_key=site_key), code=303)


def _require_everywhere() -> None:
    if not member().access.may(Role.ADMIN):
        raise NotAllowed


def _read(form: DeskForm, found: Site) -> None:
    found.name = form.text("name", 200, required=True)
    hosts = form.lines("hosts", 255, required=True)
    origins = form.lines("origins", 255)
    found.hosts = form.checked("hosts", hosts, lambda host: host_of(f"http://{host}"))
    asked = origins or [f"https://{host}" for host in found.hosts]
    found.origins = form.checked("origins", asked, origin_of)
    found.language = form.language("language") or "en"
    found.time_zone = form.text("time_zone", 64) or "UTC"
    if found.time_zone not in zoneinfo.available_timezones():
        form.mistakes["time_zone"] = _("There is no such time zone.")
    found.byline_selector = form.text("byline_selector", 300)
    found.article_selector = form.text("article_selector", 300)
    found.thanks = form.text("thanks", 600)
    found.edit_url_template = form.text("edit_url_template", 500)
    if found.edit_url_template and not found.edit_url_template.startswith(("https://", "http://")):
        form.mistakes["edit_url_template"] = _("Start with https:// or http://.")


def _page(found: Site, mistakes: dict[str, str] | None = None) -> str:
    return render_template(
        "desk/site.html",
        site=found,
        is_new=found.id is None,
        base_url=services().settings.server.base_url,
        mistakes=mistakes or {},
    )
