"""``/desk/people``: authors, desks and editors of a site; the form for an author."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.desk.access import sites_of
from copydesk.desk.edge import blueprint, member, require_somewhere, say
from copydesk.desk.find import find_author, find_site
from copydesk.desk.forms import MAX_ROW_ID, DeskForm
from copydesk.store.tables import Author, Desk, Editor, Role, Site
from copydesk.web import gettext as _
from copydesk.web import services


@blueprint.get("/people")
def people() -> str:
    """List the people of every site that the member administers."""
    require_somewhere(Role.ADMIN)
    access = member().access
    with services().database.reading() as session:
        sites = sites_of(session, access, Role.ADMIN)
        authors = session.scalars(
            select(Author).where(access.sites(Author.site_id, Role.ADMIN)).order_by(Author.name)
        ).all()
        desks = session.scalars(
            select(Desk).where(access.sites(Desk.site_id, Role.ADMIN)).order_by(Desk.name, Desk.id)
        ).all()
        groups = [
            (
                site,
                [one for one in authors if one.site_id == site.id],
                [one for one in desks if one.site_id == site.id],
            )
            for site in sites
        ]
        return render_template(
            "desk/people.html", groups=groups, editors=_editors(session), site_names=_names(sites)
        )


@blueprint.get("/people/authors/new/<site_key>")
def new_author(site_key: str) -> str:
    """Show the empty form."""
    with services().database.reading() as session:
        site = find_site(session, site_key)
        return _author_page(session, site, Author(name_variants=[], is_notified=True))


@blueprint.post("/people/authors/new/<site_key>")
def add_author(site_key: str) -> ResponseReturnValue:
    """Add an author."""
    with services().database.transaction() as session:
        site = find_site(session, site_key)
        author = Author(site_id=site.id, name_variants=[], is_notified=True)
        return _save_author(session, site, author)


@blueprint.get(f"/people/authors/<int(max={MAX_ROW_ID}):author_id>")
def author(author_id: int) -> str:
    """Show an author's form."""
    with services().database.reading() as session:
        found = find_author(session, author_id)
        return _author_page(session, found.site, found)


@blueprint.post(f"/people/authors/<int(max={MAX_ROW_ID}):author_id>")
def change_author(author_id: int) -> ResponseReturnValue:
    """Change an author."""
    with services().database.transaction() as session:
        found = find_author(session, author_id)
        return _save_author(session, found.site, found)


def _save_author(session: Session, site: Site, author: Author) -> ResponseReturnValue:
    form = DeskForm(request.form)
    with session.no_autoflush:
        author.name = form.text("name", 200, required=True)
        author.name_variants = form.lines("name_variants", 200)
        author.address = form.address("address")
        author.language = form.language("language")
        author.is_notified = form.ticked("is_notified")
        author.absent_until = _end_of_day(form, "absent_until", site)
        author.deputy_id = _deputy(session, form, site, author)
        if not form:
            page = _author_page(session, site, author, form.mistakes)
            session.expunge_all()  # what was wrong is shown again and never kept
            return page, 422
    session.add(author)
    say(_("Saved."))
    return redirect(url_for("desk.people"), code=303)


def _author_page(
    session: Session, site: Site, author: Author, mistakes: dict[str, str] | None = None
) -> str:
    others = session.scalars(select(Author).where(Author.site_id == site.id).order_by(Author.name))
    away = author.absent_until
    return render_template(
        "desk/author.html",
        site=site,
        author=author,
        others=[one for one in others if one.id != author.id],
        absent_until=f"{(away.astimezone(_zone(site)) - timedelta(seconds=1)):%Y-%m-%d}"
        if away
        else "",
        mistakes=mistakes or {},
    )


def _end_of_day(form: DeskForm, name: str, site: Site) -> datetime | None:
    """Read the last day of an absence as the midnight after it, in the site's time zone."""
    value = form.text(name, 10)
    if not value:
        return None
    try:
        day = datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a calendar day has no zone
        return datetime.combine(day.date() + timedelta(days=1), time(), _zone(site))
    except (ValueError, OverflowError):
        form.mistakes[name] = _("This is not a day.")
        return None


def _zone(site: Site) -> ZoneInfo:
    try:
        return ZoneInfo(site.time_zone)
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def _deputy(session: Session, form: DeskForm, site: Site, author: Author) -> int | None:
    wanted = form.row_id("deputy")
    if wanted is None:
        return None
    deputy = session.get(Author, wanted)
    if deputy is None or deputy.site_id != site.id or deputy.id == author.id:
        form.mistakes["deputy"] = _("Choose another author of this site.")
        return None
    return deputy.id


def _editors(session: Session) -> list[Editor]:
    """Return the editors who share one of the member's sites."""
    access = member().access
    every = session.scalars(select(Editor).order_by(Editor.name, Editor.address))
    if access.may(Role.ADMIN):
        return list(every)
    return [
        editor
        for editor in every
        if any(
            row.site_id is not None and access.may(Role.ADMIN, row.site_id) for row in editor.roles
        )
    ]


def _names(sites: list[Site]) -> dict[int, str]:
    return {site.id: site.name for site in sites}
