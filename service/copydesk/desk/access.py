"""What a signed-in person may see and do: roles per site, each including the ones below it.

Author: sees the site's errata, confirms, says "corrected", leaves notes. Editor: every action and
the deliveries. Admin: people and sites as well. A role without a site holds for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from copydesk.errors import NotAllowed, NotFound
from copydesk.store.tables import EditorRole, Role, Site

_RANK = {Role.AUTHOR: 1, Role.EDITOR: 2, Role.ADMIN: 3}


@dataclass(frozen=True)
class Access:
    """The roles of one editor."""

    everywhere: Role | None = None
    by_site: dict[int, Role] = field(default_factory=dict)

    def role_at(self, site_id: int) -> Role | None:
        """Return the strongest role at a site, None when the site is not theirs."""
        roles = [role for role in (self.everywhere, self.by_site.get(site_id)) if role is not None]
        return max(roles, key=_RANK.__getitem__, default=None)

    def may(self, role: Role, site_id: int | None = None) -> bool:
        """Say whether they hold at least ``role`` there; without a site: at all sites alike."""
        held = self.everywhere if site_id is None else self.role_at(site_id)
        return held is not None and _RANK[held] >= _RANK[role]

    def may_somewhere(self, role: Role) -> bool:
        """Say whether they hold at least ``role`` at one site or all."""
        return self.may(role) or any(self.may(role, site_id) for site_id in self.by_site)

    def sites(self, column: InstrumentedAttribute[int], role: Role) -> ColumnElement[bool]:
        """Return the condition that keeps a query within the sites where they hold ``role``."""
        if self.may(role):
            return true()
        allowed = [site_id for site_id in self.by_site if self.may(role, site_id)]
        return column.in_(allowed) if allowed else false()

    def require(self, role: Role, site_id: int) -> None:
        """Raise ``NotFound`` for another's site, ``NotAllowed`` when the role is too low."""
        if self.role_at(site_id) is None:
            raise NotFound
        if not self.may(role, site_id):
            raise NotAllowed


def access_of(roles: Iterable[EditorRole]) -> Access:
    """Return the access that role rows give."""
    everywhere: Role | None = None
    by_site: dict[int, Role] = {}
    for row in roles:
        if row.site_id is None:
            everywhere = row.role
        else:
            by_site[row.site_id] = row.role
    return Access(everywhere, by_site)


def sites_of(session: Session, access: Access, role: Role = Role.AUTHOR) -> list[Site]:
    """Return the sites where the person holds at least ``role``, by name."""
    return list(
        session.scalars(select(Site).where(access.sites(Site.id, role)).order_by(Site.name))
    )
