"""``GET /api/v1/spots/<token>``: the words that the widget's highlighter looks for on their page.

Whoever has the link learns what stands, or stood, on a public page; of the reader who reported it
the answer says nothing, and neither what was proposed nor why.
"""

from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import joinedload

from copydesk.errata.quote import quote_of, tidied
from copydesk.errata.spot import SPOT
from copydesk.errors import Gone, NotFound
from copydesk.store.tables import Erratum
from copydesk.web import gettext as _
from copydesk.web import language, services, use_language

blueprint = Blueprint("spots", __name__)

FOLDER = "/api/v1/spots"


@blueprint.get(f"{FOLDER}/<token>")
def spot(token: str) -> Response:
    """Answer with the quote that ``token`` names, and with what the highlighter may have to say.

    Raises ``NotFound`` (not a token of ours, or its erratum is deleted) and ``Gone`` (the site is
    switched off). The words are in the site's language: the page is, and the desk reads it.
    """
    web = services()
    erratum_id = web.signer.verify(SPOT, token)
    if erratum_id is None:
        raise NotFound
    with web.database.reading() as session:
        erratum = session.get(Erratum, erratum_id, options=[joinedload(Erratum.site)])
        if erratum is None:
            raise NotFound
        if not erratum.site.is_on:
            raise Gone("This site no longer takes reports.")
        use_language(erratum.site.language)
        quote = tidied(quote_of(erratum))
    return jsonify(
        quote={
            "exact": quote.exact,
            "prefix": quote.prefix,
            "suffix": quote.suffix,
            "start": quote.start,
            "nth": quote.nth,
            "of": quote.of,
        },
        language=language(),
        words={
            "changed": _("This has changed since the report."),
            "gone": _("The reported words are no longer here."),
            "unsure": _("The place of the report was not found on this page."),
            "close": _("Close"),
        },
    )
