"""Editors: who signs in, with which role where, and the link that signs them in once."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.desk.access import sites_of
from copydesk.desk.edge import blueprint, member, require_somewhere, say
from copydesk.desk.forms import MAX_ROW_ID, DeskForm
from copydesk.desk.sessions import end_all
from copydesk.desk.sign_in import make_link
from copydesk.errors import Conflict, NotAllowed, NotFound
from copydesk.store.tables import Editor, EditorRole, Role
from copydesk.web import gettext as _
from copydesk.web import services

EVERYWHERE = "role-everywhere"


@blueprint.get("/people/editors/new")
def new_editor() -> str:
    """Show the empty form."""
    require_somewhere(Role.ADMIN)
    with services().database.reading() as session:
        return _page(session, Editor(address="", name="", is_active=True))


@blueprint.post("/people/editors/new")
def add_editor() -> ResponseReturnValue:
    """Add an editor and show, once, the link that lets them in to choose a password."""
    require_somewhere(Role.ADMIN)
    form = DeskForm(request.form)
    now = services().clock()
    with services().database.transaction() as session:
        editor = Editor(
            address=form.address("address").lower(),
            name=form.text("name", 200),
            password_hash="",
            language=form.language("language"),
            is_active=True,
            created_at=now,
        )
        known = session.scalar(select(Editor.id).where(Editor.address == editor.address))
        if known is not None:
            form.mistakes["address"] = _("There is an editor with this address already.")
        roles = _roles_asked(session, form)
        if not any(roles.values()):
            form.mistakes["roles"] = _("Give at least one role.")
        if not form:
            return _page(session, editor, form.mistakes), 422
        session.add(editor)
        _set_roles(editor, roles)
        session.flush()
        return _show_link(editor, make_link(session, editor, now=now))


@blueprint.get(f"/people/editors/<int(max={MAX_ROW_ID}):editor_id>")
def editor(editor_id: int) -> str:
    """Show an editor's form."""
    with services().database.reading() as session:
        return _page(session, _find(session, editor_id))


@blueprint.post(f"/people/editors/<int(max={MAX_ROW_ID}):editor_id>")
def change_editor(editor_id: int) -> ResponseReturnValue:
    """Change roles, and what else is in the member's hands."""
    form = DeskForm(request.form)
    with services().database.transaction() as session:
        found = _find(session, editor_id)
        if found.id == member().editor_id:
            # Nobody can lock themselves, and with them perhaps everybody, out.
            raise Conflict("Ask another admin to change your own roles.")
        _set_roles(found, _roles_asked(session, form))
        if _is_wholly_mine(found):
            found.name = form.text("name", 200)
            found.language = form.language("language")
            found.is_active = form.ticked("is_active")
            if not found.is_active:
                end_all(session, found.id)
    say(_("Saved."))
    return redirect(url_for("desk.people"), code=303)


@blueprint.post(f"/people/editors/<int(max={MAX_ROW_ID}):editor_id>/link")
def editor_link(editor_id: int) -> ResponseReturnValue:
    """Show, once, a link that signs the editor in: for a forgotten password."""
    with services().database.transaction() as session:
        found = _find(session, editor_id)
        if not _is_wholly_mine(found):
            raise NotAllowed
        return _show_link(found, make_link(session, found, now=services().clock()))


def _find(session: Session, editor_id: int) -> Editor:
    require_somewhere(Role.ADMIN)
    found = session.get(Editor, editor_id)
    access = member().access
    if found is None:
        raise NotFound
    shared = any(
        row.site_id is not None and access.may(Role.ADMIN, row.site_id) for row in found.roles
    )
    if not shared and not access.may(Role.ADMIN):
        raise NotFound
    return found


def _is_wholly_mine(editor: Editor) -> bool:
    """Say whether the member administers every site where the editor has a role.

    A link signs in with all of the editor's roles: a site's admin must not become everybody's.
    """
    access = member().access
    return all(access.may(Role.ADMIN, row.site_id) for row in editor.roles)


def _roles_asked(session: Session, form: DeskForm) -> dict[int | None, Role | None]:
    """Read the roles at the sites that the member administers, and at no other."""
    asked: dict[int | None, Role | None] = {}
    for site in sites_of(session, member().access, Role.ADMIN):
        asked[site.id] = _role(form.text(f"role-{site.id}", 16))
    if member().access.may(Role.ADMIN):
        asked[None] = _role(form.text(EVERYWHERE, 16))
    return asked


def _role(value: str) -> Role | None:
    return Role(value) if value in set(Role) else None


def _set_roles(editor: Editor, asked: dict[int | None, Role | None]) -> None:
    held = {row.site_id: row for row in editor.roles}
    for site_id, role in asked.items():
        row = held.get(site_id)
        if role is None:
            if row is not None:
                editor.roles.remove(row)
        elif row is not None:
            row.role = role
        else:
            editor.roles.append(EditorRole(site_id=site_id, role=role))


def _page(session: Session, found: Editor, mistakes: dict[str, str] | None = None) -> str:
    return render_template(
        "desk/editor.html",
        editor=found,
        held={row.site_id: row.role for row in found.roles},
        sites=sites_of(session, member().access, Role.ADMIN),
        may_everywhere=member().access.may(Role.ADMIN),
        is_self=found.id == member().editor_id,
        is_wholly_mine=_is_wholly_mine(found),
        mistakes=mistakes or {},
    )


def _show_link(editor: Editor, token: str) -> str:
    base_url = services().settings.server.base_url
    return render_template(
        "desk/editor_link.html",
        editor=editor,
        link=base_url + url_for("desk.enter", token=token),
    )
