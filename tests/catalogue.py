"""``python -m tests.catalogue update|compile``: a contributor's tool for the words people read.

English stands in the source. ``update`` brings new words into the Russian file and drops those that
are gone, ``compile`` writes what the service reads. Both need Babel, the service itself does not.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "service" / "copydesk"
LOCALE = "ru"
PO = PACKAGE / "locale" / LOCALE / "LC_MESSAGES" / "copydesk.po"
MO = PO.with_suffix(".mo")

# Babel writes today's date otherwise.
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)

METHODS = [
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
# As the environments that render them: "{% trans %}" blocks are trimmed alike.
OPTIONS = {
    pattern: {"trimmed": "true", "extensions": "jinja2.ext.i18n"}
    for pattern, method in METHODS
    if method == "jinja2"
}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
}


def extracted() -> Catalog:
    """Return every word that the source marks for translation."""
    catalog = Catalog()
    found = extract_from_dir(
        PACKAGE, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=("i18n:",)
    )
    for filename, _line, message, comments, context in found:
        # Line numbers would change with every edit above a word.
        catalog.add(message, None, [(filename, 1)], auto_comments=comments, context=context)
    return catalog


def stored() -> Catalog:
    """Return the Russian file as it is."""
    if not PO.exists():
        return Catalog(locale=LOCALE, domain="copydesk")
    with PO.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="copydesk")


def updated() -> Catalog:
    """Return the Russian file with the words of the source."""
    catalog = stored()
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = "# Copydesk in Russian. English stands in the source."
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """Return the text of a catalogue, the same for the same words."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, omit_header=False, sort_output=True, include_lineno=False)
    lines = buffer.getvalue().splitlines(keepends=True)
    # Dates and the tool's version would change without a changed word.
    unstable = (
        b'"Generated-By',
        b'"Language-Team',
        b'"Last-Translator',
        b'"PO-Revision-Date',
        b'"POT-Creation-Date',
        b'"Project-Id-Version',
        b'"Report-Msgid-Bugs-To',
    )
    return b"".join(line for line in lines if not line.startswith(unstable))


def as_mo(catalog: Catalog) -> bytes:
    """Return what the service reads, the same for the same words."""
    catalog.creation_date = catalog.revision_date = SOME_DAY
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    """Run one step."""
    if arguments == ["update"]:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(as_po(updated()))
    elif arguments == ["compile"]:
        MO.write_bytes(as_mo(stored()))
    else:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
