"""Words for people, in their language: the standard library's gettext over one catalogue.

English is in the source. The road not taken: Babel at run time, 33 MB for plural rules that
gettext already carries in the catalogue's header.
"""

import gettext as gettext_module
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("en", "ru")
DEFAULT_LANGUAGE = "en"


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark words for the catalogue that are translated where they are shown; changes nothing."""
    return message


@cache
def translations(language: str) -> gettext_module.NullTranslations:
    """Return the catalogue of a language; an unknown one gives English."""
    return gettext_module.translation(
        "copydesk", localedir=LOCALES, languages=[language], fallback=True
    )


def pick_language(*wishes: str | None) -> str:
    """Return the first wish we speak: ``ru-RU`` and ``ru`` both give ``ru``; else English."""
    for wish in wishes:
        primary = (wish or "").replace("_", "-").partition("-")[0].strip().lower()
        if primary in LANGUAGES:
            return primary
    return DEFAULT_LANGUAGE


def accepted_languages(header: Iterable[tuple[str, float]]) -> list[str]:
    """Return the languages of a parsed Accept-Language header, best first."""
    return [name for name, quality in sorted(header, key=lambda item: -item[1]) if quality > 0]
