"""``/desk/``: what readers reported, newest first."""

from typing import Any

from flask import render_template, request, url_for
from flask import session as form_session
from sqlalchemy.orm import Session

from copydesk.desk.access import sites_of
from copydesk.desk.edge import blueprint, member
from copydesk.desk.forms import clean
from copydesk.desk.queries import (
    Filter,
    count_tabs,
    has_any,
    read_cursor,
    read_page,
)
from copydesk.desk.search import MOST_COUNTED
from copydesk.desk.shown import in_rows
from copydesk.desk.tabs import Tab
from copydesk.store.tables import Kind, Role, Site
from copydesk.web import gettext as _
from copydesk.web import services

MAX_SEARCH = 200


@blueprint.get("/")
def inbox() -> str:
    """Show one page of one tab."""
    access = member().access
    now = services().clock()
    with services().database.reading() as session:
        sites = sites_of(session, access)
        wanted = _filter(sites)
        page = read_page(
            session, access, wanted, after=read_cursor(request.args.get("after", "")), now=now
        )
        asked: dict[str, Any] = {
            "site": _key_of(sites, wanted.site_id),
            "kind": wanted.kind,
            "q": wanted.text or None,
        }
        here: dict[str, Any] = {**asked, "tab": wanted.tab if wanted.tab is not Tab.OPEN else None}
        return render_template(
            "desk/inbox.html",
            wanted=wanted,
            sites=sites,
            kinds=list(Kind),
            tabs=_tabs(session, wanted),
            rows=in_rows(session, page.errata),
            asked=asked,
            # Where a form leads back to: this very page of this very tab.
            here=request.full_path.rstrip("?"),
            newer=url_for("desk.inbox", **here) if request.args.get("after") else None,
            older=url_for("desk.inbox", **here, after=str(page.after)) if page.after else None,
            is_new=not page.errata and not has_any(session, access),
            ticked=form_session.pop("ticked", []),
            may_triage=access.may_somewhere(Role.EDITOR),
            base_url=services().settings.server.base_url,
        )


def _filter(sites: list[Site]) -> Filter:
    """Read the filters of the address; what is not one of ours is left out."""
    asked = request.args
    tab = asked.get("tab", "")
    kind = asked.get("kind", "")
    return Filter(
        tab=Tab(tab) if tab in set(Tab) else Tab.OPEN,
        site_id=next((site.id for site in sites if site.key == asked.get("site")), None),
        kind=Kind(kind) if kind in set(Kind) else None,
        text=clean(asked.get("q", ""), MAX_SEARCH).replace("\n", " "),
    )


def _key_of(sites: list[Site], site_id: int | None) -> str | None:
    return next((site.key for site in sites if site.id == site_id), None)


def _tabs(session: Session, wanted: Filter) -> list[tuple[Tab, str, int | str]]:
    labels = {
        Tab.OPEN: _("Open"),
        Tab.CONFIRMED: _("Confirmed"),
        Tab.CORRECTED: _("Corrected"),
        Tab.DECLINED: _("Not an error"),
        Tab.SPAM: _("Spam"),
        Tab.UNVERIFIED: _("Unverified"),
        Tab.SNOOZED: _("Snoozed"),
        Tab.ALL: _("All"),
    }
    counts = count_tabs(session, member().access, wanted, now=services().clock())
    is_cut = bool(wanted.text) and counts[Tab.ALL] >= MOST_COUNTED
    return [(tab, labels[tab], f"{counts[tab]}+" if is_cut else counts[tab]) for tab in Tab]
