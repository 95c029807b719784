"""The form for a desk: a mailbox of the newsroom and the sections it answers for."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from copydesk.desk.edge import blueprint, say
from copydesk.desk.find import find_desk, find_site
from copydesk.desk.forms import MAX_ROW_ID, DeskForm
from copydesk.store.tables import Desk, Site
from copydesk.web import gettext as _
from copydesk.web import services


@blueprint.get("/people/desks/new/<site_key>")
def new_desk(site_key: str) -> str:
    """Show the empty form."""
    with services().database.reading() as session:
        site = find_site(session, site_key)
        return _page(site, Desk(section_patterns=[], is_notified=True))


@blueprint.post("/people/desks/new/<site_key>")
def add_desk(site_key: str) -> ResponseReturnValue:
    """Add a desk."""
    with services().database.transaction() as session:
        site = find_site(session, site_key)
        return _save(session, site, Desk(site_id=site.id))


@blueprint.get(f"/people/desks/<int(max={MAX_ROW_ID}):desk_id>")
def desk(desk_id: int) -> str:
    """Show a desk's form."""
    with services().database.reading() as session:
        found = find_desk(session, desk_id)
        return _page(found.site, found)


@blueprint.post(f"/people/desks/<int(max={MAX_ROW_ID}):desk_id>")
def change_desk(desk_id: int) -> ResponseReturnValue:
    """Change a desk."""
    with services().database.transaction() as session:
        found = find_desk(session, desk_id)
        return _save(session, found.site, found)


def _save(session: Session, site: Site, found: Desk) -> ResponseReturnValue:
    form = DeskForm(request.form)
    with session.no_autoflush:
        found.name = form.text("name", 200)
        found.section_patterns = form.lines("section_patterns", 200)
        found.address = form.address("address")
        found.language = form.language("language")
        found.is_notified = form.ticked("is_notified")
        if not form:
            page = _page(site, found, form.mistakes)
            session.expunge_all()  # what was wrong is shown again and never kept
            return page, 422
    session.add(found)
    say(_("Saved."))
    return redirect(url_for("desk.people"), code=303)


def _page(site: Site, found: Desk, mistakes: dict[str, str] | None = None) -> str:
    return render_template("desk/desk.html", site=site, desk=found, mistakes=mistakes or {})
