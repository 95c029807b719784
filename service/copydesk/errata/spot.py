"""The link to the very words on their page.

It carries a signed token for the widget's highlighter, and directions for browsers without it.
"""

from copydesk.store.tables import Erratum
from copydesk.text_fragment import text_fragment
from copydesk.tokens import Signer

SPOT = "spot"
"""The purpose that these tokens are signed for; the subject is the erratum's id.

They open nothing but the quote, which stands on a public page anyway, so they hold as long as the
secret does: a mail is read again after weeks, and a link that has died by then helps nobody.
"""


def spot_link(erratum: Erratum, address: str, signer: Signer) -> str:
    """Return ``address`` with a fragment for the widget's highlighter, then a text directive.

    A browser hides the directive from scripts and tries it when the page has no widget
    (https://wicg.github.io/scroll-to-text-fragment/#the-fragment-directive). What is about the page
    as a whole has no spot: its address is left as it is.
    """
    if erratum.is_about_page:
        return address
    directed = text_fragment(address, erratum.quote, erratum.prefix, erratum.suffix)
    page, _, directive = directed.partition("#")
    return f"{page}#copydesk={signer.sign(SPOT, erratum.id)}{directive}"
