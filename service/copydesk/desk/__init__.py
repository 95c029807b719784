"""Where editors work: the inbox, errata, articles, people, sites and deliveries.

Server-rendered pages that do everything without JavaScript; the small modules in ``static/`` only
save clicks. Each page module registers its routes on the one blueprint.
"""

from copydesk.desk import (
    actions,
    article_page,
    bulk,
    delivery_pages,
    desk_forms,
    editor_pages,
    erratum_page,
    inbox,
    me_page,
    page_trial,
    people_pages,
    problems,
    sign_in_pages,
    site_pages,
)
from copydesk.desk.edge import blueprint

__all__ = [
    "actions",
    "article_page",
    "blueprint",
    "bulk",
    "delivery_pages",
    "desk_forms",
    "editor_pages",
    "erratum_page",
    "inbox",
    "me_page",
    "page_trial",
    "people_pages",
    "problems",
    "sign_in_pages",
    "site_pages",
]
